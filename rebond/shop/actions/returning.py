"""What comes back: told by the buyer, noted by the seller, refunded (rules.md F2, L221-23 and L221-24)."""

import datetime
import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.shop.actions.books import post_late, post_late_paid
from rebond.shop.actions.emptied import hold_sales, refund_delivery
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.payable import hold_for_returns
from rebond.shop.actions.refund import ask_refund
from rebond.shop.enums import (
    PAID_PARTS,
    RETURN_TRANSITIONS,
    CancelReason,
    OrderLineState,
    PartRequestState,
    RefundReason,
    ReturnState,
)
from rebond.shop.errors import LossWaitsError, ReturnStateForbidsError
from rebond.shop.models import OrderLine, Refund, Return, ReturnLoss, SellerOrder
from rebond.shop.queries.delays import refund_end, send_back_end
from rebond.shop.queries.emptied import emptied_by
from rebond.shop.queries.returns import left_of, owed_for, surcharge_of


def _move(back: Return, verb: str, by: Any, **changes: Any) -> None:
    """One conditional update; raise ReturnStateForbidsError where the return is elsewhere."""
    from_states, to_state = RETURN_TRANSITIONS[verb]
    old = back.state
    if not Return.objects.filter(pk=back.pk, state__in=from_states).update(state=to_state, **changes):
        raise ReturnStateForbidsError
    seller = back.part.seller
    record_transition(subject=back, verb=verb, from_state=old, to_state=to_state, by=by, organisation=seller)
    back.refresh_from_db()
    hold_for_returns(part=back.part)


def _refund_by(back: Return, day: datetime.date) -> datetime.date:
    """The last day to refund what came, or was proved sent, on `day`: for a defect the delay starts that day."""
    return refund_end(timezone.localdate(back.created_at), day) if back.withdrawal_id else refund_end(day)


@transaction.atomic
def tell_sent(
    *, back: Return, way: str, tracking: str = "", by: Any = None, now: datetime.datetime | None = None
) -> Return:
    """The buyer sent the objects back and says so: the seller's delay to refund runs from the proof (L221-24)."""
    now = now or timezone.now()
    due_on = _refund_by(back, timezone.localdate(now))
    _move(back, "send", by, way=way, tracking=tracking, sent_at=now, due_on=due_on)
    record("shop.return.sent", subject=back, by=by, organisation=back.part.seller, way=way)
    return back


@transaction.atomic
def await_crossed(*, back: Return, now: datetime.datetime) -> Return:
    """It was to be refunded as it had not left, and its carrier has it: the buyer gives it back first (L221-23)."""
    _move(back, "cross", None, due_on=send_back_end(timezone.localdate(now)))
    record("shop.return.crossed", subject=back, by=None, organisation=back.part.seller)
    return back


@transaction.atomic
def note_arrival(*, back: Return, by: Any, now: datetime.datetime | None = None) -> Return:
    """The objects are at the seller's again. What was told of their sending before keeps its day as the delay's."""
    now = now or timezone.now()
    due_on = back.due_on if back.sent_at else _refund_by(back, timezone.localdate(now))
    _move(back, "arrive", by, arrived_at=now, due_on=due_on)
    record("shop.return.arrived", subject=back, by=by, organisation=back.part.seller)
    return back


@transaction.atomic
def refund_return(*, back: Return, by: Any, operation: uuid.UUID, now: datetime.datetime | None = None) -> Return:
    """Give back what is owed for it, once: its objects and, with the last of a parcel, the delivery (L221-24).

    Where they had not left their lines are cancelled, and the objects are the seller's again, out of sale.

    Where it comes late, what the law adds (L242-4) is kept beside it and posted as owed: the seller pays that apart,
    since no provider gives back more than was paid. What was granted for a loss of value (L221-23) is kept from it,
    with its reason in the buyer's mail. Where nothing is left to give, it is only ended (`end_return`). The same
    `operation` twice is one refund. Raise ReturnStateForbidsError, LossWaitsError, and what `ask_refund` raises where
    less is left.
    """
    now = now or timezone.now()
    part = back.part
    lock_row(part.order)
    back.refresh_from_db()
    if back.refund is not None and back.refund.operation == operation:
        return back
    is_cancelled_by_it = back.state == ReturnState.UNSENT and part.state in PAID_PARTS
    if not is_cancelled_by_it and not left_of(back):
        return end_return(back=back, by=by, now=now)
    if back.state not in RETURN_TRANSITIONS["close"][0]:
        raise ReturnStateForbidsError
    if ReturnLoss.objects.filter(back=back, state=PartRequestState.ASKED).exists():
        raise LossWaitsError
    late = surcharge_of(back, timezone.localdate(now))  # of what is left to give, before it is given
    refund = _give_all_back(back, by, operation, now)
    _move(
        back,
        "close",
        by,
        refund=refund,
        closed_at=now,
        surcharge_cents=late.cents,
        surcharge_base_cents=late.base_cents,
        surcharge_rate_bp=late.rate_bp,
        surcharge_is_provisional=late.is_provisional,
    )
    post_late(part=part, key=back.public_id, cents=late.cents, by=by, now=now)
    record(
        "shop.return.refunded",
        subject=back,
        by=by,
        organisation=part.seller,
        cents=refund.amount_cents if refund else 0,
        late_days=late.days,
        surcharge_cents=late.cents,
    )
    return back


