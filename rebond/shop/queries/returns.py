"""What comes back, by the day of whoever has to act."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from rebond.ledger.queries.surcharge import legal_surcharge
from rebond.shop.enums import ReturnState
from rebond.shop.models import Return

TO_REFUND = (ReturnState.ARRIVED, ReturnState.UNSENT, ReturnState.SENT)
TABS = {"a-rembourser": TO_REFUND, "attendus": (ReturnState.AWAITED,), "rembourses": (ReturnState.CLOSED,)}


def returns_in(rows: QuerySet[Return], tab: str) -> QuerySet[Return]:
    """`rows` of one tab, the nearest day first."""
    rows = rows.filter(state__in=TABS.get(tab, TO_REFUND))
    return rows.select_related("part__seller", "part__order", "withdrawal").order_by("due_on", "pk")


def waiting_returns(organisation: Any) -> int:
    """How many refunds `organisation` owes."""
    return Return.objects.filter(part__seller=organisation, state__in=TO_REFUND).count()


@dataclass(frozen=True, slots=True)
class Late:
    """How many days a refund is late and what the law adds to it, in cents (L242-4).

    `is_legal_rate` up to ten days: the amount needs the legal rate of the half-year, and is 0 where the site set none.
    """

    days: int
    cents: int

    @property
    def is_legal_rate(self) -> bool:
        return 0 < self.days <= 10


def surcharge_of(back: Return, today: datetime.date) -> Late:
    """What is added if it is refunded today. Nothing while the buyer has to send the objects back.

    The law adds it to the refund of a withdrawal, not to that of a defect (rules.md F2).
    """
    if not back.withdrawal_id or back.state == ReturnState.AWAITED or today <= back.due_on:
        return Late(0, 0)
    days = (today - back.due_on).days
    return Late(days, legal_surcharge(back.cents, days, legal_rate_bp=settings.LEGAL_RATE_BP))
