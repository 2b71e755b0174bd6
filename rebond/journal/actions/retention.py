"""How long the journal keeps what it sent (the privacy page tells the same)."""

import datetime

from django.utils import timezone

from rebond.core.retention import delete_in_batches
from rebond.journal.models import OutgoingMail

MAIL_KEPT = datetime.timedelta(days=365)


def forget_old_mail(*, now: datetime.datetime | None = None) -> int:
    """Delete outgoing mail a year old, whatever its state; addresses that refuse mail stay known apart."""
    limit = (now or timezone.now()) - MAIL_KEPT
    return delete_in_batches(OutgoingMail.objects.filter(created_at__lt=limit))
