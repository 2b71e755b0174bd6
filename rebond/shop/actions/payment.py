"""What a provider tells, applied once: a paid order takes its objects, and gives back the money of those it lost.

Nothing here asks the network: refunds are asked by a task, after the transaction that decided them. Locks: the
order, then items by key, then lines of baskets.
"""

import datetime
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.actions.item import sell_item
from rebond.catalogue.actions.item_stock import reserve
from rebond.catalogue.errors import ItemStateForbids, NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record, record_transition
from rebond.shop import tasks
from rebond.shop.actions.basket_ends import move_line
from rebond.shop.enums import (
    ORDER_LINE_TRANSITIONS,
    ORDER_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    SELLER_ORDER_TRANSITIONS,
    LineState,
    OrderLineState,
    PaymentEventKind,
    PaymentState,
    RefundReason,
    RefundState,
)
from rebond.shop.models import BasketLine, Order, OrderLine, Payment, PaymentEvent, Refund, SellerOrder


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a provider, whose signature was checked: `reference` is ours, `event_id` the provider's."""

    provider: str
    event_id: str
    kind: str
    reference: str
    amount_cents: int


@transaction.atomic
def receive_event(*, told: Told, now: datetime.datetime | None = None) -> PaymentEvent:
    """Keep and apply one message. Any order, any repetition: the same event is one row and has one effect.

    One that speaks of a payment that is not known, or of another amount, is kept without effect, for the
    reconciliation to show.
    """
    now = now or timezone.now()
    event, _ = PaymentEvent.objects.get_or_create(
        provider=told.provider,
        event_id=told.event_id,
        defaults={
            "kind": told.kind,
            "reference": told.reference,
            "amount_cents": told.amount_cents,
            "received_at": now,
        },
    )
    event = lock_row(event)
    if event.applied_at is None and _apply(event, now):
        PaymentEvent.objects.filter(pk=event.pk).update(applied_at=now)
        event.applied_at = now
    return event


def _apply(event: PaymentEvent, now: datetime.datetime) -> bool:
    if event.kind == PaymentEventKind.REFUNDED:
        rows = Refund.objects.filter(
            public_id=event.reference, amount_cents=event.amount_cents, payment__provider=event.provider
        )
        rows.filter(state=RefundState.ASKED).update(state=RefundState.MADE, made_at=now)
        return rows.exists()
    payment = Payment.objects.filter(
        public_id=event.reference, provider=event.provider, amount_cents=event.amount_cents
    ).first()
    if payment is None:
        return False
    verb = "pay" if event.kind == PaymentEventKind.PAID else "refuse"
    from_states, to_state = PAYMENT_TRANSITIONS[verb]
    paid_at = now if to_state == PaymentState.PAID else None
    order = lock_row(payment.order)
    old = payment.state
    if Payment.objects.filter(pk=payment.pk, state__in=from_states).update(state=to_state, paid_at=paid_at):
        record_transition(subject=payment, verb=verb, from_state=old, to_state=to_state, by=None)
        if to_state == PaymentState.PAID:
            confirm_order(order=order, payment=payment, now=now)
    return True


def confirm_order(*, order: Order, payment: Payment, now: datetime.datetime) -> None:
    """The money is there: each line takes its object, kept or free again, or is refunded by itself, once.

    An order that another payment has paid already gives all of this one back. The order is locked by the caller.
    """
    from_states, to_state = ORDER_TRANSITIONS["pay"]
    if not Order.objects.filter(pk=order.pk, state__in=from_states).update(state=to_state, paid_at=now):
        _ask_refund(payment, None, payment.amount_cents, RefundReason.TWICE, now)
        return
    record_transition(subject=order, verb="pay", from_state=order.state, to_state=to_state, by=order.user)
    lines = list(OrderLine.objects.filter(part__order=order).select_related("part").order_by("item_id"))
    items = {item.pk: item for item in lock_rows(Item.objects.filter(pk__in=[line.item_id for line in lines]))}
    kept = {line.pk for line in lines if _settle(line, items[line.item_id], order, now)}
    travelling = {line.parcel for line in lines if line.pk in kept}
    for line in lines:
        if line.pk not in kept:
            shipping = 0 if line.parcel in travelling else line.shipping_cents  # nothing of the parcel is left
            _ask_refund(payment, line, line.cents + shipping, RefundReason.TAKEN, now)
    for part in SellerOrder.objects.filter(order=order).order_by("pk"):
        _settle_part(part, order)
    record("shop.order.paid", subject=order, by=order.user, cents=payment.amount_cents)
    tasks.write_order_mail.enqueue(order.pk)


def _settle(line: OrderLine, item: Item, order: Order, now: datetime.datetime) -> bool:
    is_sold = _sell(line, item, order, now)
    from_states, to_state = ORDER_LINE_TRANSITIONS["sell" if is_sold else "lose"]
    OrderLine.objects.filter(pk=line.pk, state__in=from_states).update(state=to_state)
    return is_sold


def _sell(line: OrderLine, item: Item, order: Order, now: datetime.datetime) -> bool:
    """Sell what the order's basket keeps, else what is free; False where somebody else has it."""
    held = BasketLine.objects.held().filter(basket=order.basket_id, item=item, quantity__gte=line.quantity).first()
    try:
        with transaction.atomic():
            if held is None:
                reserve(item, line.quantity, now=now)
            sell_item(item=item, by=order.user, n=line.quantity, note=order.public_id, now=now)
    except (NotEnoughLeft, ItemStateForbids):
        return False
    if held is not None and held.quantity == line.quantity:
        move_line(held, "sell", now)
    elif held is not None:
        BasketLine.objects.filter(pk=held.pk, state=LineState.HELD).update(quantity=held.quantity - line.quantity)
    return True


def _settle_part(part: SellerOrder, order: Order) -> None:
    verb = "confirm" if part.lines.filter(state=OrderLineState.SOLD).exists() else "drop"
    from_states, to_state = SELLER_ORDER_TRANSITIONS[verb]
    if SellerOrder.objects.filter(pk=part.pk, state__in=from_states).update(state=to_state):
        record_transition(
            subject=part,
            verb=verb,
            from_state=part.state,
            to_state=to_state,
            by=order.user,
            organisation=part.seller,
        )


def _ask_refund(
    payment: Payment, line: OrderLine | None, cents: int, reason: RefundReason, now: datetime.datetime
) -> None:
    """Once for a line, once for a whole payment; the provider is asked by a task that may run twice."""
    refund, is_new = Refund.objects.get_or_create(
        payment=payment, line=line, defaults={"amount_cents": cents, "reason": reason, "created_at": now}
    )
    if is_new:
        record("shop.refund.asked", subject=refund, by=None, cents=cents, reason=str(reason.value))
        tasks.make_refund.enqueue(refund.pk)
