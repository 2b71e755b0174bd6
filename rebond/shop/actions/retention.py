"""How long the shop keeps favourites, reports and opinions (the privacy page tells the same)."""

import datetime

from django.utils import timezone

from rebond.core.retention import delete_in_batches
from rebond.shop.enums import NoticeState
from rebond.shop.models import Basket, BasketLine, CommentRemoval, Favourite, Notice, Rating

VISITOR_KEPT = datetime.timedelta(days=366)  # as long as the visitor's cookie
ADDRESS_KEPT = datetime.timedelta(days=1)  # of a basket's line: longer than any hold and its rest
NOTICE_KEPT = datetime.timedelta(days=5 * 365 + 1)  # after-sales and reports: 5 years, rules.md F8


def forget_old_traces(*, now: datetime.datetime | None = None) -> int:
    """Delete visitors' favourites and baskets a year old, reports and opinions five years old; return how many.

    The hashed address of a basket's line goes after a day, that of an order to be paid later once it keeps nothing.
    """
    now = now or timezone.now()
    visitors = Favourite.objects.exclude(visitor="").filter(created_at__lt=now - VISITOR_KEPT)
    opinions = Rating.objects.filter(answered_at__lt=now - NOTICE_KEPT, notices__isnull=True)
    notices = Notice.objects.filter(state=NoticeState.DECIDED, decided_at__lt=now - NOTICE_KEPT)
    CommentRemoval.objects.filter(notice__in=notices).delete()
    baskets = Basket.objects.exclude(visitor="").filter(updated_at__lt=now - VISITOR_KEPT)
    baskets = baskets.exclude(pk__in=BasketLine.objects.held().values("basket"))
    old = BasketLine.objects.exclude(address="").filter(taken_at__lt=now - ADDRESS_KEPT)
    old.exclude(pk__in=BasketLine.objects.kept(now)).update(address="")
    return sum(delete_in_batches(rows) for rows in (visitors, baskets, notices, opinions))
