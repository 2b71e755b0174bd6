"""A seller's part of a paid order moves on: sent or ready, received, cancelled; an order that is never paid lapses.

Every act locks the order first, like payments and refunds: several at once end in one right state. Changes of what was
agreed (a line cancelled, a lower price, another way of delivery) are checked and committed together, with one refund.
"""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.actions.item_back import take_back
from rebond.catalogue.enums import DeliveryMode, ItemState
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.ledger.actions.sale import set_payable
from rebond.shop import tasks
from rebond.shop.actions.appointment import follow_part, release_appointments, release_deliveries
from rebond.shop.actions.emptied import hold_sales, refund_delivery
from rebond.shop.actions.gift_spend import give_balance_back
from rebond.shop.actions.missed import FROM_THE_FLOOR, keep_unsold, missed_of
from rebond.shop.actions.parcels import follow_part_out, take_out
from rebond.shop.actions.payable import STRAIGHT_SINCE, follow_delivery, payable_day
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.voucher import free_if_over, give_voucher_back
from rebond.shop.enums import (
    CANCELLABLE_PARTS,
    ORDER_LINE_TRANSITIONS,
    ORDER_TRANSITIONS,
    PAID_PARTS,
    SELLER_ORDER_TRANSITIONS,
    CancelReason,
    OrderLineState,
    OrderState,
    RefundReason,
    ReturnState,
    SellerOrderState,
)
from rebond.shop.errors import (
    ContestedStaysError,
    PartStateError,
    PartStillHereError,
    RefundInvalidError,
    WithdrawnStaysError,
)
from rebond.shop.models import Dispute, Order, OrderLine, Refund, SellerOrder
from rebond.shop.queries.carried import kept_lines, not_handed_over
from rebond.shop.queries.emptied import paid_by_others
from rebond.shop.queries.inside import still_here
from rebond.shop.queries.packed import lines_here
from rebond.shop.queries.units import is_back_by_hand
from rebond.warehouse.actions.parcel import collect_instead

LAPSES_AFTER = datetime.timedelta(hours=24)  # providers tell a card's payment within minutes
PRESUMED = "presumed"
GIVEN = frozenset({"ship", "carry", "make_ready", "hand_over"})  # nobody picks it any more
RECEIVED_OR_NOT = frozenset({"deliver", "hand_over", "contest", "come_back", "cancel"})  # when delivery may be paid out
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class CancelLine:
    """The seller does not deliver this line: all that is left of its price goes back."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class LowerPrice:
    """These cents of a line's price go back, the object stays bought: a gesture, or what was not sent (`reason`)."""

    line: int
    cents: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class CollectInstead:
    """The buyer comes for it: what is left of the delivery goes back."""


type Change = CancelLine | LowerPrice | CollectInstead


def move_part(
    part: SellerOrder, verb: str, by: Any, *, reason: str = "", parcel: int | None = None, **changes: Any
) -> SellerOrder:
    """One conditional move, with its row of transition; raise PartStateError where the part is elsewhere.

    `parcel` is the one that left, where it was not all of the part.
    """
    from_states, to_state = SELLER_ORDER_TRANSITIONS[verb]
    old = SellerOrder.objects.values_list("state", flat=True).get(pk=part.pk)
    rows = SellerOrder.objects.filter(pk=part.pk, state__in=from_states, order__state=OrderState.PAID)
    if not rows.update(state=to_state, **changes):
        raise PartStateError
    part.refresh_from_db()
    record_transition(
        subject=part,
        verb=verb,
        from_state=old,
        to_state=to_state,
        by=by,
        organisation=part.seller,
        reason=reason,
    )
    follow_part(part, by)
    if verb in GIVEN:
        follow_part_out(part, by, parcel=parcel)
    if verb in RECEIVED_OR_NOT:
        follow_delivery(part=part)
    return part


def check_kept(part: SellerOrder) -> None:
    """What the buyer withdrew from before it left stays until it is refunded (rules.md F2).

    So does what a bank contests, until it decides.
    """
    if Dispute.objects.open().filter(payment__order=part.order_id).exists():
        raise ContestedStaysError
    owed = part.returns.filter(state=ReturnState.UNSENT, lines__line__state=OrderLineState.SOLD)
    if owed.exists():
        raise WithdrawnStaysError


