"""What the shop tells the books, in the transaction that decides it (decision 16): sales, refunds, fees.

Money that buys nothing (an object taken meanwhile, a second payment) enters the books as owed to its buyer and leaves
them at once: what the provider holds is the same in both.
"""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from django.db.models import Sum
from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.ledger.actions.amounts import (
    post_excess,
    post_excess_back,
    post_gesture,
    post_gesture_back,
    post_payment_fee,
    post_surcharge_owed,
    post_surcharge_paid,
)
from rebond.ledger.actions.refund import post_refund
from rebond.ledger.actions.sale import post_sales
from rebond.ledger.actions.straight import post_straight
from rebond.ledger.enums import EntryKind, SaleKind
from rebond.ledger.events import AmountEvent, Carried, RefundEvent, SaleEvent, SoldLine, Subject, shipping_key
from rebond.ledger.models import Entry, Sale
from rebond.ledger.queries.fees import agreement_of, operator_of
from rebond.network.models import Organisation
from rebond.shop.actions.gift_loss import event_of as card_event
from rebond.shop.actions.gift_spend import CardShare
from rebond.shop.models import GiftCard, OrderLine, Payment, Refund, SellerOrder
from rebond.shop.money_enums import COLLECTION


class Amounts(Protocol):
    """What goes back of one line."""

    @property
    def line(self) -> OrderLine: ...
    @property
    def cents(self) -> int: ...
    @property
    def shipping_cents(self) -> int: ...


def part_subject(part: SellerOrder) -> Subject:
    """What the books print of a seller’s part."""
    return Subject("shop.sellerorder", part.public_id, str(part))


def _payment_subject(payment: Payment) -> Subject:
    return Subject("shop.payment", payment.public_id, str(payment.order))


def post_parts(
    *,
    parts: Iterable[tuple[SellerOrder, Sequence[OrderLine]]],
    payment: Payment,
    by: Any,
    now: datetime.datetime,
    card: CardShare | None = None,
) -> None:
    """Post what each part sold (its lines that are kept, with their delivery), sellers in the order of their keys.

    What a gift card paid comes from its issuer. What was paid at the seller's counter never came to the provider: said
    beside the sale.
    """
    is_pro = payment.order.organisation_id is not None
    rows = sorted(((part, lines) for part, lines in parts if lines), key=lambda row: row[0].seller_id)
    sales = [_sale(part, lines, card or CardShare(), is_pro=is_pro) for part, lines in rows]
    post_sales(sales=sales, by=by, now=now)
    if payment.provider == COLLECTION:
        for (part, _lines), sale in zip(rows, sales, strict=True):
            taken = sale.total_cents - sale.voucher_cents
            post_straight(event=_straight(part, part.public_id, taken), by=by, now=now)


def _straight(part: SellerOrder, key: str, cents: int) -> AmountEvent:
    operator = operator_of(agreement_of(part.seller, timezone.localdate(), None))
    return AmountEvent(key=key, cents=cents, subject=part_subject(part), owner=part.seller, operator=operator)


def _carried(part: SellerOrder, cents: Iterable[tuple[OrderLine, int]]) -> tuple[int, dict[Organisation, int]]:
    """Delivery by who has it: the seller's own cents, and those of others that carry its parcels (decision 56)."""
    own = 0
    others: dict[Organisation, int] = {}
    for line, shipping in cents:
        if shipping and line.carried_by is not None and line.carried_by_id != part.seller_id:
            others[line.carried_by] = others.get(line.carried_by, 0) + shipping
        else:
            own += shipping
    return own, others


def _sale(part: SellerOrder, lines: Sequence[OrderLine], card: CardShare, *, is_pro: bool) -> SaleEvent:
    is_collected = all(line.delivery_mode == DeliveryMode.PICKUP for line in lines)
    own, others = _carried(part, ((line, line.shipping_cents) for line in lines))
    return SaleEvent(
        key=part.public_id,
        seller=part.seller,
        subject=part_subject(part),
        lines=tuple(
            SoldLine(
                key=str(line.pk),
                cents=line.seller_cents,
                voucher_cents=line.network_cents,
                label=line.title,
                category=line.item.category.path,
            )
            for line in sorted(lines, key=lambda row: row.pk)
        ),
        shipping_cents=own,
        carried=tuple(Carried(by, cents) for by, cents in sorted(others.items(), key=lambda row: row[0].pk)),
        gift_cents=card.by_part.get(part.pk, 0),
        issuer=card.issuer,
        kind=SaleKind.PROFESSIONAL if is_pro else SaleKind.COLLECTED if is_collected else SaleKind.ONLINE,
    )


