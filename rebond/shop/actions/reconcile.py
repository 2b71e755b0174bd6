"""A day at the provider against the same day here: what is missing on either side, what differs, what the books miss.

The provider is asked first, outside any transaction; then the rows are compared, and the day is kept in one
transaction. A payment that the provider made and nobody told is applied where that is asked.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from rebond.ledger.models import Payout
from rebond.shop.actions.books import post_fee
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.provider import PROVIDERS, Provider
from rebond.shop.actions.stripe_payment import Row, remember_intent
from rebond.shop.enums import GapKind, MovementKind, PaymentState, RefundState
from rebond.shop.models import Dispute, Payment, Reconciliation, ReconciliationGap, Refund, TransferReversal
from rebond.shop.money_enums import DisputeMoney, ReversalState
from rebond.shop.movements import Movement
from rebond.shop.queries.by_hand_day import by_hand_that_day
from rebond.shop.queries.reconciliation import (
    made_that_day,
    paid_that_day,
    reversed_that_day,
    sent_that_day,
    taken_that_day,
    unlike_the_books,
)

SUMS = (
    ("paid", "paid"),
    ("refunded", "refunded"),
    ("payout", "payouts"),
    ("reversal", "reversals"),
    ("disputed", "disputes"),
    ("reinstated", "reinstated"),
)


@dataclass(slots=True)
class _Day:
    provider: Provider
    day: datetime.date
    listed: list[Movement]
    gaps: list[ReconciliationGap] = field(default_factory=list)

    def add(self, kind: str, what: str, here: int | None, there: Movement | None, reference: str = "") -> None:
        self.gaps.append(
            ReconciliationGap(
                kind=kind,
                what=what,
                reference=reference or (there.reference if there else ""),
                provider_id=there.provider_id if there else "",
                here_cents=here,
                there_cents=there.cents if there else None,
            )
        )


def reconcile_day(
    *, day: datetime.date, provider: str, is_applied: bool = False, now: datetime.datetime | None = None
) -> Reconciliation:
    """Compare one day; return it with its gaps kept. `is_applied`: take what the provider made and nobody told.

    Raise ProviderError where the provider does not answer, KeyError for an unknown one.
    """
    now = now or timezone.now()
    port = PROVIDERS[provider]
    known = _Day(port, day, list(port.movements(day)))
    _compare(known, is_applied=is_applied, now=now)
    _look_there(known)
    for reference, here, books in unlike_the_books(provider, day):
        there = Movement("paid", reference, "", books)
        known.add(GapKind.BOOKS, MovementKind.PAID, here, there)
    for noted in by_hand_that_day(day):  # no provider tells it: people note it
        if not noted.is_right:
            there = Movement(noted.what, noted.reference, noted.way, noted.books_cents)
            known.add(GapKind.BOOKS, noted.what, noted.cents, there)
    return _keep(known, now)


def reconcile_yesterday(*, now: datetime.datetime | None = None) -> dict[str, int]:
    """The nightly one, with who takes payments; nothing where nobody does. How many gaps are open."""
    if settings.PAYMENT_PROVIDER not in PROVIDERS:
        return {"days": 0, "gaps": 0}
    day = timezone.localdate(now) - datetime.timedelta(days=1)
    done = reconcile_day(day=day, provider=settings.PAYMENT_PROVIDER, is_applied=True, now=now)
    return {"days": 1, "gaps": done.open_gaps}


def _compare(known: _Day, *, is_applied: bool, now: datetime.datetime) -> None:
    """Each movement against our row of its name, whatever the day of either."""
    by_kind: dict[str, list[Movement]] = defaultdict(list)
    for movement in known.listed:
        by_kind[movement.kind].append(movement)
    for what, movements in by_kind.items():
        if what == "other":
            continue
        rows = _rows(known.provider.name, what, {movement.reference for movement in movements})
        seen: set[str] = set()
        for movement in movements:
            if movement.reference and movement.reference in seen:  # those made by hand there have no name of ours
                known.add(GapKind.TWICE, what, None, movement)
                continue
            seen.add(movement.reference)
            row = rows.get(movement.reference)
            if not _is_here(row, what):
                known.add(GapKind.MISSING_HERE, what, None, movement)
                known.gaps[-1].is_mended = is_applied and _take(known.provider.name, movement, now)
            elif _cents(row) != movement.cents:
                known.add(GapKind.AMOUNT, what, _cents(row), movement)
            if isinstance(row, Payment):
                _note_fee(known, row, movement, now)


def _rows(provider: str, what: str, references: set[str]) -> dict[str, Row]:
    """Our rows of these names, some hundreds at a time."""
    names = sorted(references - {""})
    found: dict[str, Row] = {}
    for start in range(0, len(names), 500):
        some = names[start : start + 500]
        rows: Iterable[Any]
        if what == MovementKind.PAID:
            rows = Payment.objects.filter(public_id__in=some, provider=provider)
        elif what == MovementKind.REFUNDED:
            rows = Refund.objects.filter(public_id__in=some, payment__provider=provider)
        elif what == MovementKind.REVERSAL:
            rows = TransferReversal.objects.filter(public_id__in=some)
        elif what in {MovementKind.DISPUTED, MovementKind.REINSTATED}:
            rows = Dispute.objects.filter(provider_id__in=some, provider=provider)
        else:
            rows = Payout.objects.filter(public_id__in=some)
        found |= {_name(row): row for row in rows}
    return found


def _name(row: Row) -> str:
    """What the provider's list calls it."""
    return row.provider_id if isinstance(row, Dispute) else row.public_id


