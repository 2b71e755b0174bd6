"""What a provider tells, applied once: a paid order takes its objects, and gives back the money of those it lost.

Nothing here asks the network: refunds are asked by a task, after the transaction that decided them. Locks: the
order, then items by key, then lines of baskets, then its voucher, its gift card, then balances of the books by key.
"""

import datetime
import uuid
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.actions.item import sell_item
from rebond.catalogue.actions.item_shared import announced_together
from rebond.catalogue.actions.item_stock import reserve
from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.errors import ItemStateForbids, NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.bulk import insert_unless_there
from rebond.core.locks import lock_keys, lock_row, lock_rows
from rebond.core.prepared import Prepared, PreparedIn
from rebond.journal.actions.record import record, record_transition
from rebond.shop import tasks
from rebond.shop.actions.appointment import book_appointments
from rebond.shop.actions.basket_ends import move_line
from rebond.shop.actions.books import post_excess_refund, post_fee, post_parts
from rebond.shop.actions.gift_card import sell_card
from rebond.shop.actions.gift_loss import settle_loss
from rebond.shop.actions.gift_spend import CardShare, regain_balance, spend_card
from rebond.shop.actions.refund import Back, write_refund
from rebond.shop.actions.round_up import give, promised_gift, take_back
from rebond.shop.actions.voucher import free_if_over, give_voucher_back, regain_voucher
from rebond.shop.enums import (
    ORDER_LINE_TRANSITIONS,
    ORDER_TRANSITIONS,
    PAYMENT_TRANSITIONS,
    SELLER_ORDER_TRANSITIONS,
    LineState,
    OrderState,
    PaymentEventKind,
    PaymentState,
    RefundReason,
    RefundState,
)
from rebond.shop.models import BasketLine, Order, OrderLine, Payment, PaymentEvent, Refund, RoundUp, SellerOrder
from rebond.shop.money_enums import BY_GIFT_CARD

WITH_SLOTS = frozenset({DeliveryMode.PICKUP.value, DeliveryMode.LOCAL.value})  # ways that may have an appointment


@dataclass(frozen=True, slots=True)
class Told:
    """One message of a provider, whose signature was checked: `reference` is ours, `event_id` the provider's."""

    provider: str
    event_id: str
    kind: str
    reference: str
    amount_cents: int
    fee_cents: int = 0  # what the provider keeps for its service


@transaction.atomic
def receive_event(*, told: Told, now: datetime.datetime | None = None) -> PaymentEvent:
    """Keep and apply one message. Any order, any repetition: the same event is one row and has one effect.

    One that speaks of a payment that is not known, or of another amount, is kept without effect, for the
    reconciliation to show.
    """
    now = now or timezone.now()
    event = PaymentEvent(
        provider=told.provider,
        event_id=told.event_id,
        kind=told.kind,
        reference=told.reference,
        amount_cents=told.amount_cents,
        fee_cents=told.fee_cents,
        received_at=now,
    )
    if not insert_unless_there(event):  # a new row is ours alone until the end
        event = lock_rows(PaymentEvent.objects.filter(provider=told.provider, event_id=told.event_id))[0]
    if event.applied_at is None and _apply(event, now):
        PaymentEvent.objects.filter(pk=event.pk).update(applied_at=now)
        event.applied_at = now
    return event


_BY_ID: Prepared[Payment] = Prepared(lambda reference: Payment.objects.filter(public_id=reference), "?")


def _apply(event: PaymentEvent, now: datetime.datetime) -> bool:
    if event.kind == PaymentEventKind.REFUNDED:
        rows = Refund.objects.filter(
            public_id=event.reference, amount_cents=event.amount_cents, payment__provider=event.provider
        )
        rows.filter(state=RefundState.ASKED).update(state=RefundState.MADE, made_at=now)
        return rows.exists()
    payment = _BY_ID.first(event.reference)
    if payment is None or (payment.provider, payment.amount_cents) != (event.provider, event.amount_cents):
        return False
    verb = "pay" if event.kind == PaymentEventKind.PAID else "refuse"
    from_states, to_state = PAYMENT_TRANSITIONS[verb]
    paid_at = now if to_state == PaymentState.PAID else None
    order = payment.order = lock_row(Order(pk=payment.order_id))
    old, fields = payment.state, {"fee_cents": event.fee_cents} if paid_at else {}
    if Payment.objects.filter(pk=payment.pk, state__in=from_states).update(state=to_state, paid_at=paid_at, **fields):
        record_transition(subject=payment, verb=verb, from_state=old, to_state=to_state, by=None)
        if to_state == PaymentState.PAID:
            post_fee(payment=payment, cents=event.fee_cents, now=now)
            confirm_order(order=order, payment=payment, now=now)
    return True


