"""Money that no provider tells: transfers, and what sellers took at their counter, noted on a day; beside the books."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Sum

from rebond.ledger.enums import AccountKind
from rebond.ledger.models import Posting
from rebond.shop.enums import PaymentState, RefundState
from rebond.shop.models import Payment, Refund
from rebond.shop.money_enums import BY_HAND
from rebond.shop.movements import hours_of
from rebond.shop.queries.reconciliation import SOME, beside_the_books


@dataclass(frozen=True, slots=True)
class NotedByHand:
    """`way` is transfer or collection, `what` paid or refunded; in cents, as noted and as the books have it."""

    way: str
    what: str
    order: str
    reference: str
    cents: int
    books_cents: int

    @property
    def is_right(self) -> bool:
        return self.cents == self.books_cents


def by_hand_that_day(day: datetime.date) -> list[NotedByHand]:
    """Payments that people noted on that day, then refunds that they made, in the order of their keys.

    Some hundreds of rows at a time are compared with the books.
    """
    first, last = hours_of(day)
    paid = Payment.objects.filter(provider__in=BY_HAND, state=PaymentState.PAID, paid_at__gte=first, paid_at__lt=last)
    back = Refund.objects.filter(
        payment__provider__in=BY_HAND, state=RefundState.MADE, made_at__gte=first, made_at__lt=last, amount_cents__gt=0
    )
    payments = list(paid.select_related("order").order_by("pk"))
    refunds = list(back.select_related("payment__order").order_by("pk"))
    return [
        *(row for n in range(0, len(payments), SOME) for row in _paid(payments[n : n + SOME])),
        *(row for n in range(0, len(refunds), SOME) for row in _refunded(refunds[n : n + SOME])),
    ]


def _paid(payments: Sequence[Payment]) -> list[NotedByHand]:
    """Of an order paid twice, what the books have beyond its other payments is this one's."""
    beside = beside_the_books([payment.order_id for payment in payments])
    found = []
    for payment in payments:
        name, said, books = beside[payment.order_id]
        mine = books - (said - payment.amount_cents)
        found.append(NotedByHand(payment.provider, "paid", name, payment.public_id, payment.amount_cents, mine))
    return found


def _refunded(refunds: Sequence[Refund]) -> list[NotedByHand]:
    """A refund's entries have its name; its round-up goes back by an entry of its own, a gesture came before."""
    kinds = ("refund", "gesture", "excess_back")
    names = {f"{kind}:{refund.public_id}": refund.public_id for refund in refunds for kind in kinds}
    rows = Posting.objects.filter(entry__claim__key__in=list(names), account__kind=AccountKind.PROVIDER).order_by()
    books: dict[str, int] = {}
    for key, cents in rows.values_list("entry__claim__key").annotate(n=Sum("cents")):
        books[names[key]] = books.get(names[key], 0) - cents
    return [
        NotedByHand(
            refund.payment.provider,
            "refunded",
            refund.payment.order.public_id,
            refund.public_id,
            refund.amount_cents,
            books.get(refund.public_id, 0) + refund.gift_cents - refund.before_cents,
        )
        for refund in refunds
    ]