def _is_here(row: Row | None, what: str) -> bool:
    if isinstance(row, Payment):
        return row.state == PaymentState.PAID
    if isinstance(row, Refund):
        return row.state == RefundState.MADE
    if isinstance(row, TransferReversal):
        return row.state == ReversalState.MADE
    if isinstance(row, Dispute):
        return row.money == DisputeMoney.BACK if what == MovementKind.REINSTATED else row.money != DisputeMoney.KEPT
    return row is not None and bool(row.reference)


def _cents(row: Row | None) -> int:
    if row is None:
        return 0
    return row.amount_cents if isinstance(row, Payment | Refund) else row.cents


@transaction.atomic
def _take(provider: str, movement: Movement, now: datetime.datetime) -> bool:
    """What was made there and not told: as its message would have been, with the name that its refunds need.

    Payouts settle by their own ways.
    """
    if movement.kind not in {MovementKind.PAID, MovementKind.REFUNDED}:
        return False
    if movement.intent:
        remember_intent(movement.reference[:40], movement.intent[:80], is_paid=True)
    event_id = f"found-{movement.provider_id}"[:80]
    told = Told(provider, event_id, movement.kind, movement.reference[:40], movement.cents, movement.fee_cents)
    return receive_event(told=told, now=now).applied_at is not None


def _note_fee(known: _Day, payment: Payment, movement: Movement, now: datetime.datetime) -> None:
    """The provider's fee enters the books with the day that tells it; one that differs from what was told is a gap."""
    payment.refresh_from_db(fields=["state", "fee_cents"])
    if payment.state != PaymentState.PAID or payment.fee_cents == movement.fee_cents:
        return
    if payment.fee_cents == 0:
        with transaction.atomic():
            if Payment.objects.filter(pk=payment.pk, fee_cents=0).update(fee_cents=movement.fee_cents):
                post_fee(payment=payment, cents=movement.fee_cents, now=now)
        return
    there = Movement("fee", movement.reference, movement.provider_id, movement.fee_cents)
    known.add(GapKind.AMOUNT, MovementKind.FEE, payment.fee_cents, there)


def _look_there(known: _Day) -> None:
    """What we have of that day and the list has not is asked for by its name: it may be of another day there."""
    name = known.provider.name
    listed = {(movement.kind, movement.reference) for movement in known.listed}
    ours: list[tuple[str, Row]] = [
        *((MovementKind.PAID.value, row) for row in paid_that_day(name, known.day)),
        *((MovementKind.REFUNDED.value, row) for row in made_that_day(name, known.day)),
        *((MovementKind.DISPUTED.value, row) for row in taken_that_day(name, known.day)),
    ]
    if name == settings.PAYOUT_PROVIDER and known.provider.lists_payouts:
        ours += [(MovementKind.PAYOUT.value, row) for row in sent_that_day(known.day)]
        ours += [(MovementKind.REVERSAL.value, row) for row in reversed_that_day(known.day)]
    for what, row in ours:
        if (what, _name(row)) in listed:
            continue
        there = known.provider.find(row)
        if there is None:
            known.add(GapKind.MISSING_THERE, what, _cents(row), None, _name(row))
        elif there.cents != _cents(row):
            known.add(GapKind.AMOUNT, what, _cents(row), there)


@transaction.atomic
def _keep(known: _Day, now: datetime.datetime) -> Reconciliation:
    """The day as it was found now, instead of what was found before."""
    sums: dict[str, Any] = {"ran_at": now, "open_gaps": sum(not gap.is_mended for gap in known.gaps)}
    for what, name in SUMS:
        rows = [movement for movement in known.listed if movement.kind == what]
        sums |= {name: len(rows), f"{name}_cents": sum(movement.cents for movement in rows)}
    sums["fee_cents"] = sum(movement.fee_cents for movement in known.listed)
    sums["others"] = sum(movement.kind == "other" for movement in known.listed)
    done, _is_new = Reconciliation.objects.update_or_create(provider=known.provider.name, day=known.day, defaults=sums)
    done.gaps.all().delete()
    for gap in known.gaps:
        gap.reconciliation = done
    ReconciliationGap.objects.bulk_create(known.gaps, batch_size=500)
    return done
