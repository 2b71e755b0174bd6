"""A buyer's bank takes a payment back, then decides: the books hold the money, and follow the decision.

Told in any order and any number of times: the money moves forward only (`DISPUTE_MONEY`), each step once. What a later
step needs and was not told yet is done with it: a loss that is told first takes the money first. Locks: the order, the
sales in the books, then balances by key.
"""

import contextlib
import datetime
import uuid
from collections import defaultdict
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.ledger.actions.amounts import post_payment_fee
from rebond.ledger.actions.correction import write_reversal
from rebond.ledger.actions.refund import close_dispute, lock_sales, open_dispute
from rebond.ledger.actions.straight import post_dispute_excess
from rebond.ledger.enums import EntryKind
from rebond.ledger.errors import AlreadyReversed
from rebond.ledger.events import AmountEvent, DisputeEvent, Subject, is_shipping, shipping_key
from rebond.ledger.models import Entry, Sale
from rebond.ledger.splitting import share_out
from rebond.shop import tasks
from rebond.shop.actions.gift_card import follow_dispute
from rebond.shop.actions.lost_part import cancel_lost_part
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.refund import Back, write_refund
from rebond.shop.actions.returning import end_lost_returns
from rebond.shop.actions.round_up import lose
from rebond.shop.enums import OPEN_PARTS, PaymentEventKind, PaymentState, RefundReason
from rebond.shop.errors import DisputeWaitsError
from rebond.shop.models import Dispute, DisputeShare, OrderLine, Payment, Refund, SellerOrder
from rebond.shop.money_enums import DISPUTE_MONEY, DISPUTE_ORDER, OPEN_DISPUTES, DisputeMoney, DisputeState


@dataclass(frozen=True, slots=True)
class Contested:
    """What a provider tells of a dispute. `cents` and what the provider takes for it (`fee_cents`) are whole sums.

    `is_taken`, `is_back`: the money left, came back. `is_fee_back`: what was taken for it came back too.
    """

    provider: str
    dispute_id: str
    payment: Payment
    state: str
    cents: int
    told_at: datetime.datetime
    fee_cents: int = 0
    reason: str = ""
    due_at: datetime.datetime | None = None
    is_taken: bool = False
    is_back: bool = False
    is_fee_back: bool = False


@transaction.atomic
def receive_dispute(*, told: Contested, now: datetime.datetime | None = None) -> Dispute:
    """Keep what is told of a dispute, and follow the money in the books. Run again, it has one effect.

    An older message that says another amount than a later one changes none.

    Raise DisputeWaitsError where its payment is not paid yet here, or another amount was taken for the same dispute;
    LedgerError where the books refuse (a bank that changes its mind after it decided).
    """
    now = now or timezone.now()
    order = lock_row(told.payment.order)
    payment = Payment.objects.select_related("order").get(pk=told.payment.pk)
    if payment.state != PaymentState.PAID:
        raise DisputeWaitsError("the payment is not known as paid yet")
    dispute = Dispute.objects.filter(provider=told.provider, provider_id=told.dispute_id).first()
    if dispute is None:
        dispute = _open(told, payment, now)
    elif dispute.cents != told.cents and _place(told) >= (dispute.told_at, _rank(dispute.state)):
        if dispute.money != DisputeMoney.KEPT:
            raise DisputeWaitsError("another amount was taken for this dispute")
        Dispute.objects.filter(pk=dispute.pk).update(cents=told.cents)
        dispute.refresh_from_db()
    if contradicts(dispute, told):
        return dispute
    _mirror(dispute, told, now)
    if told.is_taken or told.is_back or told.state == DisputeState.LOST:
        _take(dispute, told, order_id=order.pk, now=now)
    if told.is_back:
        _give_back(dispute, told, now)
    elif dispute.state == DisputeState.LOST:
        _lose(dispute, now)
    dispute.refresh_from_db()
    return dispute


def _rank(state: str) -> int:
    return DISPUTE_ORDER.index(DisputeState(state))


def _place(told: Contested) -> tuple[datetime.datetime, int]:
    """Where a message stands among the others: by its own hour, whenever it comes."""
    return told.told_at, _rank(told.state)


def contradicts(dispute: Dispute, told: Contested) -> bool:
    """A bank that decides the other way after it decided: a person looks, the books stay as they are."""
    is_won, is_lost = told.is_back or told.state == DisputeState.WON, told.state == DisputeState.LOST
    return (dispute.money == DisputeMoney.GONE and is_won) or (dispute.money == DisputeMoney.BACK and is_lost)


