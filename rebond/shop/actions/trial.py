"""The embedded provider `test`: no bank, no network; a card number for each thing that happens with real ones."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.bulk import insert_unless_there
from rebond.ledger.models import Payout
from rebond.ledger.splitting import half_up
from rebond.shop.actions.dispute import Contested, receive_dispute
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.enums import MovementKind, PaymentEventKind, TrialCard
from rebond.shop.models import Dispute, DisputeAnswer, Payment, Refund, TransferReversal, TrialCharge
from rebond.shop.money_enums import DisputeState
from rebond.shop.movements import Movement, hours_of

CARDS: dict[str, TrialCard] = {
    "4242424242424242": TrialCard.ACCEPTED,
    "4000000000000002": TrialCard.REFUSED,
    "4000002760003184": TrialCard.STRONG,
    "4000000000000101": TrialCard.SLOW,
    "4000000000000119": TrialCard.LATE,
    "4000000000000127": TrialCard.TWICE,
    "4000000000000135": TrialCard.DISORDER,
    "4000000000000143": TrialCard.LOST,
    "4000000000000259": TrialCard.DISPUTED,
}
SLOW = datetime.timedelta(seconds=30)
FEE_BP, FEE_CENTS = 150, 25  # invented like the money: 1.5 % and 0.25 €
LATE = datetime.timedelta(minutes=45)  # after any hold
DISPUTE_FEE_CENTS = 2_000  # invented too
DISPUTE_LASTS = datetime.timedelta(days=10)


class Trial:
    """Implements `provider.Provider`; its memory is `TrialCharge`."""

    name = "test"
    lists_payouts = False  # the trial of payouts is the ledger's own, and keeps nothing

    def refund(self, refund: Refund) -> None:
        """The money goes back at once; asked twice, once."""
        charge, _ = TrialCharge.objects.get_or_create(
            event_id=f"refunded-{refund.public_id}",
            defaults={
                "reference": refund.public_id,
                "kind": PaymentEventKind.REFUNDED,
                "amount_cents": refund.amount_cents,
            },
        )
        tell(charge)

    def refund_again(self, refund: Refund, now: datetime.datetime) -> None:
        """It is made by the first asking."""
        self.refund(refund)

    def movements(self, day: datetime.date) -> Iterator[Movement]:
        """Its charges and refunds of that day; a refusal moves nothing."""
        first, last = hours_of(day)
        rows = TrialCharge.objects.filter(created_at__gte=first, created_at__lt=last).order_by("pk")
        for charge in rows.exclude(kind=PaymentEventKind.REFUSED).iterator(500):
            yield _movement(charge)

    def answer_dispute(self, answer: DisputeAnswer, now: datetime.datetime) -> None:
        """The trial's bank decides at once: an answer with a file wins, any other loses."""
        decide_dispute(dispute=answer.dispute, is_won=answer.proofs.exists(), now=now)

    def find(self, row: Payment | Refund | Payout | Dispute | TransferReversal) -> Movement | None:
        kind, name = PaymentEventKind.REFUNDED.value, row.public_id
        if isinstance(row, Payment):
            kind = PaymentEventKind.PAID.value
        elif isinstance(row, Dispute):
            kind, name = MovementKind.DISPUTED.value, row.provider_id
        charge = TrialCharge.objects.filter(reference=name, kind=kind).order_by("pk").first()
        return None if charge is None else _movement(charge)


def _movement(charge: TrialCharge) -> Movement:
    return Movement(charge.kind, charge.reference, charge.event_id, charge.amount_cents, fee_of(charge))


def outcome_of(number: str) -> TrialCard | None:
    """What a card number does; None for any other number: a real card has no place here."""
    return CARDS.get("".join(number.split()))


def fee_of(charge: TrialCharge) -> int:
    """What the trial keeps of a payment, in cents, so that the books have fees to show; refunds cost nothing."""
    if charge.kind != PaymentEventKind.PAID:
        return 0
    return min(half_up(charge.amount_cents, FEE_BP, 10_000) + FEE_CENTS, charge.amount_cents)


