"""Pay later, by transfer or at the seller's counter: the objects wait with the order, until a day that is told.

What the order keeps leaves the buyer's basket for a basket of the order's own: the hour of the basket no longer counts,
and at the deadline the objects are free again by themselves, as any hold is (decision 17); its buyer then waits as
after a basket's longest time (`basket._limit`).
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.shop import tasks
from rebond.shop.actions.appointment import keep_until, last_day_of
from rebond.shop.actions.basket_ends import give_back
from rebond.shop.actions.part import hand_over_part, lapse_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.enums import LineState, OrderState, PaymentEventKind, RefundState, SellerOrderState
from rebond.shop.errors import CashLimitError, OrderChangedError, PartStateError, TooManyUnpaidError
from rebond.shop.models import Basket, BasketLine, Order, OrderLine, Payment, Refund, SellerOrder, SellerPayOption
from rebond.shop.money_enums import CASH_LIMIT_CENTS, COLLECTION, TRANSFER, Means

UNPAID_AT_ONCE = 5  # orders of one organisation, or of one person, that wait for their money


def deadline_of(provider: str, now: datetime.datetime) -> datetime.datetime:
    """The end of the last day: transfers and counters have no hour."""
    days = settings.TRANSFER_DAYS if provider == TRANSFER else settings.COLLECTION_DAYS
    return _end_of_day(now + datetime.timedelta(days=days))


def _end_of_day(moment: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(moment).replace(hour=23, minute=59, second=59, microsecond=0)


@transaction.atomic
def pay_later(
    *, order: Order, provider: str, by: Any, organisation: Organisation | None, now: datetime.datetime | None = None
) -> Payment:
    """The order waits for a transfer, or for its buyer at the counter; its objects are kept until then.

    An order of nobody's account is `by`'s from now on: it counts among those that they have still to pay.
    Asked twice, it is once. Raise OrderChangedError where the order is over or its objects are no longer kept;
    TooManyUnpaidError.
    """
    now = now or timezone.now()
    lock_rows(Basket.objects.filter(pk__in=[order.basket_id]), no_key=True)
    order = lock_row(order)
    last = order.payments.order_by("pk").last()
    if last is not None and last.provider == provider and order.pay_by is not None:
        return last
    if order.state != OrderState.PLACED or order.pay_by is not None or order.basket_id is None:
        raise OrderChangedError
    if last is not None and last.amount_cents != order.total_cents:  # the rest of a gift card is paid at once
        raise OrderChangedError
    _check_number(order, by, organisation, now)
    until = max(deadline_of(provider, now), _end_of_day(last_day_of(order) or now))
    keep_until(order=order, until=until)
    basket = Basket.objects.create(visitor=f"order-{order.public_id}", created_at=now, updated_at=now)
    _keep(order, basket, until, now)
    mine = {} if order.user_id is not None else {"user": by}
    Order.objects.filter(pk=order.pk).update(basket=basket, pay_by=until, organisation=organisation, **mine)
    payment = Payment.objects.create(order=order, provider=provider, amount_cents=order.total_cents, created_at=now)
    record("shop.order.pays_later", subject=order, by=by, organisation=organisation, way=provider)
    tasks.write_pay_later_mail.enqueue(payment.pk)
    return payment


def _check_number(order: Order, by: Any, organisation: Organisation | None, now: datetime.datetime) -> None:
    """Nobody keeps a shop's shelves by orders that are never paid."""
    rows = Order.objects.filter(state=OrderState.PLACED, pay_by__gt=now).exclude(pk=order.pk)
    mine = rows.filter(organisation=organisation) if organisation is not None else rows.filter(user=by)
    if mine.count() >= UNPAID_AT_ONCE:
        raise TooManyUnpaidError