def _open(told: Contested, payment: Payment, now: datetime.datetime) -> Dispute:
    dispute = Dispute.objects.create(
        provider=told.provider,
        provider_id=told.dispute_id,
        payment=payment,
        state=DisputeState.INQUIRY if told.state == DisputeState.INQUIRY else DisputeState.TO_ANSWER,
        reason=told.reason[:60],
        cents=told.cents,
        due_at=told.due_at,
        told_at=told.told_at,
        opened_at=now,
    )
    record("shop.dispute.opened", subject=dispute, by=None, cents=told.cents, reason=told.reason[:60])
    return dispute


def _mirror(dispute: Dispute, told: Contested, now: datetime.datetime) -> None:
    """The state as it was told last; a decision is never taken back by an older message, nor by an open state."""
    before, is_final = dispute.state, dispute.state not in OPEN_DISPUTES
    later, here = _place(told), (dispute.told_at, _rank(before))
    if (later < here and told.state in OPEN_DISPUTES) or (is_final and told.state in OPEN_DISPUTES):
        return
    if is_final and later <= here:
        return
    closed_at = None if told.state in OPEN_DISPUTES else (dispute.closed_at or now)
    Dispute.objects.filter(pk=dispute.pk).update(
        state=told.state,
        closed_at=closed_at,
        told_at=max(told.told_at, dispute.told_at),
        due_at=told.due_at or dispute.due_at,
        reason=told.reason[:60] or dispute.reason,
    )
    dispute.refresh_from_db()
    if before != dispute.state:
        record_transition(subject=dispute, verb="tell", from_state=before, to_state=dispute.state, by=None)
    if not is_final and dispute.state not in OPEN_DISPUTES:
        _look_again(dispute)


def _look_again(dispute: Dispute) -> None:
    """It is over: of a part whose rest was given up meanwhile nothing is kept here any more."""
    parts = SellerOrder.objects.filter(order=dispute.payment.order_id, state__in=OPEN_PARTS)
    for part_id in parts.order_by("pk").values_list("pk", flat=True):
        tasks.send_rest.enqueue(part_id)


def _move(dispute: Dispute, verb: str) -> bool:
    """One step of the money, once."""
    from_states, to_state = DISPUTE_MONEY[verb]
    if not Dispute.objects.filter(pk=dispute.pk, money__in=from_states).update(money=to_state):
        return False
    dispute.money = to_state
    return True


def subject_of(dispute: Dispute) -> Subject:
    """What the books print of a dispute."""
    return Subject("shop.dispute", dispute.public_id, str(dispute.payment.order))


def _event(share: DisputeShare) -> DisputeEvent:
    dispute = share.dispute
    return DisputeEvent(
        key=f"{dispute.public_id}-{share.part.public_id}",
        sale_key=share.part.public_id,
        cents=share.cents,
        subject=subject_of(dispute),
        reason=dispute.reason,
    )


def _amount(dispute: Dispute, cents: int, reason: str = "") -> AmountEvent:
    return AmountEvent(key=dispute.public_id, cents=cents, subject=subject_of(dispute), reason=reason)


def _take(dispute: Dispute, told: Contested, *, order_id: int, now: datetime.datetime) -> None:
    """The bank took the money: each sale of the order holds its share of what is left of it, the rest is ours.

    A payment that came when the order was paid already bought nothing: all of it is ours.
    """
    if not _move(dispute, "take"):
        return
    is_for_nothing = Refund.objects.filter(payment=dispute.payment_id, part=None).exists()  # paid twice: no sale of it
    parts = [] if is_for_nothing else list(SellerOrder.objects.filter(order=order_id).order_by("pk"))
    sales = {sale.key: sale for sale in Sale.objects.filter(key__in=[part.public_id for part in parts])}
    left = [sales[part.public_id].provider_left_cents if part.public_id in sales else 0 for part in parts]
    payment = dispute.payment  # of which gestures of the network may be gone: at the operator's cost already
    whole = min(dispute.cents, sum(left), max(payment.amount_cents - payment.refunded_cents, 0))
    cents = share_out(whole, left) if whole else [0] * len(parts)
    shares = [DisputeShare(dispute=dispute, part=p, cents=n) for p, n in zip(parts, cents, strict=True) if n]
    DisputeShare.objects.bulk_create(shares)
    if not parts and not is_for_nothing:
        follow_dispute(dispute=dispute, verb="block", now=now)
    for share in shares:
        open_dispute(dispute=_event(share), now=now)
    excess = dispute.cents - whole
    if excess:
        post_dispute_excess(event=_amount(dispute, excess), step=EntryKind.DISPUTE, now=now)
    if told.fee_cents:
        post_payment_fee(event=_amount(dispute, told.fee_cents), now=now)
    Dispute.objects.filter(pk=dispute.pk).update(excess_cents=excess, fee_cents=told.fee_cents)
    dispute.refresh_from_db()
    record("shop.dispute.taken", subject=dispute, by=None, cents=dispute.cents, excess=excess)


