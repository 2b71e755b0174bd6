"""Acts of the shop on money that take two people above a limit (`ledger.money_acts`): each under its own checks."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from rebond.ledger.actions.asked_books import by_amount
from rebond.ledger.errors import ActRefused, RequestInvalid
from rebond.ledger.money_acts import SELLER, Limit, MoneyAct, Plan, register_act
from rebond.network.models import Organisation
from rebond.shop.actions.asked_refusals import told_as
from rebond.shop.actions.bank import ignore_line, note_returned
from rebond.shop.actions.by_hand import note_given_back
from rebond.shop.actions.returning import note_surcharge_paid, refund_return
from rebond.shop.actions.settlement import Decision, check_place, money_of, settle
from rebond.shop.enums import RETURN_TRANSITIONS, OrderLineState, Outcome, PartRequestState, RefundState
from rebond.shop.errors import (
    BankLineStateError,
    LossWaitsError,
    MovedMeanwhileError,
    RefundInvalidError,
    RefundTooMuchError,
    ReturnStateForbidsError,
    UnderRepairError,
)
from rebond.shop.models import BankLine, Conversation, OrderLine, Refund, Return, ReturnLoss, Settlement
from rebond.shop.money_enums import COLLECTION, TRANSFER, BankLineState
from rebond.shop.queries.returns import left_of

RETURN_REFUND, SURCHARGE_PAID = "shop.return.refund", "shop.return.surcharge"
GIVEN_TRANSFER, GIVEN_COUNTER = "shop.refund.given_transfer", "shop.refund.given_counter"
LINE_RETURNED, LINE_IGNORED = "shop.bank.returned", "shop.bank.ignored"
SETTLE = "shop.conversation.settle"
WORDS: dict[type[Exception], Any] = {
    ReturnStateForbidsError: gettext_lazy("This cannot be refunded now. The page shows where it is."),
    LossWaitsError: gettext_lazy("Somebody has still to grant, or to refuse, that this refund is lowered."),
    RefundTooMuchError: gettext_lazy("Part of this was given back already. Nothing more was asked."),
    UnderRepairError: gettext_lazy("It is here to be repaired: take it back, then its money goes."),
    RefundInvalidError: gettext_lazy("Part of this was given back already. Nothing more was asked."),
    MovedMeanwhileError: gettext_lazy(
        "The object has left since this was asked, or came back. Refuse this: decide again."
    ),
    BankLineStateError: gettext_lazy("This line has moved on meanwhile. Look at it again: nothing was changed."),
}
_told = told_as(WORDS)


def owed_by_law() -> Mapping[str, Limit]:
    """A refund that the law asks for has a short delay: one person up to the second limit of refunds, in a day."""
    alone = settings.REFUND_FOUR_EYES_CENTS or None
    return {"manager": Limit(alone, None), "seller": Limit(alone, 0), "supervisor": Limit(alone, 0)}


def of_choice() -> Mapping[str, Limit]:
    """The limits of other refunds: the first for who sells, the second for who manages."""
    low, high = settings.REFUND_LIMIT_CENTS or None, settings.REFUND_FOUR_EYES_CENTS or None
    return {"manager": Limit(high, None), "seller": Limit(low, 0), "supervisor": Limit(low, 0)}


def decided_by_a_manager() -> Mapping[str, Limit]:
    """What is beyond the limits of refunds already: never alone, a manager grants."""
    return {"manager": Limit(0, None), "seller": Limit(0, 0), "supervisor": Limit(0, 0)}


@dataclass(frozen=True, slots=True)
class BackRefund:
    back: str


def _back(public_id: str, seller: Organisation) -> Return:
    rows = Return.objects.filter(public_id=public_id, part__seller=seller)
    back = rows.select_related("part__seller", "part__order", "withdrawal").first()
    if back is None:
        raise RequestInvalid
    return back


def _plan_back(back: Return, cents: int, lines: tuple[tuple[Any, Any], ...] = ()) -> Plan:
    label = _("Return %(code)s, order %(order)s") % {"code": back.public_id, "order": back.part.order.public_id}
    return Plan(back.public_id, label, cents, ("shop:return-detail", (back.public_id,)), lines)


@_told
def plan_refund(data: BackRefund, seller: Organisation) -> Plan:
    """What its refund gives today; raise ActRefused where it is over or a loss waits."""
    back = _back(data.back, seller)
    if back.state not in RETURN_TRANSITIONS["close"][0] and back.state not in RETURN_TRANSITIONS["end"][0]:
        raise ReturnStateForbidsError
    if ReturnLoss.objects.filter(back=back, state=PartRequestState.ASKED).exists():
        raise LossWaitsError
    due = ((pgettext("return", "To refund by"), date_format(back.due_on, "j F Y")),)
    return _plan_back(back, left_of(back), due)


@_told
def run_refund(data: BackRefund, seller: Organisation, by: Any, now: datetime.datetime) -> Return:
    """The return, refunded once: its operation is its own."""
    operation = uuid.uuid5(uuid.NAMESPACE_OID, f"return-refund-{data.back}")
    return refund_return(back=_back(data.back, seller), by=by, operation=operation, now=now)


@dataclass(frozen=True, slots=True)
class SurchargePaid:
    back: str
    reference: str
    on: str


@_told
def plan_surcharge(data: SurchargePaid, seller: Organisation) -> Plan:
    """What the law added and is not noted as paid; raise ActRefused."""
    back = _back(data.back, seller)
    on = datetime.date.fromisoformat(data.on)
    if not back.surcharge_left_cents or back.closed_at is None or on > timezone.localdate():
        raise ActRefused(_("Nothing is owed, or it is noted already, or this day is to come."))
    lines = (
        (pgettext("transfer", "Reference"), data.reference),
        (pgettext("transfer", "Day"), date_format(on, "j F Y")),
    )
    return _plan_back(back, back.surcharge_left_cents, lines)


@_told
def run_surcharge(data: SurchargePaid, seller: Organisation, by: Any, now: datetime.datetime) -> Return:
    """The return, whose surcharge is paid."""
    on = datetime.date.fromisoformat(data.on)
    return note_surcharge_paid(back=_back(data.back, seller), reference=data.reference, by=by, on=on, now=now)


@dataclass(frozen=True, slots=True)
class GivenBack:
    refund: str


def _refund(data: GivenBack, organisation: Organisation) -> Refund:
    """Of a transfer: the operator's; paid at a counter: the seller's own."""
    rows = Refund.objects.filter(public_id=data.refund, payment__provider__in=[TRANSFER, COLLECTION])
    refund = rows.select_related("payment__order", "part__seller").first()
    if refund is None:
        raise RequestInvalid
    if refund.payment.provider == COLLECTION and not refund.payment.order.parts.filter(seller=organisation).exists():
        raise RequestInvalid
    return refund


def plan_given(data: GivenBack, organisation: Organisation) -> Plan:
    """The refund; raise ActRefused where it went back already."""
    refund = _refund(data, organisation)
    if refund.state != RefundState.ASKED:
        raise ActRefused(_("It went back already."))
    is_transfer = refund.payment.provider == TRANSFER
    return Plan(
        subject=refund.public_id,
        label=_("Order %(code)s") % {"code": refund.payment.order.public_id},
        cents=refund.amount_cents,
        page=("shop:bank-list" if is_transfer else "shop:counter", ()),
        lines=((pgettext("refund", "Why"), refund.get_reason_display()),),
    )


@_told
def run_given(data: GivenBack, organisation: Organisation, by: Any, now: datetime.datetime) -> Refund:
    """The refund, made."""
    return note_given_back(refund=_refund(data, organisation), by=by, now=now)


@dataclass(frozen=True, slots=True)
class LineReturned:
    line: str
    on: str


@dataclass(frozen=True, slots=True)
class LineIgnored:
    line: str
    note: str


def _line(public_id: str) -> BankLine:
    line: BankLine | None = BankLine.objects.filter(public_id=public_id).select_related("payment__order").first()
    if line is None:
        raise RequestInvalid
    return line


def _plan_line(line: BankLine, cents: int, said: tuple[Any, Any]) -> Plan:
    label = _("Transfer of %(day)s, %(payer)s") % {
        "day": date_format(line.booked_on, "j F Y"),
        "payer": line.payer or line.text or "–",
    }
    return Plan(line.public_id, label, cents, ("shop:bank-detail", (line.public_id,)), (said,))


@_told
def plan_returned(data: LineReturned, operator: Organisation) -> Plan:
    """What of the transfer went back to its sender; raise ActRefused."""
    line, on = _line(data.line), datetime.date.fromisoformat(data.on)
    if line.state not in {BankLineState.USED, BankLineState.OPEN} or not line.owed_cents:
        raise BankLineStateError
    return _plan_line(line, line.owed_cents, (pgettext("transfer", "Day"), date_format(on, "j F Y")))


@_told
def run_returned(data: LineReturned, operator: Organisation, by: Any, now: datetime.datetime) -> BankLine:
    """The line, given back."""
    return note_returned(line=_line(data.line), on=datetime.date.fromisoformat(data.on), by=by, now=now)


@_told
def plan_ignored(data: LineIgnored, operator: Organisation) -> Plan:
    """Money that came and that no order would have; raise ActRefused."""
    line = _line(data.line)
    if line.state != BankLineState.OPEN:
        raise BankLineStateError
    return _plan_line(line, line.cents, (pgettext("transfer", "What it is"), data.note or "–"))


@_told
def run_ignored(data: LineIgnored, operator: Organisation, by: Any, now: datetime.datetime) -> BankLine:
    """The line, for no order."""
    return ignore_line(line=_line(data.line), by=by, note=data.note)


@dataclass(frozen=True, slots=True)
class Settled:
    """`operation` is the decision's own: asked, granted, it is one.

    `is_here`, `repair`: whether it had not left, and its repair, when asked.
    """

    conversation: str
    outcome: str
    line: int
    words: str
    cents: int
    operation: str
    is_here: bool = True  # of what was asked before this was kept: at worst it is decided again
    repair: str = ""  # as above


def _decision(data: Settled, seller: Organisation) -> tuple[Conversation, Decision]:
    rows = Conversation.objects.filter(public_id=data.conversation, part__seller=seller)
    found = rows.select_related("part__seller", "part__order").first()
    lines = OrderLine.objects.filter(pk=data.line, state=OrderLineState.SOLD, part__seller=seller)
    line = lines.filter(part=found.part).select_related("part", "item").first() if found else None
    if found is None or line is None or data.outcome not in Outcome.values:
        raise RequestInvalid
    return found, Decision(
        data.outcome, line, data.words, uuid.UUID(data.operation), data.cents, data.is_here, data.repair
    )


@_told
def plan_settle(data: Settled, seller: Organisation) -> Plan:
    """What the decision gives back; raise ActRefused where it was decided."""
    found, decision = _decision(data, seller)
    if Settlement.objects.filter(operation=decision.operation).exists():
        raise RefundInvalidError
    check_place(decision)
    return Plan(
        subject=f"{found.public_id}-{decision.line.pk}",
        label=_("Order %(code)s") % {"code": found.part.public_id} + f", {decision.line.title}",
        cents=money_of(decision),
        page=("shop:conversation-detail", (found.public_id,)),
        lines=(
            (pgettext("settlement", "Decision"), str(Outcome(data.outcome).label)),
            (pgettext("settlement", "Words for the buyer"), data.words or "–"),
        ),
    )


@_told
def run_settle(data: Settled, seller: Organisation, by: Any, now: datetime.datetime) -> Settlement:
    """The decision; the buyer is told by mail."""
    found, decision = _decision(data, seller)
    return settle(conversation=found, decision=decision, by=by, now=now)


ACTS = (
    MoneyAct(
        RETURN_REFUND,
        "shop.return.change",
        pgettext_lazy("money act", "Refund a return"),
        BackRefund,
        plan_refund,
        run_refund,
        owed_by_law,
        SELLER,
    ),
    MoneyAct(
        SURCHARGE_PAID,
        "shop.return.change",
        pgettext_lazy("money act", "Note that the surcharge of a late refund is paid"),
        SurchargePaid,
        plan_surcharge,
        run_surcharge,
        of_choice,
        SELLER,
    ),
    MoneyAct(
        GIVEN_COUNTER,
        "shop.counter.take",
        pgettext_lazy("money act", "Note that money went back over the counter"),
        GivenBack,
        plan_given,
        run_given,
        of_choice,
        SELLER,
    ),
    MoneyAct(
        SETTLE,
        "shop.conversation.decide",
        pgettext_lazy("money act", "Decide about an object that is not right"),
        Settled,
        plan_settle,
        run_settle,
        decided_by_a_manager,
        SELLER,
        is_fixed=True,
    ),
    MoneyAct(
        GIVEN_TRANSFER,
        "shop.bank.enter",
        pgettext_lazy("money act", "Note that a refund’s transfer is made"),
        GivenBack,
        plan_given,
        run_given,
        by_amount,
    ),
    MoneyAct(
        LINE_RETURNED,
        "shop.bank.enter",
        pgettext_lazy("money act", "Note that money went back to its sender"),
        LineReturned,
        plan_returned,
        run_returned,
        by_amount,
    ),
    MoneyAct(
        LINE_IGNORED,
        "shop.bank.enter",
        pgettext_lazy("money act", "Say that a transfer is for no order"),
        LineIgnored,
        plan_ignored,
        run_ignored,
        by_amount,
    ),
)


def register() -> None:
    """Called when the app is ready."""
    for one in ACTS:
        register_act(one)
