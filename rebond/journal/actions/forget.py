"""Take a person out of the journal and of the mails that were sent (rules.md F8, GDPR art. 17)."""

from collections.abc import Collection

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from rebond.core.retention import delete_in_batches
from rebond.journal.models import Entry, OutgoingMail, Transition


def forget_mails(*, addresses: Collection[str]) -> int:
    """Delete every mail written to these addresses (lower case), whatever its state; return how many."""
    rows = OutgoingMail.objects.annotate(low=Lower("to")).filter(low__in=list(addresses))
    return delete_in_batches(rows) if addresses else 0


def forget_name(*, public_id: str) -> int:
    """Write "an erased account" where the journal printed this person's name; what happened stays. Return the lines."""
    label, changed = _("an erased account"), 0
    for model in (Entry, Transition):
        changed += model.objects.filter(actor_id=public_id).update(actor_label=label)
        changed += model.objects.filter(subject_kind="accounts.user", subject_id=public_id).update(subject_label=label)
    return changed