@transaction.atomic
def ship_part(
    *,
    part: SellerOrder,
    carrier: str,
    tracking: str,
    by: Any,
    parcel: int | None = None,
    now: datetime.datetime | None = None,
) -> SellerOrder:
    """It left with a carrier; the buyer is told, with the number to follow it.

    Where only one `parcel` of it left, by its carrier's word, it may be ready to collect; the others are prepared as
    before, it is received with the last one, and the caller tells the buyer of that parcel. So it is with the last of
    several that leave a site, which checks `check_kept` before.
    Raise PartStateError; but of one parcel, WithdrawnStaysError where the buyer withdrew from one of its objects, and
    ContestedStaysError while the buyer's bank contests the payment.
    """
    now = now or timezone.now()
    lock_row(part.order)
    if parcel is None:  # what a carrier has is no longer kept
        check_kept(part)
    said = {"carrier": carrier.strip()[:60], "tracking": tracking.strip()[:60]}
    part = move_part(part, "ship" if parcel is None else "carry", by, parcel=parcel, shipped_at=now, **said)
    record("shop.part.shipped", subject=part, by=by, organisation=part.seller, carrier=part.carrier)
    if parcel is None:
        tasks.write_part_mail.enqueue(part.pk, part.state)
    return part


@transaction.atomic
def make_part_ready(*, part: SellerOrder, by: Any, now: datetime.datetime | None = None) -> SellerOrder:
    """It waits for its buyer at the seller's; the buyer is told where. Raise as `ship_part`."""
    now = now or timezone.now()
    lock_row(part.order)
    check_kept(part)
    part = move_part(part, "make_ready", by, ready_at=now)
    record("shop.part.ready", subject=part, by=by, organisation=part.seller)
    tasks.write_part_mail.enqueue(part.pk, part.state)
    return part


@transaction.atomic
def deliver_part(*, part: SellerOrder, by: Any, reason: str = "", now: datetime.datetime | None = None) -> SellerOrder:
    """The buyer has it: the delay to withdraw runs, and the seller's money may leave after it.

    Raise PartStateError; PartStillHereError while a site prepares a parcel of it; WithdrawnStaysError where it waited
    at the seller's and the buyer withdrew meanwhile.
    """
    now = now or timezone.now()
    lock_row(part.order)
    if SellerOrder.objects.filter(pk=part.pk, shipped_at=None).exists():
        check_kept(part)
    elif lines_here(part.order.public_id, part.seller_id).exists():
        raise PartStillHereError
    is_presumed = reason == PRESUMED
    if is_presumed and _is_awaited(part):
        raise PartStateError
    part = move_part(part, "deliver", by, reason=reason, delivered_at=now, presumed_at=now if is_presumed else None)
    set_payable(sale_key=part.public_id, on=payable_day(part, now))
    record("shop.part.delivered", subject=part, by=by, organisation=part.seller, note=reason)
    return part


def _is_awaited(part: SellerOrder) -> bool:
    """Whether its buyer said meanwhile that it never came, or its carrier that the buyer does not have it."""
    is_contested = SellerOrder.objects.filter(pk=part.pk, contested_at__isnull=False).exists()
    is_refunded = not kept_lines(part.pk).exists()
    return is_contested or not_handed_over(part.order.public_id, part.pk, also_refunded=is_refunded).exists()


@transaction.atomic
def hand_over_part(*, part: SellerOrder, by: Any, reason: str, now: datetime.datetime) -> SellerOrder:
    """It was paid and handed over at the counter at once. Its money never waits: the seller has it already.

    The caller holds the order. Raise PartStateError.
    """
    part = move_part(part, "hand_over", by, reason=reason, ready_at=now, delivered_at=now)
    set_payable(sale_key=part.public_id, on=STRAIGHT_SINCE)
    record("shop.part.delivered", subject=part, by=by, organisation=part.seller, note=reason)
    return part


def _give_up(
    part: SellerOrder, lines: Sequence[OrderLine], unfit: set[int], by: Any, why: str, now: datetime.datetime | None
) -> None:
    """These lines are sold no more: objects before balances, as a payment locks them. What is missing stays unsold."""
    missed = missed_of(part.order.public_id, lines)
    back = [line for line in lines if cancel_line(line, by, why)]  # the object's history holds no words to a buyer
    take_out(order=part.order, lines=lines, by=by)
    keep_unsold(back=back, missed=missed, unfit=unfit, by=by, reason=why)
    if lines:
        free_if_over(order=part.order, now=now or timezone.now())


