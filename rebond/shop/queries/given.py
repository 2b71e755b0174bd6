"""What was given back by people alone, for the limits of each role: neither by law, nor granted by somebody else."""

import datetime
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.ledger.enums import RequestState
from rebond.ledger.models import MoneyRequest
from rebond.ledger.queries.money_requests import AloneLeft
from rebond.shop.enums import PartRequestState, RefundReason
from rebond.shop.models import PartRequest, Refund, SellerOrder, Settlement

# The law's, or the site's own: nobody's choice. A gesture of the network has limits of its own (`asked_money`).
OWED = (
    RefundReason.WITHDRAWN,
    RefundReason.TAKEN,
    RefundReason.TWICE,
    RefundReason.VOUCHER,
    RefundReason.NETWORK,
)


def _sum(rows: "QuerySet[Refund]") -> int:
    granted = PartRequest.objects.filter(state=PartRequestState.GRANTED).values("operation")
    by_two = MoneyRequest.objects.filter(state=RequestState.GRANTED, alone="").values("operation")
    rows = rows.exclude(asked_by_id="").exclude(reason__in=OWED)
    settled = Settlement.objects.filter(operation__in=by_two, refund__isnull=False).values("refund")
    rows = rows.exclude(operation__in=granted).exclude(operation__in=by_two).exclude(pk__in=settled)
    return rows.aggregate(n=Sum("amount_cents"))["n"] or 0


def given_alone(part: SellerOrder) -> int:
    """On one order, by anybody, in cents."""
    return _sum(Refund.objects.filter(part=part))


def given_today(by: Any, now: datetime.datetime | None = None) -> int:
    """By one person since midnight, on all orders, in cents."""
    return _sum(Refund.objects.filter(asked_by_id=by.public_id, created_at__gte=midnight(timezone.localdate(now))))


def others_grant(part: SellerOrder, by: Any) -> bool:
    """Whether somebody else of the seller grants what is above the limits."""
    managers = part.seller.memberships.filter(role="manager", ended_at__isnull=True)
    return bool(managers.exclude(user=by).exists())


def alone_on(part: SellerOrder, by: Any, *, may_grant: bool) -> AloneLeft:
    """What a person may still give back alone on this order today: within its limit, and within that of their day.

    As `actions.part_request.needs_another` decides. Three queries at most.
    """
    limit = settings.REFUND_FOUR_EYES_CENTS if may_grant else settings.REFUND_LIMIT_CENTS
    if not limit:
        return AloneLeft(None, is_sole=False)
    if may_grant and not others_grant(part, by):
        return AloneLeft(limit, is_sole=True)
    left, of_day = limit - given_alone(part), limit * settings.REFUND_DAY_TIMES
    if of_day:
        left = min(left, of_day - given_today(by))
    return AloneLeft(max(left, 0), is_sole=False)
