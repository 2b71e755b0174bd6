"""Give money back: some lines of a seller's part, in part or whole, or a payment that buys nothing.

One refund is decided here, within what was paid (counters under a CHECK), enters the books in the same transaction,
and is asked of the provider by a task. Locks: the order, a gift card, the sale in the books, balances by key, then what
a card's loss posts (`gift_loss`).
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
from rebond.shop.actions.gift_loss import settle_loss
from rebond.shop.actions.gift_spend import card_share_of, given_on_card, refund_to_card
from rebond.shop.actions.round_up import gift_going_back, take_back
from rebond.shop.enums import OrderLineState, RefundState
from rebond.shop.errors import RefundInvalidError, RefundTooMuchError
from rebond.shop.models import Order, OrderLine, Payment, Refund, RefundLine, RoundUp, SellerOrder
from rebond.shop.queries.gestures import free_cents, given_before, held_by_banks, paid_by


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
    What a gift card paid of the part goes back on it first. What a gesture of the network gave before counts where no
    more is left of the payment (`Refund.before_cents`).
    """
    known = Refund.objects.filter(operation=operation).first()
    if known is not None:
        return known
    order = lock_row(part.order)
    known = Refund.objects.filter(operation=operation).first()  # the same form at once, in another process
    if known is not None:
        return known
    now = now or timezone.now()
    payment, backs = payment_of(order), _backs(part, lines, shipping_cents, parcels)
    card_cents = card_share_of(part, payment, sum(back.total for back in backs))
    gift = gift_going_back(order, backs)
    told: dict[str, Any] = {"reason": reason, "by": by, "operation": operation, "note": note, "now": now}
    given = given_on_card(payment, card_cents)
    told |= {"card_cents": card_cents - given, "card_before_cents": given}
    refund = write_refund(payment=payment, part=part, backs=backs, gift=gift, **told)
    card = refund_to_card(order=order, cents=card_cents, given=given, by=by, now=now)
    post_part_refund(refund=refund, backs=backs, card=card, by=by, now=now)
    settle_loss(card=card, now=now)
    if gift is not None:
        take_back(gift=gift, refund=refund, by=by, now=now)
    tasks.write_refund_mail.enqueue(refund.pk)
    return refund


def payment_of(order: Order) -> Payment:
    """The payment that paid the order; raise RefundInvalidError where none did.

    One that came when the order was paid already went back whole, and pays nothing.
    """
    payment = paid_by(order)
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
    gesture_cents: int = 0,
    card_cents: int = 0,
    card_before_cents: int = 0,
) -> Refund:
    """The row of a refund and what it takes from the counters, then the task that asks the provider.

    Without `part` the whole payment goes back. `gift` goes back with the lines. Not `is_asked`: the money went back
    already (a bank took it). `card_cents` of it go back on a gift card, where a gesture had
    put `card_before_cents` of it before. `gesture_cents` are the operator's own, without
    lines. The caller holds the order and tells the books. Raise RefundTooMuchError.
    """
    given = gift.cents if gift is not None else 0
    cents = sum(back.total for back in backs) + given + gesture_cents if part is not None else payment.amount_cents
    _count(backs)
    cents -= card_cents + card_before_cents
    cents -= (before := _take(payment, cents, is_asked=is_asked, may_count=bool(backs)))  # perhaps to nothing
    refund = Refund.objects.create(
        payment=payment,
        part=part,
        operation=operation,
        reason=reason,
        note=note.strip()[:300],
        asked_by_id=by.public_id if by is not None else "",
        amount_cents=cents,
        gift_cents=given,
        gesture_cents=gesture_cents,
        card_cents=card_cents,
        card_before_cents=card_before_cents,
        before_cents=before,
        created_at=now,
        **({"state": RefundState.ASKED} if cents else {"state": RefundState.MADE, "made_at": now}),
    )
    _write_lines(refund, backs)
    _tell(refund, by, is_asked=is_asked)
    return refund


def _tell(refund: Refund, by: Any, *, is_asked: bool) -> None:
    """The journal, and the task that asks the provider where it has something to give back."""
    seller = refund.part.seller if refund.part is not None else None
    cents = refund.amount_cents + refund.card_cents
    record("shop.refund.asked", subject=refund, by=by, organisation=seller, cents=cents, reason=str(refund.reason))
    if is_asked and refund.amount_cents:
        tasks.make_refund.enqueue(refund.pk)


def _write_lines(refund: Refund, backs: Sequence[Back]) -> None:
    rows = [RefundLine(refund=refund, line=b.line, cents=b.cents, shipping_cents=b.shipping_cents) for b in backs]
    RefundLine.objects.bulk_create(rows)


def _take(payment: Payment, cents: int, *, is_asked: bool, may_count: bool) -> int:
    """Take these cents from the payment's counter; return those of them that a gesture of the network gave before.

    Where a gesture was given, what a bank holds is not left (`is_asked`: it is not the bank that has these). Raise
    RefundTooMuchError.
    """
    held = held_by_banks(given=True) if is_asked else 0
    left = Payment.objects.filter(pk=payment.pk, amount_cents__gte=F("refunded_cents") + held + cents)
    if left.update(refunded_cents=F("refunded_cents") + cents):
        return 0
    before = cents - free_cents(payment) if may_count and is_asked else 0
    if not 0 < before <= min(cents, given_before(payment)):
        raise RefundTooMuchError
    Payment.objects.filter(pk=payment.pk).update(refunded_cents=F("refunded_cents") + cents - before)
    return before


def _count(backs: Sequence[Back]) -> None:
    """Move the counters of each line, only within what was paid for it."""
    for back in backs:
        rows = OrderLine.objects.filter(
            pk=back.line.pk,
            refunded_cents__lte=F("unit_cents") * F("quantity") - F("discount_cents") - back.cents,
            shipping_refunded_cents__lte=F("shipping_cents") - back.shipping_cents,
        )
        if not rows.update(
            refunded_cents=F("refunded_cents") + back.cents,
            shipping_refunded_cents=F("shipping_refunded_cents") + back.shipping_cents,
        ):
            raise RefundTooMuchError