def post_part_refund(
    *, refund: Refund, backs: Sequence[Amounts], by: Any, now: datetime.datetime, card: GiftCard | None = None
) -> None:
    """A refund of lines that were sold: the seller's share and each fee's come back; `card` is what paid some of it."""
    part = refund.part
    assert part is not None  # noqa: S101 -- a refund of lines has its part
    own, others = _carried(part, ((back.line, back.shipping_cents) for back in backs))
    event = RefundEvent(
        key=refund.public_id,
        sale_key=part.public_id,
        cents={str(back.line.pk): back.cents for back in backs if back.cents}
        | {shipping_key(by): cents for by, cents in others.items()},
        shipping_cents=own,
        gift_cents=refund.card_cents + refund.card_before_cents,
        reason=str(refund.get_reason_display()),  # not the words told to the buyer: nothing leaves the books
        subject=part_subject(part),
    )
    by = None if by is not None and by.pk == part.order.user_id else by  # a buyer's name neither
    post_refund(refund=event, by=by, now=now)
    if refund.payment.provider == COLLECTION:  # the seller gives it back itself, as it took it
        post_straight(event=_straight(part, refund.public_id, refund.amount_cents), is_back=True, by=by, now=now)
    if refund.before_cents:
        _count_gestures(refund, now)
    if refund.card_before_cents and card is not None:
        given = card_event(card, refund.card_before_cents, key=f"{refund.public_id}-card")
        post_gesture_back(event=given, card_issuer=card.issuer.organisation, now=now)


def _gesture_event(gesture: Refund, key: str, cents: int, now: datetime.datetime) -> AmountEvent:
    part = gesture.part
    assert part is not None  # noqa: S101 -- a gesture has its part (a constraint)
    reason = str(gesture.get_reason_display())
    operator = _operator_of(part, now)
    return AmountEvent(key=key, cents=cents, subject=part_subject(part), reason=reason, operator=operator)


def post_network_gesture(*, gesture: Refund, card: GiftCard | None = None, by: Any, now: datetime.datetime) -> None:
    """Given to a buyer by the operator, at its own expense: the seller's sale is as before (decision 34).

    What is put on the gift `card` that paid is owed by its issuer again.
    """
    if gesture.amount_cents:
        post_gesture(event=_gesture_event(gesture, gesture.public_id, gesture.amount_cents, now), by=by, now=now)
    if card is not None:
        event = card_event(card, gesture.card_cents, str(gesture.get_reason_display()), f"{gesture.public_id}-card")
        post_gesture(event=event, card_issuer=card.issuer.organisation, by=by, now=now)


def _count_gestures(refund: Refund, now: datetime.datetime) -> None:
    """What gestures gave before and this refund counts is the operator's expense no more, the first ones first."""
    rows = Refund.objects.filter(payment=refund.payment_id)
    counted = rows.exclude(pk=refund.pk).aggregate(n=Sum("before_cents"))["n"] or 0
    rest = refund.before_cents
    for gesture in rows.filter(gesture_cents__gt=0).select_related("part__seller", "part__order").order_by("pk"):
        cents = min(rest, max(gesture.amount_cents - counted, 0))
        counted = max(counted - gesture.amount_cents, 0)
        rest -= cents
        if cents:
            key = f"{refund.public_id}-{gesture.public_id}"
            post_gesture_back(event=_gesture_event(gesture, key, cents, now), now=now)


def post_excess_refund(*, refund: Refund, now: datetime.datetime) -> None:
    """Money that came for nothing and goes back: in and out of the books, no sale between.

    A gift card's share never left the card in the books.
    """
    if not refund.amount_cents:
        return
    operator: Organisation | None = None
    subject = _payment_subject(refund.payment)
    if refund.part is not None:
        operator = operator_of(agreement_of(refund.part.seller, timezone.localdate(now), None))
        subject = part_subject(refund.part)
    event = AmountEvent(
        key=refund.public_id,
        cents=refund.amount_cents,
        subject=subject,
        reason=str(refund.get_reason_display()),
        operator=operator,
    )
    post_excess(event=event, now=now)
    post_excess_back(event=event, now=now)


def post_fee(*, payment: Payment, cents: int, now: datetime.datetime) -> None:
    """What the provider keeps of a payment for its service; zero is no entry."""
    if cents:
        event = AmountEvent(key=payment.public_id, cents=cents, subject=_payment_subject(payment))
        post_payment_fee(event=event, now=now)


def _operator_of(part: SellerOrder, now: datetime.datetime) -> Organisation | None:
    """In whose books the part was sold."""
    sold = Sale.objects.filter(key=part.public_id).select_related("operator").first()
    return sold.operator if sold else operator_of(agreement_of(part.seller, timezone.localdate(now), None))


def _late_event(part: SellerOrder, key: str, cents: int, reason: str, now: datetime.datetime) -> AmountEvent:
    operator = _operator_of(part, now)
    return AmountEvent(
        key=key, cents=cents, subject=part_subject(part), owner=part.seller, reason=reason, operator=operator
    )


def post_late(*, part: SellerOrder, key: str, cents: int, by: Any, now: datetime.datetime) -> None:
    """What the law adds to a late refund (L242-4): the seller owes it to the buyer. Zero is no entry."""
    if cents:
        post_surcharge_owed(event=_late_event(part, key, cents, "L242-4", now), by=by, now=now)


def post_late_paid(
    *, part: SellerOrder, key: str, cents: int, note: str, by: Any, now: datetime.datetime, after: int = 0
) -> None:
    """The seller paid it to the buyer apart; owed first, where the refund is older than its entry in the books.

    `after`: what was paid of it before.
    """
    if not Entry.objects.filter(claim__key=f"{EntryKind.SURCHARGE}:{key}").exists():
        post_late(part=part, key=key, cents=cents, by=by, now=now)
    name = f"{key}:paid-{after}" if after else f"{key}:paid"
    post_surcharge_paid(event=_late_event(part, name, cents, note, now), by=by, now=now)
