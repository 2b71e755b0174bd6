"""What is decided for an object that is not right (rules.md F3): money, repair, return or refusal."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop.actions.conversation import Written, answer_buyer
from rebond.shop.actions.emptied import hold_sales, refund_delivery
from rebond.shop.actions.part import CancelLine, cents_of, change_part
from rebond.shop.actions.part_request import needs_another
from rebond.shop.actions.payable import hold_for_returns
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.repair import check_no_repair, end_by_decision, open_repair, repair_of
from rebond.shop.enums import CancelReason, OrderLineState, Outcome, RefundReason, ReturnState
from rebond.shop.errors import LimitError, MovedMeanwhileError, RefundInvalidError, UnderRepairError
from rebond.shop.models import Conversation, OrderLine, Refund, Return, ReturnLine, Settlement
from rebond.shop.queries.conversations import outcomes_for
from rebond.shop.queries.delays import refund_end, send_back_end
from rebond.shop.queries.emptied import emptied_with
from rebond.shop.queries.inside import still_here
from rebond.shop.queries.withdrawal import bought_in, shipping_back
from rebond.shop.reasons import COMES_BACK
from rebond.shop.repair_enums import RepairState

REPAIR_DAYS = 30  # L217-10


@dataclass(frozen=True, slots=True)
class Decision:
    """`cents` is for a lower price only: of the other outcomes it follows from the line.

    `is_here` and `repair`: whether it was still here, and its repair (`repair_of`), when somebody else was asked to
    grant it; None where nobody is asked.
    """

    outcome: str
    line: OrderLine
    words: str
    operation: uuid.UUID
    cents: int = 0
    is_here: bool | None = None
    repair: str | None = None


@transaction.atomic
def settle(
    *,
    conversation: Conversation,
    decision: Decision,
    by: Any,
    may_grant: bool | None = None,
    now: datetime.datetime | None = None,
) -> Settlement:
    """Decide for one object, tell the buyer in these words, and move the money where the decision moves some.

    A refund gives back all that is left of the line, and an object that is still here is cancelled with it: it is not
    sent. A lower price gives these cents; a return opens what will be refunded when it is back, free of charge for the
    buyer (L217-11); a repair is due within 30 days, and another decision ends it; a refusal has a reason. The same
    operation twice is one decision.
    Raise RefundInvalidError (a line of another order, a refusal without words, a price above what is left, an object
    that is coming back or being repaired already, or that has not left and should come back), LimitError where it is
    more than the person may give back alone (`may_grant`; not asked where it is None), MovedMeanwhileError of a refund
    that was asked before it left, and what `ask_refund` raises.
    """
    now = now or timezone.now()
    part = conversation.part
    lock_row(part.order)
    known = Settlement.objects.filter(operation=decision.operation).first()
    if known is not None:
        return known
    rows = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD).select_related("part__order", "item")
    line = rows.filter(pk=decision.line.pk).first()
    is_empty = decision.outcome == Outcome.REFUSED and not decision.words.strip()
    if line is None or is_empty or decision.outcome not in outcomes_for(conversation):
        raise RefundInvalidError
    if decision.outcome in COMES_BACK and still_here([line]):
        raise RefundInvalidError
    check_place(decision)
    if may_grant is not None and needs_another(part, money_of(decision), by=by, may_grant=may_grant, now=now):
        raise LimitError
    made = _decide(conversation, line, decision, by, now)
    record(
        "shop.conversation.settled",
        subject=conversation,
        by=by,
        organisation=part.seller,
        outcome=decision.outcome,
        item=line.item.code,
        cents=made.cents,
    )
    words = decision.words.strip() or str(Outcome(decision.outcome).label)
    written = Written(words, uuid.uuid5(decision.operation, "words"))
    answer_buyer(conversation=conversation, written=written, by=by, now=now)
    return made


def check_place(decision: Decision) -> None:
    """A refund that was asked while it was here is of what is not sent: raise MovedMeanwhileError once it left.

    So where it came to be repaired or went back since. Raise UnderRepairError where it is being repaired: it is taken
    back, which looks at it and puts it away.
    """
    if decision.outcome != Outcome.REFUND:
        return
    repair = repair_of(decision.line)
    if repair.endswith(RepairState.HERE):
        raise UnderRepairError
    if decision.repair is not None and decision.repair != repair:
        raise MovedMeanwhileError
    if decision.is_here is not None and bool(still_here([decision.line])) != decision.is_here:
        raise MovedMeanwhileError


def _decide(
    conversation: Conversation, line: OrderLine, decision: Decision, by: Any, now: datetime.datetime
) -> Settlement:
    is_repair = decision.outcome == Outcome.REPAIR
    if is_repair:
        check_no_repair(line)
    is_here = not is_repair and end_by_decision(line, decision.outcome, by, now)
    if decision.outcome == Outcome.RETURN:
        _open_return(line, now, is_here=is_here)
    refund = _move_money(line, decision, by, now)
    made = Settlement.objects.create(
        conversation=conversation,
        operation=decision.operation,
        line=line,
        outcome=decision.outcome,
        reason=conversation.reason,
        cents=refund.cents if refund else 0,
        refund=refund,
        due_on=timezone.localdate(now) + datetime.timedelta(days=REPAIR_DAYS) if is_repair else None,
        words=decision.words.strip(),
        decided_by=by.display_name,
        decided_at=now,
    )
    if is_repair:
        open_repair(made, line)
    return made


def money_of(decision: Decision) -> int:
    """What the decision gives back at once, in cents: of a return, all that will be given back for it."""
    if decision.outcome == Outcome.GESTURE:
        return decision.cents
    if decision.outcome == Outcome.REFUND and still_here([decision.line]):
        return cents_of(decision.line.part, [_cancel(decision.line)])
    if decision.outcome not in {Outcome.REFUND, Outcome.RETURN}:
        return 0
    others = sum(line.shipping_left_cents for line in emptied_with(decision.line))
    return decision.line.left_cents + _delivery(decision.line) + others


def _move_money(line: OrderLine, decision: Decision, by: Any, now: datetime.datetime) -> Refund | None:
    if decision.outcome not in {Outcome.REFUND, Outcome.GESTURE}:
        return None
    is_gesture = decision.outcome == Outcome.GESTURE
    cents = decision.cents if is_gesture else line.left_cents
    if not 0 < cents <= line.left_cents:
        raise RefundInvalidError
    operation = uuid.uuid5(decision.operation, "money")
    if not is_gesture and still_here([line]):
        if ReturnLine.objects.filter(line=line).exists():  # withdrawn from: it is refunded there
            raise RefundInvalidError
        change_part(part=line.part, changes=[_cancel(line)], by=by, operation=operation, note=decision.words, now=now)
        return Refund.objects.get(operation=operation)
    told: dict[str, Any] = {"by": by, "operation": operation, "note": decision.words, "now": now}
    others = [] if is_gesture else emptied_with(line)
    hold_sales(part=line.part, others=others)
    refund = ask_refund(
        part=line.part,
        lines={line.pk: cents},
        shipping_cents=0 if is_gesture else _delivery(line),
        reason=RefundReason.GESTURE if is_gesture else RefundReason.FLAWED,
        **told,
    )
    refund_delivery(lines=others, **told)
    return refund


def _cancel(line: OrderLine) -> CancelLine:
    """It has not left: nobody picks it any more, and it goes back to its seller."""
    return CancelLine(line.pk, CancelReason.OTHER)


def _delivery(line: OrderLine) -> int:
    """The delivery that goes back with this object: where nothing else of its parcel is kept."""
    return shipping_back([line], bought_in(line.part_id))


def _open_return(line: OrderLine, now: datetime.datetime, *, is_here: bool) -> None:
    """What came to be repaired `is_here`: it arrived, and is refunded in 14 days."""
    if ReturnLine.objects.filter(line=line).exists():
        raise RefundInvalidError
    back = Return.objects.create(
        part=line.part,
        state=ReturnState.ARRIVED if is_here else ReturnState.AWAITED,
        objects_cents=line.left_cents,
        shipping_cents=_delivery(line),
        due_on=refund_end(timezone.localdate(now)) if is_here else send_back_end(timezone.localdate(now)),
        created_at=now,
        arrived_at=now if is_here else None,
    )
    ReturnLine.objects.create(back=back, line=line)
    hold_for_returns(part=line.part)
