"""A round-up: promised with an order, given when it is paid, gone back when nothing is left of the order.

Nobody takes a commission of it. The caller holds the order; the receiver's balance is moved after the sellers'.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_round_up, post_round_up_back
from rebond.ledger.actions.straight import post_straight
from rebond.ledger.events import AmountEvent, Subject
from rebond.shop.enums import OrderLineState
from rebond.shop.errors import OrderChangedError
from rebond.shop.models import Order, OrderLine, Payment, Refund, RoundUp, SellerOrder, SolidarityProject
from rebond.shop.money_enums import COLLECTION, ROUND_UP_TRANSITIONS, RoundUpState


@dataclass(frozen=True, slots=True)
class Gift:
    """What the buyer chose to add to the order."""

    project: SolidarityProject
    cents: int


class GivenBack(Protocol):
    """What goes back of one line's price."""

    @property
    def line(self) -> OrderLine: ...
    @property
    def cents(self) -> int: ...


def promise(*, order: Order, gift: Gift | None) -> RoundUp | None:
    """Write it with the order, with what was told; None where nothing is given.

    Raise OrderChangedError where the project closed meanwhile.
    """
    if gift is None:
        return None
    day = timezone.localdate(order.created_at)
    rows = SolidarityProject.objects.open(day).select_related("receiver")
    project: SolidarityProject | None = rows.filter(pk=gift.project.pk).first()
    if project is None:
        raise OrderChangedError
    told = {"project": project.name, "sentence": project.sentence, "receiver": project.receiver.name}
    return RoundUp.objects.create(
        order=order, project=project, cents=gift.cents, told=told, created_at=order.created_at
    )


def _move(gift: RoundUp, verb: str, now: datetime.datetime) -> bool:
    from_states, to_state = ROUND_UP_TRANSITIONS[verb]
    rows = RoundUp.objects.filter(pk=gift.pk, state__in=from_states)
    return bool(rows.update(state=to_state, settled_at=now))


def _event(gift: RoundUp, reason: str = "") -> AmountEvent:
    subject = Subject("shop.roundup", gift.public_id, str(gift.order))
    return AmountEvent(
        key=gift.public_id, cents=gift.cents, subject=subject, owner=gift.project.receiver, reason=reason
    )


def promised_gift(order: Order, lines: Iterable[OrderLine]) -> RoundUp | None:
    """What the total holds beside the lines and their delivery; no query where it holds nothing more."""
    if order.total_cents == sum(line.cents + line.shipping_cents for line in lines):
        return None
    return _gift_of(order, RoundUpState.PROMISED)


def _gift_of(order: Order, state: str) -> RoundUp | None:
    return RoundUp.objects.filter(order=order, state=state).select_related("order", "project__receiver").first()


def give(*, gift: RoundUp, payment: Payment, parts: Sequence[SellerOrder], by: Any, now: datetime.datetime) -> None:
    """The order is paid: the gift enters the books, the receiver's at once, in the caller's transaction.

    What a seller took at its counter it owes: said beside, as for the sale.
    """
    if not _move(gift, "give", now):
        return
    post_round_up(event=_event(gift), now=now)  # the books keep no buyer's name (decision 16)
    if payment.provider == COLLECTION:
        post_straight(event=_straight(gift, parts[0]), now=now)
    record("shop.round_up.given", subject=gift, by=by, organisation=gift.project.receiver, cents=gift.cents)


def _straight(gift: RoundUp, part: SellerOrder) -> AmountEvent:
    return AmountEvent(
        key=f"gift-{gift.public_id}",
        cents=gift.cents,
        subject=Subject("shop.roundup", gift.public_id, str(gift.order)),
        owner=part.seller,
    )


def gift_going_back(order: Order, backs: Sequence[GivenBack]) -> RoundUp | None:
    """The order's gift, where these refunds leave nothing of the price of its objects; else the gift stays."""
    bought = OrderLine.objects.filter(part__order=order, state__in=[OrderLineState.SOLD, OrderLineState.CANCELLED])
    now_back = {back.line.pk: back.cents for back in backs}
    if any(line.left_cents > now_back.get(line.pk, 0) for line in bought.order_by("pk")):
        return None
    return _gift_of(order, RoundUpState.GIVEN)


def take_back(*, gift: RoundUp, refund: Refund, by: Any, now: datetime.datetime) -> None:
    """It goes back with the last refund of its order. What was never given (all objects were lost) has no entry.

    In the caller's transaction. What a seller gives back itself holds it already (`books.post_part_refund`).
    """
    was_given = gift.state == RoundUpState.GIVEN
    if _move(gift, "give_back", now) and was_given:
        post_round_up_back(event=_event(gift, str(refund.get_reason_display())), by=by, now=now)
        record("shop.round_up.back", subject=gift, by=by, organisation=gift.project.receiver, cents=gift.cents)


def lose(*, order: Order, excess_cents: int, reason: str, now: datetime.datetime) -> None:
    """The buyer's bank took the whole payment, gift included: it leaves the receiver, and covers that loss.

    In the caller's transaction.
    """
    gift = _gift_of(order, RoundUpState.GIVEN)
    if gift is not None and excess_cents >= gift.cents and _move(gift, "give_back", now):
        post_round_up_back(event=_event(gift, reason), is_lost=True, now=now)
        record("shop.round_up.back", subject=gift, by=None, organisation=gift.project.receiver, cents=gift.cents)