@transaction.atomic
def change_part(
    *,
    part: SellerOrder,
    changes: Sequence[Change],
    by: Any,
    operation: uuid.UUID,
    note: str = "",
    now: datetime.datetime | None = None,
) -> SellerOrder:
    """Cancel lines, lower prices, change the delivery: all of it or nothing, with one refund for the buyer.

    A part of which nothing is left is cancelled; its objects come back, out of sale. The same `operation` twice has
    one effect. Raise PartStateError, RefundInvalidError, RefundTooMuchError.
    """
    lock_row(part.order)
    if Refund.objects.filter(operation=operation).exists():
        part.refresh_from_db()
        return part
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part.pk)
    plan, why = _plan(part, changes), note or _why(changes)
    unfit = {change.line for change in changes if isinstance(change, CancelLine) and change.reason in FROM_THE_FLOOR}
    _give_up(part, plan.cancelled, unfit, by, _why(changes), now)
    _refund(part, plan, {"by": by, "operation": operation, "note": why, "now": now})
    release_appointments(order=part.order, by=by, now=now)
    if plan.is_collected:
        release_deliveries(order=part.order, parcels=[line.parcel for line in plan.left], by=by, now=now)
        OrderLine.objects.filter(pk__in=[line.pk for line in plan.left]).update(delivery_mode=DeliveryMode.PICKUP)
        collect_instead(order_code=part.order.public_id, items=[line.item_id for line in plan.left])
    if not plan.left:
        part = move_part(part, "cancel", by, reason=why, cancelled_at=now or timezone.now())
    elif plan.cancelled and part.state in {SellerOrderState.TO_PREPARE, SellerOrderState.SHIPPED}:
        tasks.send_rest.enqueue(part.pk)
    kinds, cents = sorted({type(change).__name__ for change in changes}), sum(plan.cents.values())
    record("shop.part.changed", subject=part, by=by, organisation=part.seller, changes=kinds, cents=cents)
    return part


def cents_of(part: SellerOrder, changes: Sequence[Change]) -> int:
    """What the changes would give back now, all delivery included. Raise as `change_part`."""
    plan = _plan(part, changes)
    return sum(plan.cents.values()) + plan.shipping_cents + sum(line.shipping_left_cents for line in plan.others)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What the changes do together: `cents` by line go back, `left` are the lines that stay bought."""

    cancelled: list[OrderLine]
    left: list[OrderLine]
    cents: dict[int, int]
    shipping_cents: int
    parcels: set[int]  # whose delivery goes back
    others: list[OrderLine]  # of parts cancelled before, that paid the delivery of what travels no more
    is_collected: bool


def _plan(part: SellerOrder, changes: Sequence[Change]) -> _Plan:
    rows = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD).select_related("item__seller", "part__order")
    lines = {line.pk: line for line in rows.order_by("item_id")}
    _check(part, lines, changes)
    named = {change.line for change in changes if isinstance(change, CancelLine)}
    cancelled = [line for line in lines.values() if line.pk in named]
    cents = {line.pk: line.left_cents for line in cancelled if line.left_cents}
    cents |= {change.line: change.cents for change in changes if isinstance(change, LowerPrice)}
    is_collected = any(isinstance(change, CollectInstead) for change in changes)
    all_over = _parcels_over(part, cancelled, is_collected=is_collected)
    over = [line for line in all_over if line.part_id == part.pk]
    return _Plan(
        cancelled=cancelled,
        left=[line for line in lines.values() if line.pk not in named],
        cents=cents,
        shipping_cents=sum(line.shipping_left_cents for line in over),
        parcels={line.parcel for line in over},
        others=paid_by_others(part, all_over),
        is_collected=is_collected,
    )


def _check(part: SellerOrder, lines: dict[int, OrderLine], changes: Sequence[Change]) -> None:
    """What is asked must be possible as a whole, where the part is now."""
    named = [change.line for change in changes if not isinstance(change, CollectInstead)]
    if not changes or len(set(named)) != len(named) or set(named) - lines.keys():
        raise RefundInvalidError
    if any(isinstance(change, LowerPrice) and change.cents <= 0 for change in changes):
        raise RefundInvalidError
    is_collected = any(isinstance(change, CollectInstead) for change in changes)
    cancelled = [lines[change.line] for change in changes if isinstance(change, CancelLine)]
    if part.state not in (CANCELLABLE_PARTS if is_collected else PAID_PARTS):
        raise PartStateError
    if len(still_here(cancelled)) < len(cancelled):  # its part may be to prepare: of two parcels one left
        raise PartStateError


def _parcels_over(part: SellerOrder, cancelled: Sequence[OrderLine], *, is_collected: bool) -> list[OrderLine]:
    """The lines of the part's parcels collected instead, or that nothing is left of, whoever's lines were in them.

    A parcel may be paid by a line that was cancelled before, another seller's too: what is left of it counts.
    """
    over = {line.pk for line in cancelled}
    rows = list(OrderLine.objects.filter(part__order=part.order_id).select_related("part__order").order_by("pk"))
    left = [line for line in rows if line.state == OrderLineState.SOLD and line.pk not in over]
    travelling = {line.parcel for line in left if not (is_collected and line.part_id == part.pk)}
    over_now = {line.parcel for line in rows if line.part_id == part.pk} - travelling
    return [line for line in rows if line.parcel in over_now]


def _refund(part: SellerOrder, plan: _Plan, told: dict[str, Any]) -> None:
    """The part's own refund, then what is left of the delivery that other sellers' lines had paid."""
    hold_sales(part=part, others=plan.others)
    if plan.cents or plan.shipping_cents:
        ask_refund(
            part=part,
            lines=plan.cents,
            shipping_cents=plan.shipping_cents,
            parcels=plan.parcels,
            reason=RefundReason.CANCELLED if plan.cancelled else RefundReason.GESTURE,
            **told,
        )
    refund_delivery(lines=plan.others, **told)


def _why(changes: Sequence[Change]) -> str:
    """The reasons given, in the reader's words."""
    said = [change.reason for change in changes if not isinstance(change, CollectInstead)]
    found = dict.fromkeys(reason for reason in said if reason)
    return ", ".join(str(CancelReason(reason).label) for reason in found)


