"""Outgoing mail as a list by state, newest first, walked by key; counts stop at 1,000."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from rebond.journal.models import MailState, OutgoingMail, SuppressedAddress
from rebond.journal.perms import visible_mail

PAGE = 50
COUNTED = 1000


def find_mail(access: Any, *, state: str = "", words: str = "") -> QuerySet[OutgoingMail]:
    """Mail that `access` may read, newest first."""
    rows = OutgoingMail.objects.filter(visible_mail(access)).defer("text", "html")
    if state:
        rows = rows.filter(state=state)
    for word in words.split()[:5]:
        rows = rows.filter(Q(to__icontains=word) | Q(subject__icontains=word))
    return rows.order_by("-created_at", "-pk")


def page_before(rows: QuerySet[OutgoingMail], key: str, *, size: int = PAGE) -> tuple[list[OutgoingMail], str]:
    """The `size` mails before the one named `key` (the newest without), and the key of the next page or ""."""
    last = OutgoingMail.objects.filter(public_id=key).values_list("created_at", "pk").first() if key else None
    if last is not None:
        rows = rows.filter(Q(created_at__lt=last[0]) | Q(created_at=last[0], pk__lt=last[1]))
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].public_id if len(found) > size else ""


def count_by_state(access: Any) -> dict[str, int]:
    """How many mails are in each state that needs somebody's eye; 1,000 means "1,000 or more"."""
    states = [MailState.QUEUED, MailState.FAILED, MailState.BOUNCED, MailState.SUPPRESSED]
    rows = OutgoingMail.objects.filter(visible_mail(access))
    return {str(state): rows.filter(state=state)[:COUNTED].count() for state in states}


def mails_of_a_day(*, kind: str, to: str, now: datetime | None = None) -> int:
    """How many mails of this kind were written to this address in 24 hours: anybody may type it in a public form."""
    since = (now or timezone.now()) - timedelta(days=1)
    return OutgoingMail.objects.filter(kind=kind, to__iexact=to, created_at__gte=since).count()


def refusal_of(email: str) -> SuppressedAddress | None:
    """Why and since when nothing is sent to this address any more: it sent our mail back for good."""
    return SuppressedAddress.objects.filter(email=email.strip().lower()).first()
