"""What comes back, by the day of whoever has to act."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from rebond.core.money import format_cents
from rebond.ledger.queries.legal_rates import rate_on
from rebond.ledger.queries.surcharge import LEGAL_RATE_DAYS, legal_surcharge
from rebond.shop.enums import PartRequestState, ReturnState
from rebond.shop.models import OrderLine, Return, ReturnLoss

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

    Up to ten days the legal rate of the half-year counts: `rate_bp`, of `base_cents`. Where nobody entered it yet it is
    the last one known (`is_provisional`), and the surcharge is raised later where it was too low.
    """

    days: int
    cents: int
    base_cents: int = 0
    rate_bp: int | None = None
    is_provisional: bool = False


def owed_for(back: Return, lines: Iterable[OrderLine]) -> tuple[dict[int, int], str]:
    """What is left to give for the objects, in cents by line, and why it is less than their price where it is.

    What was granted for a loss of value (L221-23) is kept from it, in the words that the buyer reads.
    """
    rows = list(
        ReturnLoss.objects.filter(back=back, state=PartRequestState.GRANTED)
        .select_related("check_in__returned")
        .order_by("pk")
    )
    lost = {row.check_in.returned.line_id: row.cents for row in rows}
    owed = {line.pk: line.left_cents - lost.get(line.pk, 0) for line in lines}
    why = " ".join(f"− {format_cents(row.cents)} : {row.reason}" for row in rows)[:300]
    return {pk: cents for pk, cents in owed.items() if cents > 0}, why


def left_of(back: Return) -> int:
    """What its refund gives today, in cents: what was given back since the declaration is not owed any more."""
    lines = list(OrderLine.objects.filter(coming_back__back=back))
    rows = OrderLine.objects.filter(part=back.part_id, parcel__in={line.parcel for line in lines})
    shipping = sum(line.shipping_left_cents for line in rows)
    cents, _why = owed_for(back, lines)
    return sum(cents.values()) + min(back.shipping_cents, shipping)


def surcharge_of(back: Return, today: datetime.date) -> Late:
    """What is added if it is refunded today. Nothing while the buyer has to send the objects back.

    The law adds it to the refund of a withdrawal, not to that of a defect (rules.md F2).
    """
    if not back.withdrawal_id or back.state == ReturnState.AWAITED or today <= back.due_on:
        return Late(0, 0)
    days = (today - back.due_on).days
    rate, left = rate_on(today), left_of(back)
    cents = legal_surcharge(left, days, legal_rate_bp=rate.basis_points)
    if days > LEGAL_RATE_DAYS:
        return Late(days, cents, left)
    return Late(days, cents, left, rate.basis_points, rate.is_provisional)
