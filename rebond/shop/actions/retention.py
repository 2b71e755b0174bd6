"""How long the shop keeps favourites and reports (the privacy page tells the same)."""

import datetime

from django.utils import timezone

from rebond.core.retention import delete_in_batches
from rebond.shop.enums import NoticeState
from rebond.shop.models import Favourite, Notice

VISITOR_KEPT = datetime.timedelta(days=366)  # as long as the visitor's cookie
NOTICE_KEPT = datetime.timedelta(days=5 * 365 + 1)  # after-sales and reports: 5 years, rules.md F8


def forget_old_traces(*, now: datetime.datetime | None = None) -> int:
    """Delete visitors' favourites a year old, and reports decided five years ago; return how many went."""
    now = now or timezone.now()
    visitors = Favourite.objects.exclude(visitor="").filter(created_at__lt=now - VISITOR_KEPT)
    notices = Notice.objects.filter(state=NoticeState.DECIDED, decided_at__lt=now - NOTICE_KEPT)
    return delete_in_batches(visitors) + delete_in_batches(notices)