def pay_by_card(*, payment: Payment, now: datetime.datetime | None = None) -> PaymentEvent:
    """An order that a gift card pays whole is paid at once: nobody is asked. Run again, it has one effect."""
    told = Told(BY_GIFT_CARD, f"card-{payment.public_id}", PaymentEventKind.PAID, payment.public_id, 0)
    return receive_event(told=told, now=now)


def confirm_order(*, order: Order, payment: Payment, now: datetime.datetime) -> None:
    """The money is there: each line takes its object, kept or free again, or is refunded by itself, once.

    What is sold enters the books, part by part; what is not goes back. An order without objects is a gift card's. An
    order that another payment has paid already gives all of this one back; so does one that lapsed, whose voucher has
    no use left. The order is locked by the caller.
    """
    if order.state == OrderState.LAPSED and (why_not := _regain(order, now)):
        _give_back(payment, None, [], now, reason=why_not)
        return
    from_states, to_state = ORDER_TRANSITIONS["pay"]
    if not Order.objects.filter(pk=order.pk, state__in=from_states).update(state=to_state, paid_at=now):
        _give_back(payment, None, [], now)
        return
    record_transition(subject=order, verb="pay", from_state=order.state, to_state=to_state, by=order.user)
    lines = _LINES.run(order.pk)
    if not lines:
        sell_card(order=order, now=now)
        return
    kept, lost = _settle(lines, order, now)
    _move_shipping(lost, kept)
    if lost:
        free_if_over(order=order, now=now)
    parts = {line.part_id: line.part for line in sorted(lines, key=lambda row: row.part.seller_id)}
    card = spend_card(payment=payment, kept=kept, lost=lost, parts=list(parts.values()), now=now)
    post_parts(
        parts=[(part, [line for line in kept if line.part_id == pk]) for pk, part in parts.items()],
        payment=payment,
        card=card,
        by=None,  # the books keep no buyer's name: nothing leaves them (decision 16)
        now=now,
    )
    gift = promised_gift(order, lines)
    if gift is not None and kept:
        give(gift=gift, payment=payment, parts=list(parts.values()), by=order.user, now=now)
    last = list(parts)[-1]
    for pk, part in parts.items():
        mine = [line for line in lost if line.part_id == pk]
        _give_back(payment, part, mine, now, gift if pk == last and not kept else None, card=card)
        _settle_part(part, order, is_sold=any(line.part_id == pk for line in kept))
    settle_loss(card=card.spend.card if lost and card.spend else None, now=now)
    if any(line.delivery_mode in WITH_SLOTS for line in lines):
        book_appointments(order=order, by=order.user, now=now)
    record("shop.order.paid", subject=order, by=order.user, cents=payment.amount_cents)
    _tell_people(order, is_sold=bool(kept))


def _tell_people(order: Order, *, is_sold: bool) -> None:
    tasks.write_order_mail.enqueue(order.pk)
    if is_sold:
        tasks.ask_invoices.enqueue(order.pk)
        tasks.announce_parcels.enqueue(order.pk)


def _regain(order: Order, now: datetime.datetime) -> str:
    """A late payment takes the voucher and the gift card of its order again, after the items, as everywhere.

    Return why it cannot: "" where it could.
    """
    ids = OrderLine.objects.filter(part__order=order).values_list("item_id", flat=True)
    lock_rows(Item.objects.filter(pk__in=list(ids)))
    if not regain_voucher(order=order, now=now):
        return RefundReason.VOUCHER
    if not regain_balance(order=order, now=now):
        give_voucher_back(order=order, now=now)
        return RefundReason.CARD
    return ""


_LINES: Prepared[OrderLine] = Prepared(
    lambda order: (
        OrderLine.objects.filter(part__order=order).select_related("part__seller", "item__category").order_by("item_id")
    ),
    -1,
)


