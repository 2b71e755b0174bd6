"""Give money back: some lines of a seller's part, in part or whole, or a payment that buys nothing.

One refund is decided here, within what was paid (counters under a CHECK), enters the books in the same transaction,
and is asked of the provider by a task. Locks: the order, then the sale in the books, then balances by key.
"""

import datetime
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop import tasks
from rebond.shop.actions.books import post_part_refund
from rebond.shop.actions.round_up import gift_going_back, take_back
from rebond.shop.enums import OrderLineState, PaymentState
from rebond.shop.errors import RefundInvalidError, RefundTooMuchError
from rebond.shop.models import Order, OrderLine, Payment, Refund, RefundLine, RoundUp, SellerOrder


@dataclass(frozen=True, slots=True)
class Back:
    """What goes back of one line, in cents: of its price, and of its parcel's delivery."""

    line: OrderLine
    cents: int
    shipping_cents: int = 0

    @property
    def total(self) -> int:
        return self.cents + self.shipping_cents


@transaction.atomic
def ask_refund(
    *,
    part: SellerOrder,
    lines: Mapping[int, int],
    shipping_cents: int = 0,
    reason: str,
    by: Any,
    operation: uuid.UUID,
    note: str = "",
    parcels: Collection[int] = (),
    now: datetime.datetime | None = None,
) -> Refund:
    """Give back cents of some lines of a paid part (by their keys), and of its delivery; tell the buyer by a mail.

    The delivery is that of `parcels` first, or of the lines' own where none is said. A round-up goes back with the last
    of the order's objects. The same `operation` twice is one refund. Raise RefundInvalidError where a line is not of
    this part or was not sold, or nothing is asked; RefundTooMuchError where less is left.
    """
    known = Refund.objects.filter(operation=operation).first()
    if known is not None:
        return known
    order = lock_row(part.order)
    known = Refund.objects.filter(operation=operation).first()  # the same form at once, in another process
    if known is not None:
        return known
    now = now or timezone.now()
    payment = payment_of(order)
    backs = _backs(part, lines, shipping_cents, parcels)
    gift = gift_going_back(order, backs)
    refund = write_refund(
        payment=payment,
        part=part,
        backs=backs,
        reason=reason,
        by=by,
        operation=operation,
        note=note,
        now=now,
        gift=gift,
    )
    post_part_refund(refund=refund, backs=backs, by=by, now=now)
    if gift is not None:
        take_back(gift=gift, refund=refund, by=by, now=now)
    tasks.write_refund_mail.enqueue(refund.pk)
    return refund


def payment_of(order: Order) -> Payment:
    """The payment that paid the order; raise RefundInvalidError where none did.

    One that came when the order was paid already went back whole, and pays nothing.
    """
    whole = Refund.objects.filter(payment__order=order, part=None).values("payment_id")
    payment = order.payments.filter(state=PaymentState.PAID).exclude(pk__in=whole).order_by("pk").first()
    if payment is None:
        raise RefundInvalidError
    return payment


def _backs(part: SellerOrder, lines: Mapping[int, int], shipping_cents: int, parcels: Collection[int]) -> list[Back]:
    """What is asked, line by line: the delivery is taken from the parcels meant, then in the order of the lines."""
    bought = [OrderLineState.SOLD, OrderLineState.CANCELLED]
    rows = {line.pk: line for line in OrderLine.objects.filter(part=part, state__in=bought).order_by("pk")}
    if lines.keys() - rows.keys() or min([*lines.values(), shipping_cents]) < 0:
        raise RefundInvalidError
    meant = set(parcels) or {rows[key].parcel for key in lines}
    backs, rest = [], shipping_cents
    for line in sorted(rows.values(), key=lambda row: (row.parcel not in meant, row.pk)):
        shipping = min(rest, line.shipping_left_cents)
        rest -= shipping
        if shipping or lines.get(line.pk):
            backs.append(Back(line, lines.get(line.pk, 0), shipping))
    if rest:
        raise RefundTooMuchError
    if not backs:
        raise RefundInvalidError
    return backs


def write_refund(
    *,
    payment: Payment,
    part: SellerOrder | None,
    backs: Sequence[Back],
    reason: str,
    by: Any,
    operation: uuid.UUID,
    now: datetime.datetime,
    note: str = "",
    is_asked: bool = True,
    gift: RoundUp | None = None,
) -> Refund:
    """The row of a refund and what it takes from the counters, then the task that asks the provider.

    Without `part` the whole payment goes back. `gift` goes back with the lines. Not `is_asked`: the money went back
    already (a bank took it). The caller holds the order and tells the books.
    Raise RefundTooMuchError.
    """
    given = gift.cents if gift is not None else 0
    cents = sum(back.total for back in backs) + given if part is not None else payment.amount_cents
    for back in backs:
        _count(back)
    left = Payment.objects.filter(pk=payment.pk, amount_cents__gte=F("refunded_cents") + cents)
    if not left.update(refunded_cents=F("refunded_cents") + cents):
        raise RefundTooMuchError
    refund = Refund.objects.create(
        payment=payment,
        part=part,
        operation=operation,
        reason=reason,
        note=note.strip()[:300],
        asked_by_id=by.public_id if by is not None else "",
        amount_cents=cents,
        gift_cents=given,
        created_at=now,
    )
    rows = [RefundLine(refund=refund, line=b.line, cents=b.cents, shipping_cents=b.shipping_cents) for b in backs]
    RefundLine.objects.bulk_create(rows)
    seller = part.seller if part is not None else None
    record("shop.refund.asked", subject=refund, by=by, organisation=seller, cents=cents, reason=str(reason))
    if is_asked:
        tasks.make_refund.enqueue(refund.pk)
    return refund


def _count(back: Back) -> None:
    """Move the counters of one line, only within what was paid for it."""
    rows = OrderLine.objects.filter(
        pk=back.line.pk,
        refunded_cents__lte=F("unit_cents") * F("quantity") - back.cents,
        shipping_refunded_cents__lte=F("shipping_cents") - back.shipping_cents,
    )
    if not rows.update(
        refunded_cents=F("refunded_cents") + back.cents,
        shipping_refunded_cents=F("shipping_refunded_cents") + back.shipping_cents,
    ):
        raise RefundTooMuchError
