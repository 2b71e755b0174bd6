"""What was given back by people alone, for the limits of each role: neither by law, nor granted by somebody else."""

import datetime
from typing import Any

from django.db.models import QuerySet, Sum
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.ledger.enums import RequestState
from rebond.ledger.models import MoneyRequest
from rebond.shop.enums import PartRequestState, RefundReason
from rebond.shop.models import PartRequest, Refund, SellerOrder, Settlement

OWED = (RefundReason.WITHDRAWN, RefundReason.TAKEN, RefundReason.TWICE)  # the law's, or the site's own: nobody's choice


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