def _move_shipping(lost: list[OrderLine], kept: list[OrderLine]) -> None:
    """A parcel that still travels is paid by a line that is in it; one that does not goes back with its lines."""
    for line in lost:
        among = (row for row in kept if row.parcel == line.parcel)
        heir = min(among, key=lambda row: (row.carried_by_id is not None, row.pk), default=None)
        if heir is None or not line.shipping_cents:
            continue
        heir.shipping_cents, line.shipping_cents = heir.shipping_cents + line.shipping_cents, 0
        extra = heir.extra_shipping_cents + line.extra_shipping_cents
        heir.extra_shipping_cents, line.extra_shipping_cents = extra, 0
        OrderLine.objects.filter(pk=line.pk).update(shipping_cents=0, extra_shipping_cents=0)
        OrderLine.objects.filter(pk=heir.pk).update(shipping_cents=heir.shipping_cents, extra_shipping_cents=extra)


_HELD: PreparedIn[BasketLine] = PreparedIn(
    lambda items, basket: BasketLine.objects.held().filter(basket=basket, item__in=items), -1
)


def _settle(lines: list[OrderLine], order: Order, now: datetime.datetime) -> tuple[list[OrderLine], list[OrderLine]]:
    """Each line takes its object; those that have it, then those that lost it. The shop is told of all at once."""
    ids = [line.item_id for line in lines]
    items = {item.pk: item for item in lock_keys(Item, ids)}
    rows = _HELD.run(ids, order.basket_id) if order.basket_id is not None else []
    held = {row.item_id: row for row in rows}
    kept: list[OrderLine] = []
    lost: list[OrderLine] = []
    with announced_together():
        for line in lines:
            item = items[line.item_id]
            item.seller = line.part.seller
            (kept if _sell(line, item, held.get(item.pk), order, now) else lost).append(line)
    for verb, some in (("sell", kept), ("lose", lost)):
        from_states, to_state = ORDER_LINE_TRANSITIONS[verb]
        if some:
            changed = OrderLine.objects.filter(pk__in=[line.pk for line in some], state__in=from_states)
            changed.update(state=to_state)
    return kept, lost


def _sell(line: OrderLine, item: Item, held: BasketLine | None, order: Order, now: datetime.datetime) -> bool:
    """Sell what the order's basket keeps (`held`) and, where that is less, what is free beside it.

    False where somebody else has the rest: nothing changed then.
    """
    own = _own_units(line, held, now)
    try:
        with transaction.atomic():
            if own < line.quantity:
                reserve(item, line.quantity - own, now=now)
            sell_item(item=item, by=order.user, n=line.quantity, note=order.public_id, now=now, is_locked=True)
    except (NotEnoughLeft, ItemStateForbids):
        return False
    if held is not None and own == held.quantity:
        move_line(held, "sell", now)
    elif held is not None and own:
        BasketLine.objects.filter(pk=held.pk, state=LineState.HELD).update(quantity=held.quantity - own)
    return True


def _own_units(line: OrderLine, held: BasketLine | None, now: datetime.datetime) -> int:
    """Units of a line that its basket keeps. Fewer than it asks for count until their hour: to reserve the rest frees
    what is over.
    """
    if held is None or (held.quantity < line.quantity and held.ends_at <= now):
        return 0
    return min(held.quantity, line.quantity)


def _settle_part(part: SellerOrder, order: Order, *, is_sold: bool) -> None:
    verb = "confirm" if is_sold else "drop"
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


def _give_back(
    payment: Payment,
    part: SellerOrder | None,
    lost: list[OrderLine],
    now: datetime.datetime,
    gift: RoundUp | None = None,
    reason: str = RefundReason.TWICE,
    card: CardShare | None = None,
) -> None:
    """What a payment paid for nothing: lines of a part that others have, or (without part, for `reason`) all of it.

    With the last line of an order of which nothing is kept, its round-up. What a gift card paid goes back on it first.
    """
    if (part is not None and not lost) or (part is None and not payment.amount_cents):
        return
    what = f"taken {part.public_id}" if part is not None else f"twice {payment.public_id}"
    refund = write_refund(
        payment=payment,
        part=part,
        backs=[Back(line, line.cents, line.shipping_cents) for line in lost],
        reason=RefundReason.TAKEN if part is not None else reason,
        by=None,
        operation=uuid.uuid5(payment.order.operation, what),
        now=now,
        gift=gift,
        card_cents=card.take_back(sum(line.cents + line.shipping_cents for line in lost)) if card is not None else 0,
    )
    if gift is not None:
        take_back(gift=gift, refund=refund, by=None, now=now)
    post_excess_refund(refund=refund, now=now)
    if part is None:
        tasks.write_refund_mail.enqueue(refund.pk)