def _shares(dispute: Dispute) -> list[DisputeShare]:
    return list(dispute.shares.select_related("dispute__payment__order", "part__order", "part__seller").order_by("pk"))


def _give_back(dispute: Dispute, told: Contested, now: datetime.datetime) -> None:
    """The bank gave the money back: the sales are as before. What was taken for it comes back where it did."""
    if _move(dispute, "give_back"):
        for share in _shares(dispute):
            close_dispute(dispute=_event(share), is_won=True, now=now)
        if dispute.excess_cents:
            follow_dispute(dispute=dispute, verb="free", now=now)
            post_dispute_excess(event=_amount(dispute, dispute.excess_cents), step=EntryKind.DISPUTE_WON, now=now)
        record("shop.dispute.back", subject=dispute, by=None, cents=dispute.cents)
    fee = Entry.objects.filter(kind=EntryKind.PAYMENT_FEE, subject_kind="shop.dispute", subject_id=dispute.public_id)
    entry = fee.select_related("operator").first() if told.is_fee_back and dispute.money == DisputeMoney.BACK else None
    if entry is not None:
        reason = dispute.provider_id
        with contextlib.suppress(AlreadyReversed):  # told twice, or undone by hand before
            write_reversal(entry=entry, reason=reason, by=None, now=now)
            record("ledger.entry.reversed", subject=entry, by=None, organisation=entry.operator, reason=reason)
        Dispute.objects.filter(pk=dispute.pk).update(fee_cents=0)


def _lose(dispute: Dispute, now: datetime.datetime) -> None:
    """The buyer has the money: like a refund of the lines, that no provider is asked for. What is here stays."""
    if not _move(dispute, "lose"):
        return
    shares = _shares(dispute)
    for share in shares:  # objects before balances, as a payment locks them
        cancel_lost_part(part=share.part, is_whole=_is_whole(share), reason=dispute.reason, now=now)
    lock_sales([share.part.public_id for share in shares])
    for share in shares:
        _lose_share(dispute, share, now)
        end_lost_returns(part=share.part, now=now)
    if dispute.excess_cents:
        follow_dispute(dispute=dispute, verb="lose", now=now)
        post_dispute_excess(event=_amount(dispute, dispute.excess_cents), step=EntryKind.DISPUTE_LOST, now=now)
        if shares:
            lose(order=shares[0].part.order, excess_cents=dispute.excess_cents, reason=dispute.reason, now=now)
    record("shop.dispute.lost", subject=dispute, by=None, cents=dispute.cents)


def _lose_share(dispute: Dispute, share: DisputeShare, now: datetime.datetime) -> None:
    entry = close_dispute(dispute=_event(share), is_won=False, now=now)
    refund = write_refund(
        payment=dispute.payment,
        part=share.part,
        backs=_backs(share.part, entry),
        reason=RefundReason.DISPUTED,
        by=None,
        operation=uuid.uuid5(share.part.order.operation, f"dispute {dispute.public_id} {share.part_id}"),
        now=now,
        is_asked=False,
    )
    told = Told(
        dispute.payment.provider,
        f"{dispute.provider_id}:{share.part.public_id}"[:80],
        PaymentEventKind.REFUNDED,
        refund.public_id,
        refund.amount_cents,
    )
    receive_event(told=told, now=now)


def _is_whole(share: DisputeShare) -> bool:
    """Whether nothing is left of the part's sale beside what the bank took."""
    return not Sale.objects.get(key=share.part.public_id).left_cents


def _backs(part: SellerOrder, entry: Entry) -> list[Back]:
    """The lines of the shop, as the books spread the loss: to the cent, the delivery over the parcels of who has it."""
    cents: dict[int, int] = {}
    shipping: dict[str, int] = defaultdict(int)
    for row in entry.refunds.select_related("line").order_by("pk"):
        if is_shipping(row.line.key):
            shipping[row.line.key] += row.cents
        else:
            cents[int(row.line.key)] = row.cents - row.voucher_cents  # the rest was never the buyer's
    found: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    lines = {line.pk: line for line in OrderLine.objects.filter(part=part).select_related("carried_by").order_by("pk")}
    for pk, n in cents.items():
        found[pk][0] = n
    for pk, line in lines.items():
        key = shipping_key(line.carried_by)
        if n := min(shipping[key], line.shipping_left_cents):
            found[pk][1] = n
            shipping[key] -= n
    return [Back(lines[pk], n, more) for pk, (n, more) in sorted(found.items())]
