"""Take a person out of the journal and of the mails that were sent (rules.md F8, GDPR art. 17)."""

from collections.abc import Collection

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from rebond.core.retention import delete_in_batches
from rebond.journal.models import Entry, OutgoingMail, SuppressedAddress, Transition


def forget_mails(*, addresses: Collection[str]) -> int:
    """Delete every mail written to these addresses (lower case), whatever its state; return how many.

    Goes with them: that an address sends mail back, and what the journal printed of either.
    """
    if not addresses:
        return 0
    rows = OutgoingMail.objects.annotate(low=Lower("to")).filter(low__in=list(addresses))
    for entry in _entries("journal.outgoingmail", list(rows.values_list("public_id", flat=True))):
        entry.data.pop("reason", None)  # of a server, that often names the address
        Entry.objects.filter(pk=entry.pk).update(data=entry.data, subject_label=_("an erased mail"))
    lifted = Entry.objects.filter(subject_kind="journal.suppressedaddress", subject_label__in=list(addresses))
    lifted.update(subject_label=_("an erased address"))
    SuppressedAddress.objects.filter(email__in=list(addresses)).delete()
    return delete_in_batches(rows)


def forget_labels(*, kind: str, public_ids: Collection[str]) -> int:
    """Empty what the journal printed of these subjects: a file's name may be somebody's. Return the lines."""
    return _entries(kind, list(public_ids)).exclude(subject_label="").update(subject_label="")


def _entries(kind: str, public_ids: list[str]) -> "QuerySet[Entry]":
    return Entry.objects.filter(subject_kind=kind, subject_id__in=public_ids)


def forget_name(*, public_id: str) -> int:
    """Write "an erased account" where the journal printed this person's name; what happened stays. Return the lines."""
    label, changed = _("an erased account"), 0
    for model in (Entry, Transition):
        changed += model.objects.filter(actor_id=public_id).update(actor_label=label)
        changed += model.objects.filter(subject_kind="accounts.user", subject_id=public_id).update(subject_label=label)
    return changed


def forget_reasons(*, kind: str, public_ids: Collection[str], verbs: Collection[str]) -> int:
    """Empty what was said with these moves: somebody's words, where who moved what is enough. Return the lines."""
    rows = Transition.objects.filter(subject_kind=kind, subject_id__in=list(public_ids), verb__in=list(verbs))
    return rows.exclude(reason="").update(reason="")