def charge_card(*, payment: Payment, card: TrialCard, now: datetime.datetime | None = None) -> TrialCharge:
    """What happens at the provider when the card is given, then what it tells, and when.

    The charge is saved before anything is told: a process that dies in between loses no money, the event comes later.
    """
    now = now or timezone.now()
    if card == TrialCard.REFUSED:
        return _told(_remember(payment, PaymentEventKind.REFUSED, now, None), now)
    paid = _remember(payment, PaymentEventKind.PAID, now, _due(card, now))
    if card in {TrialCard.SLOW, TrialCard.LATE, TrialCard.LOST}:
        return paid
    _told(paid, now)
    if card == TrialCard.DISPUTED:
        contest_payment(payment=payment, now=now)
    elif card == TrialCard.TWICE:
        tell(paid, now)
    elif card == TrialCard.DISORDER:  # an older refusal arrives after the success
        tell(_remember(payment, PaymentEventKind.REFUSED, now, None), now)
    return paid


def _due(card: TrialCard, now: datetime.datetime) -> datetime.datetime | None:
    if card == TrialCard.LOST:
        return None
    return now + {TrialCard.SLOW: SLOW, TrialCard.LATE: LATE}.get(card, datetime.timedelta())


@transaction.atomic
def _remember(
    payment: Payment, kind: PaymentEventKind, now: datetime.datetime, due_at: datetime.datetime | None
) -> TrialCharge:
    charge = TrialCharge(
        event_id=f"{kind}-{payment.public_id}",
        reference=payment.public_id,
        kind=kind,
        amount_cents=payment.amount_cents,
        created_at=now,
        due_at=due_at,
    )
    return charge if insert_unless_there(charge) else TrialCharge.objects.get(event_id=charge.event_id)


def _told(charge: TrialCharge, now: datetime.datetime) -> TrialCharge:
    if not charge.told:
        tell(charge, now)
    return charge


def tell(charge: TrialCharge, now: datetime.datetime | None = None) -> None:
    """Deliver the event of a charge, as a webhook would; noted once it was received."""
    told = Told(Trial.name, charge.event_id, charge.kind, charge.reference, charge.amount_cents, fee_of(charge))
    receive_event(told=told, now=now)
    TrialCharge.objects.filter(pk=charge.pk).update(told=F("told") + 1)


def contest_payment(*, payment: Payment, now: datetime.datetime | None = None, cents: int = 0) -> Dispute:
    """The buyer says to the trial's bank that nothing came: the bank takes the money and waits for an answer."""
    now = now or timezone.now()
    name = f"trial-{payment.public_id}"
    payment.refresh_from_db()
    cents = cents or payment.amount_cents
    _note(MovementKind.DISPUTED, name, cents, now)
    told = Contested(
        provider=Trial.name,
        dispute_id=name,
        payment=payment,
        state=DisputeState.TO_ANSWER,
        cents=cents,
        told_at=now,
        fee_cents=DISPUTE_FEE_CENTS,
        reason="product_not_received",
        due_at=now + DISPUTE_LASTS,
        is_taken=True,
    )
    return receive_dispute(told=told, now=now)


def decide_dispute(*, dispute: Dispute, is_won: bool, now: datetime.datetime | None = None) -> Dispute:
    """The trial's bank decides; told again, it has one effect."""
    now = now or timezone.now()
    if is_won:
        _note(MovementKind.REINSTATED, dispute.provider_id, dispute.cents, now)
    told = Contested(
        provider=Trial.name,
        dispute_id=dispute.provider_id,
        payment=dispute.payment,
        state=DisputeState.WON if is_won else DisputeState.LOST,
        cents=dispute.cents,
        told_at=now,
        is_back=is_won,
    )
    return receive_dispute(told=told, now=now)


@transaction.atomic
def _note(kind: str, name: str, cents: int, now: datetime.datetime) -> None:
    """What the trial's bank moved: told as it happens, kept for the reconciliation."""
    values = {"reference": name, "kind": kind, "amount_cents": cents, "created_at": now, "told": 1}
    TrialCharge.objects.get_or_create(event_id=f"{kind}-{name}", defaults=values)


def tell_due(*, now: datetime.datetime | None = None, with_lost: bool = False) -> int:
    """Deliver what is due and was not told yet; `with_lost`: all of it, as a reconciliation does."""
    now = now or timezone.now()
    rows = TrialCharge.objects.filter(told=0)
    if not with_lost:
        rows = rows.filter(due_at__lte=now)
    found = 0
    for charge in rows.order_by("pk")[:1_000]:
        tell(charge, now)
        found += 1
    return found