def _keep(order: Order, basket: Basket, until: datetime.datetime, now: datetime.datetime) -> None:
    """Each line of the order, from the buyer's basket to the order's own. The caller holds both."""
    lines = list(OrderLine.objects.filter(part__order=order).order_by("item_id"))
    lock_rows(Item.objects.filter(pk__in=[line.item_id for line in lines]), no_key=True)
    kept = {row.item_id: row for row in BasketLine.objects.kept(now).filter(basket=order.basket_id)}
    for line in lines:
        row = kept.get(line.item_id)
        if row is None or row.quantity < line.quantity:
            raise OrderChangedError
        if row.quantity > line.quantity:
            BasketLine.objects.filter(pk=row.pk).update(quantity=row.quantity - line.quantity)
            row.pk = None
        row.basket, row.quantity = basket, line.quantity  # its address stays: what orders keep counts for it too
        row.ends_at = row.limit_at = until
        row.save()


@transaction.atomic
def give_up(*, order: Order, by: Any, reason: str, now: datetime.datetime | None = None) -> None:
    """The buyer did not come, or no longer wants it: the order is over and its objects are free at once.

    Money that still arrives takes what is free, as for any order. Raise OrderChangedError where it is paid or over.
    """
    now = now or timezone.now()
    order = lock_row(order)
    if order.pay_by is None or not lapse_order(order=order, by=by, reason=reason):
        raise OrderChangedError
    rows = list(BasketLine.objects.filter(basket=order.basket_id, state=LineState.HELD).order_by("item_id"))
    lock_rows(Item.objects.filter(pk__in=[row.item_id for row in rows]), no_key=True)
    for row in rows:
        give_back(item_id=row.item_id, lines=[row], verb="release", now=now)


@transaction.atomic
def take_at_collection(*, part: SellerOrder, means: str, by: Any, now: datetime.datetime | None = None) -> SellerOrder:
    """The buyer paid at the counter and left with the objects: paid, handed over; the seller has the money itself.

    Run again, it has one effect. Raise PartStateError where it does not wait for that, CashLimitError (CMF D112-3),
    OrderChangedError where the objects are no longer kept.
    """
    now = now or timezone.now()
    order = lock_row(part.order)
    payment = order.payments.filter(provider=COLLECTION).order_by("pk").last()
    part = SellerOrder.objects.select_related("order", "seller").get(pk=part.pk)
    if payment is None or (order.state == OrderState.PAID and part.state != SellerOrderState.DELIVERED):
        raise PartStateError
    if part.state == SellerOrderState.DELIVERED:
        return part
    if means not in Means.values:
        raise PartStateError
    if means == Means.CASH and payment.amount_cents > CASH_LIMIT_CENTS:
        raise CashLimitError
    held = BasketLine.objects.held().filter(basket=order.basket_id)
    if order.state != OrderState.PLACED or held.count() != OrderLine.objects.filter(part=part).count():
        raise OrderChangedError
    told = Told(
        COLLECTION, f"taken-{payment.public_id}", PaymentEventKind.PAID, payment.public_id, payment.amount_cents
    )
    Payment.objects.filter(pk=payment.pk).update(means=means)
    receive_event(told=told, now=now)
    part = hand_over_part(part=part, by=by, reason=str(Means(means).label), now=now)
    record(
        "shop.part.paid_there", subject=part, by=by, organisation=part.seller, means=means, cents=payment.amount_cents
    )
    return part


@transaction.atomic
def note_given_back(*, refund: Refund, by: Any, now: datetime.datetime | None = None) -> Refund:
    """Somebody gave the money of a refund back by hand: a transfer made, or money over the counter. Once."""
    refund = lock_row(refund)
    provider = refund.payment.provider
    if refund.state == RefundState.ASKED and provider in {TRANSFER, COLLECTION}:
        name = f"given-{refund.public_id}"
        receive_event(
            told=Told(provider, name, PaymentEventKind.REFUNDED, refund.public_id, refund.amount_cents), now=now
        )
        seller = refund.part.seller if refund.part is not None else None
        record("shop.refund.given", subject=refund, by=by, organisation=seller, cents=refund.amount_cents)
    refund.refresh_from_db()
    return refund


@transaction.atomic
def set_pay_option(*, organisation: Organisation, at_collection: str, by: Any) -> SellerPayOption:
    """Whether the seller takes money at its counter, and from whom."""
    option, _is_new = SellerPayOption.objects.update_or_create(
        organisation=organisation, defaults={"at_collection": at_collection}
    )
    record("shop.pay_option.set", subject=organisation, by=by, organisation=organisation, at_collection=at_collection)
    return option
