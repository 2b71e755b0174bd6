"""Gestures of the network: what may still be given of an order, what was given (decision 34)."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from rebond.core.dates import midnight
from rebond.ledger.models import Sale
from rebond.network.models import Organisation
from rebond.shop.enums import PaymentState
from rebond.shop.models import Dispute, Order, OrderLine, Payment, Refund, SellerOrder
from rebond.shop.money_enums import COLLECTION, DisputeMoney, GiftCardState, GiftSpendState
from rebond.shop.queries.gift_cards import spend_of


def held_by_banks(*, given: bool = False) -> Coalesce:
    """What banks hold of a payment's sales while they decide, for a query of payments.

    `given`: only of one that a gesture was given of; of the others, the sales in the books say what a bank holds.
    """
    rows = Dispute.objects.filter(payment=OuterRef("pk"), money=DisputeMoney.TAKEN).order_by()
    if given:
        rows = rows.filter(Exists(Refund.objects.filter(payment=OuterRef("payment"), gesture_cents__gt=0)))
    held = rows.values("payment").annotate(n=Sum(F("cents") - F("excess_cents"))).values("n")
    return Coalesce(Subquery(held), Value(0))


def free_cents(payment: Payment) -> int:
    """What of a payment went back nowhere yet, in cents: neither decided for the buyer, nor held by a bank."""
    rows = Payment.objects.filter(pk=payment.pk).annotate(n=F("amount_cents") - F("refunded_cents") - held_by_banks())
    return max(int(rows.values_list("n", flat=True).get()), 0)


GESTURES = Q(gesture_cents__gt=0)


def put_on_card_before(payment: Payment) -> int:
    """What gestures put on the gift card that paid, and no refund counted yet, in cents."""
    sums = payment.refunds.aggregate(given=Sum("card_cents", filter=GESTURES), counted=Sum("card_before_cents"))
    return (sums["given"] or 0) - (sums["counted"] or 0)


def given_before(payment: Payment) -> int:
    """What gestures gave of a payment and no refund counted yet, in cents."""
    sums = payment.refunds.aggregate(given=Sum("amount_cents", filter=GESTURES), counted=Sum("before_cents"))
    return (sums["given"] or 0) - (sums["counted"] or 0)


def gesture_left(order: Order) -> int:
    """The most that may still be given: what the buyer paid, by a provider and with a gift card, less all that they
    have again.
    """
    payment = paid_by(order)
    return provider_left(payment) + card_left(payment) if payment is not None else 0


def card_left(payment: Payment) -> int:
    """What a gesture may still put on the gift card that paid: nothing while it is blocked, and buys nothing."""
    spend = spend_of(payment.order) if payment.provider != COLLECTION else None
    if spend is None or spend.state != GiftSpendState.SPENT or spend.card.state != GiftCardState.LIVE:
        return 0
    return max(spend.left_cents - put_on_card_before(payment), 0)


def provider_left(payment: Payment) -> int:
    """What a gesture may still give back by the provider that was paid.

    A bank that took more than the sales (what had been given back before) gave it to the buyer too. Nothing where the
    seller took the money itself: no provider of ours gives it back.
    """
    if payment.provider == COLLECTION:
        return 0
    more = Dispute.objects.filter(payment=payment, money__in=[DisputeMoney.TAKEN, DisputeMoney.GONE])
    return max(free_cents(payment) - (more.aggregate(n=Sum("excess_cents"))["n"] or 0), 0)


def paid_by(order: Order) -> Payment | None:
    """The payment that paid the order: one that came when it was paid already went back whole."""
    whole = Refund.objects.filter(payment__order=order, part=None).values("payment_id")
    rows = order.payments.filter(state=PaymentState.PAID).exclude(pk__in=whole)
    return rows.select_related("order").order_by("pk").first()


def _in_books(operator: Organisation, key: str) -> Exists:
    return Exists(Sale.objects.filter(key=OuterRef(key), operator=operator))


def part_in_books(operator: Organisation, public_id: str) -> SellerOrder | None:
    """A paid seller order whose sale is in the operator's books."""
    rows = SellerOrder.objects.filter(_in_books(operator, "public_id"), public_id=public_id)
    return rows.select_related("order", "seller").first()


def is_in_books(operator: Organisation, order: int) -> bool:
    """Whether a part of this order (its key) was sold in the operator's books."""
    return SellerOrder.objects.filter(_in_books(operator, "public_id"), order=order).exists()


@dataclass(frozen=True, slots=True)
class GesturePart:
    part: SellerOrder
    lines: list[OrderLine]
    refunds: list[Refund]


def parts_in_books(operator: Organisation, order_id: str) -> list[GesturePart]:
    """The parts of an order (by its public id) in the operator's books, with what was given back. Three queries."""
    rows = SellerOrder.objects.filter(_in_books(operator, "public_id"), order__public_id=order_id)
    parts = list(rows.select_related("order", "seller").order_by("pk"))
    lines = list(OrderLine.objects.filter(part__in=parts).order_by("pk")) if parts else []
    backs = list(Refund.objects.filter(part__in=parts).order_by("pk")) if parts else []
    return [
        GesturePart(
            part, [row for row in lines if row.part_id == part.pk], [row for row in backs if row.part_id == part.pk]
        )
        for part in parts
    ]


def order_of_code(operator: Organisation, code: str) -> str:
    """The public id of an order in the operator's books, by its code or a seller's part's; "" for none."""
    text = code.strip().lower()[:12]
    rows = SellerOrder.objects.filter(_in_books(operator, "public_id"))
    for found in (rows.filter(order__public_id=text), rows.filter(public_id=text)):
        name = found.values_list("order__public_id", flat=True).first()
        if name:
            return str(name)
    return ""


def gestures_of(operator: Organisation) -> "QuerySet[Refund]":
    """Gestures in the operator's books, the latest first."""
    rows = Refund.objects.filter(_in_books(operator, "part__public_id"), gesture_cents__gt=0)
    return rows.select_related("part__seller", "part__order", "payment").order_by("-pk")


def given_since(operator: Organisation, day: datetime.date) -> int:
    """Cents of gestures since that day."""
    rows = gestures_of(operator).filter(created_at__gte=midnight(day)).order_by()
    return int(rows.aggregate(n=Sum("gesture_cents"))["n"] or 0)
