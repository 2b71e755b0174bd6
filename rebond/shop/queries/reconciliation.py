"""What we have of a day, to compare with the provider; and the days that were compared."""

import datetime
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet, Sum

from rebond.ledger.enums import AccountKind, EntryKind
from rebond.ledger.models import Entry, Payout, Posting
from rebond.shop.enums import NOTES_TO_SEE, MessageState, PaymentState, RefundState
from rebond.shop.models import (
    Dispute,
    GiftCard,
    Payment,
    ProviderMessage,
    Reconciliation,
    ReconciliationGap,
    Refund,
    RoundUp,
    SellerOrder,
    TransferReversal,
)
from rebond.shop.money_enums import BY_HAND, DisputeMoney, ReversalState
from rebond.shop.movements import hours_of

SOME = 400
FIRST_TRIES = datetime.timedelta(hours=3)  # of the task that asks a provider for a refund (core.retry)


def paid_that_day(provider: str, day: datetime.date) -> Iterator[Payment]:
    """Payments that the provider told as made on that day, as heard here."""
    first, last = hours_of(day)
    rows = Payment.objects.filter(provider=provider, state=PaymentState.PAID, paid_at__gte=first, paid_at__lt=last)
    return rows.order_by("pk").iterator(SOME)


def made_that_day(provider: str, day: datetime.date) -> Iterator[Refund]:
    """Refunds that the provider told as made on that day, as heard here."""
    first, last = hours_of(day)
    rows = Refund.objects.filter(
        payment__provider=provider, state=RefundState.MADE, made_at__gte=first, made_at__lt=last, amount_cents__gt=0
    )
    return rows.select_related("payment").order_by("pk").iterator(SOME)


def sent_that_day(day: datetime.date) -> list[Payout]:
    """Payouts that the books sent on that day and the provider took."""
    sent = Entry.objects.filter(kind=EntryKind.PAYOUT, on=day).values_list("subject_id", flat=True)
    names = list(sent)
    rows: list[Payout] = []
    for start in range(0, len(names), SOME):
        rows += Payout.objects.filter(public_id__in=names[start : start + SOME]).exclude(reference="")
    return rows


def taken_that_day(provider: str, day: datetime.date) -> Iterator[Dispute]:
    """Disputes that were told on that day and whose money the bank took."""
    first, last = hours_of(day)
    rows = Dispute.objects.filter(provider=provider, opened_at__gte=first, opened_at__lt=last)
    found: Iterator[Dispute] = rows.exclude(money=DisputeMoney.KEPT).order_by("pk").iterator(SOME)
    return found


def reversed_that_day(day: datetime.date) -> Iterator[TransferReversal]:
    """What was taken back from sellers' accounts on that day."""
    first, last = hours_of(day)
    rows = TransferReversal.objects.filter(state=ReversalState.MADE, ended_at__gte=first, ended_at__lt=last)
    return rows.order_by("pk").iterator(SOME)


def unlike_the_books(provider: str, day: datetime.date) -> Iterator[tuple[str, int, int]]:
    """Orders paid on that day whose payments are not what the books say the provider took: (order, here, books)."""
    orders: dict[int, str] = {}
    for payment in paid_that_day(provider, day):
        orders[payment.order_id] = ""
    keys = sorted(orders)
    for start in range(0, len(keys), SOME):
        yield from _unlike(keys[start : start + SOME])


def _unlike(keys: list[int]) -> Iterator[tuple[str, int, int]]:
    for name, said, books in beside_the_books(keys).values():
        if said != books:
            yield name, said, books


def beside_the_books(keys: list[int]) -> dict[int, tuple[str, int, int]]:
    """By key of order: its public id, what its payments brought, what the books say that they did."""
    said: dict[int, int] = defaultdict(int)
    books: dict[int, int] = defaultdict(int)
    order_of: dict[str, int] = {}
    names: dict[int, str] = {}
    rows = Payment.objects.filter(order__in=keys, state=PaymentState.PAID).select_related("order").order_by("pk")
    for payment in rows:
        said[payment.order_id] += payment.amount_cents
        order_of[payment.public_id] = payment.order_id
        names[payment.order_id] = payment.order.public_id
    order_of |= dict(SellerOrder.objects.filter(order__in=keys).order_by("pk").values_list("public_id", "order_id"))
    order_of |= dict(RoundUp.objects.filter(order__in=keys).order_by("pk").values_list("public_id", "order_id"))
    order_of |= dict(GiftCard.objects.filter(order__in=keys).order_by("pk").values_list("public_id", "order_id"))
    kinds = ["shop.sellerorder", "shop.payment", "shop.roundup", "shop.giftcard"]
    about = Q(entry__subject_kind__in=kinds, entry__subject_id__in=list(order_of))
    given = Q(entry__kind__in=[EntryKind.ROUND_UP, EntryKind.GIFT_CARD], cents__gt=0)
    paid = Q(entry__kind__in=[EntryKind.SALE, EntryKind.EXCESS]) | given
    postings: Any = Posting.objects.filter(about, paid, account__kind=AccountKind.PROVIDER)
    for name, cents in postings.order_by().values_list("entry__subject_id").annotate(n=Sum("cents")):
        books[order_of[name]] += cents
    return {key: (names[key], said[key], books[key]) for key in keys}


def days_of(user: Any) -> QuerySet[Reconciliation]:
    """Days that were compared and that `user` sees, the latest first."""
    rows: QuerySet[Reconciliation] = Reconciliation.objects.visible_to(user).order_by("-day", "-pk")
    return rows


def days_page(rows: QuerySet[Reconciliation], before: int | None, size: int) -> tuple[list[Reconciliation], int | None]:
    """A page of `days_of`; `before` is the number of the day that came last (its ordinal)."""
    if before is not None:
        rows = rows.filter(day__lt=datetime.date.fromordinal(before))
    found = list(rows[: size + 1])
    next_key = found[size - 1].day.toordinal() if len(found) > size else None
    return found[:size], next_key


def gaps_page(done: Reconciliation, after: int | None, size: int) -> tuple[list[ReconciliationGap], int | None]:
    """Gaps of one day, those that are open first."""
    rows = done.gaps.order_by("is_mended", "pk")
    if after is not None:
        last = done.gaps.filter(pk=after).first()
        is_mended = last is not None and last.is_mended
        beyond = Q(is_mended=is_mended, pk__gt=after)
        rows = rows.filter(beyond if is_mended else beyond | Q(is_mended=True))
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def refunds_waiting() -> "QuerySet[Refund]":
    """Refunds that a provider was asked for and has not told as made, the oldest first. Those by hand have their lists:
    the bank's, and the counters'.
    """
    rows = Refund.objects.filter(state=RefundState.ASKED).exclude(payment__provider__in=BY_HAND)
    return rows.select_related("payment__order", "part__seller").order_by("created_at", "pk")


def refunds_to_see(now: datetime.datetime) -> list[Refund]:
    """Those of them that the first tries did not settle: a hundred at most."""
    return list(refunds_waiting().filter(created_at__lt=now - FIRST_TRIES)[:100])


def messages_to_see() -> list[ProviderMessage]:
    """Messages that wait, or that moved money the books do not know: the latest fifty."""
    rows = ProviderMessage.objects.filter(Q(state=MessageState.WAITING) | Q(note__in=NOTES_TO_SEE))
    return list(rows.order_by("-pk")[:50])