def end_return(*, back: Return, by: Any, now: datetime.datetime) -> Return:
    """Nothing is left to give back for it: it is over, wherever it is. What comes back all the same may be checked.

    The caller holds the order. Raise ReturnStateForbidsError where it is over already.
    """
    asked = ReturnLoss.objects.filter(back=back, state=PartRequestState.ASKED)
    asked.update(state=PartRequestState.REFUSED, decided_on=timezone.localdate(now))
    _move(back, "end", by, closed_at=now)
    record("shop.return.ended", subject=back, by=by, organisation=back.part.seller)
    return back


def end_lost_returns(*, part: SellerOrder, now: datetime.datetime) -> None:
    """The buyer's bank has the money: what was still awaited of this part and has nothing left to refund is over.

    The caller holds the order.
    """
    rows = Return.objects.filter(part=part).exclude(state=ReturnState.CLOSED).select_related("part__seller")
    for back in rows.order_by("pk"):
        if not left_of(back):
            end_return(back=back, by=None, now=now)


@transaction.atomic
def note_surcharge_paid(
    *, back: Return, reference: str, by: Any, on: datetime.date, now: datetime.datetime | None = None
) -> Return:
    """The seller paid what the law added to a late refund, by its own transfer: noted once, and in the books.

    What is added to it later, once the rate of the half-year is known, is paid and noted in its turn. Raise
    ReturnStateForbidsError where nothing is owed or it is noted already, or for a day to come.
    """
    now = now or timezone.now()
    lock_row(back.part.order)
    back.refresh_from_db()
    paid, left = back.surcharge_paid_cents, back.surcharge_left_cents
    rows = Return.objects.filter(pk=back.pk, surcharge_paid_cents=paid, closed_at__isnull=False)
    if on > timezone.localdate(now) or not left:
        raise ReturnStateForbidsError
    if not rows.update(surcharge_paid_on=on, surcharge_paid_cents=paid + left):
        raise ReturnStateForbidsError
    back.refresh_from_db()
    told = {"part": back.part, "key": back.public_id, "note": reference.strip()[:60], "by": by, "now": now}
    post_late_paid(cents=left, after=paid, **told)
    record(
        "shop.return.surcharge_paid",
        subject=back,
        by=by,
        organisation=back.part.seller,
        cents=left,
        reference=reference.strip()[:60],
    )
    return back


def _give_all_back(back: Return, by: Any, operation: uuid.UUID, now: datetime.datetime) -> Refund | None:
    """Its own refund, after which what is left of its parcels' delivery goes back too, whoever's line had paid it."""
    is_extra_kept = bool(back.withdrawal_id) and back.state != ReturnState.UNSENT
    numbers = set(OrderLine.objects.filter(coming_back__back=back).values_list("parcel", flat=True))
    others = emptied_by(back, numbers)
    hold_sales(part=back.part, others=others)
    refund = _give_back(back, by, operation, now)
    if others:  # less what the cancelling of its lines gave back already
        lines = emptied_by(back, numbers)
        refund_delivery(lines=lines, by=by, operation=operation, now=now, is_extra_kept=is_extra_kept)
    return refund


def _give_back(back: Return, by: Any, operation: uuid.UUID, now: datetime.datetime) -> Refund | None:
    """Ask the refund of what is left to give back; None where others gave all of it back meanwhile."""
    part = back.part
    lines = list(OrderLine.objects.filter(coming_back__back=back).order_by("pk"))
    sold = [line.pk for line in lines if line.state == OrderLineState.SOLD]
    parcels = {line.parcel for line in lines}
    shipping = min(back.shipping_cents, _shipping_left(part, parcels))
    if back.state == ReturnState.UNSENT and part.state in PAID_PARTS and sold:
        changes = [CancelLine(pk, CancelReason.BUYER_ASKED) for pk in sold]
        change_part(part=part, changes=changes, by=by, operation=operation, now=now)
        refund = Refund.objects.filter(operation=operation).first()
        done = sum(line.shipping_cents for line in refund.lines.all()) if refund else 0
        rest = min(shipping - done, _shipping_left(part, parcels))  # of a parcel that other sellers' objects share
        if rest > 0:
            ask_refund(
                part=part,
                lines={},
                shipping_cents=rest,
                parcels=parcels,
                reason=RefundReason.WITHDRAWN,
                by=by,
                operation=uuid.uuid5(operation, "delivery"),
                now=now,
            )
        return refund
    cents, why = owed_for(back, lines)
    if not cents and not shipping:
        return None
    reason = RefundReason.WITHDRAWN if back.withdrawal_id else RefundReason.FLAWED
    return ask_refund(
        part=part,
        lines=cents,
        shipping_cents=shipping,
        parcels=parcels,
        reason=reason,
        by=by,
        operation=operation,
        note=why,
        now=now,
    )


def _shipping_left(part: SellerOrder, parcels: Collection[int]) -> int:
    """What is left of the delivery of these parcels: of others it may be of objects that are kept."""
    return sum(line.shipping_left_cents for line in OrderLine.objects.filter(part=part, parcel__in=parcels))