def cancel_line(line: OrderLine, by: Any, reason: str) -> bool:
    """The line is over, and its object back at the seller's, out of sale; units of a batch join those that are left.

    False where somebody had put it back by hand. The caller holds the order. Raise PartStateError.
    """
    from_states, to_state = ORDER_LINE_TRANSITIONS["cancel"]
    if not OrderLine.objects.filter(pk=line.pk, state__in=from_states).update(state=to_state):
        raise PartStateError
    item = Item.objects.select_related("seller").get(pk=line.item_id)
    is_back = item.state == ItemState.SOLD or not is_back_by_hand(line)
    if is_back:
        take_back(item=item, n=line.quantity, by=by, reason=reason)
    return is_back


def lapse_orders(*, now: datetime.datetime | None = None) -> int:
    """Orders that nobody paid within the provider's delay are over; a payment that comes later is still applied."""
    now = now or timezone.now()
    at_once = Order.objects.filter(state=OrderState.PLACED, pay_by=None, created_at__lt=now - LAPSES_AFTER)
    later = Order.objects.filter(state=OrderState.PLACED, pay_by__lt=now)
    rows = [*at_once.order_by("created_at")[:AT_ONCE], *later.order_by("pay_by")[:AT_ONCE]]
    return sum(lapse_order(order=order) for order in rows)


@transaction.atomic
def lapse_order(*, order: Order, by: Any = None, reason: str = "") -> bool:
    """An order that is not paid is over, once; whether it was this time. A payment that comes later is applied."""
    order = lock_row(order)
    from_states, to_state = ORDER_TRANSITIONS["lapse"]
    if not Order.objects.filter(pk=order.pk, state__in=from_states).update(state=to_state):
        return False
    record_transition(subject=order, verb="lapse", from_state=order.state, to_state=to_state, by=by, reason=reason)
    part_from, part_to = SELLER_ORDER_TRANSITIONS["lapse"]
    SellerOrder.objects.filter(order=order, state__in=part_from).update(state=part_to)
    give_voucher_back(order=order, now=timezone.now())
    give_balance_back(order=order, now=timezone.now())
    release_appointments(order=order, by=by)
    record("shop.order.lapsed", subject=order, by=by, reason=reason)
    return True
