"""What of the shop waits for a second person with states of its own (`ledger.other_waits`)."""

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from rebond.ledger.other_waits import AT_MOST, OtherWait, WaitSource, register_wait
from rebond.network.models import Organisation
from rebond.shop.enums import PartRequestState
from rebond.shop.models import BankLine, Dispute, DisputeAnswer, PartRequest, ReturnLoss
from rebond.shop.money_enums import BankLineState, DisputeAnswerState


def changes_to_grant(seller: Organisation, user: Any) -> Iterable[OtherWait]:
    """Changes of the seller's orders that give back more than who asked may alone."""
    rows = PartRequest.objects.filter(state=PartRequestState.ASKED, part__seller=seller)
    rows = rows.exclude(asked_by_id=user.public_id).select_related("part")
    for asked in rows.order_by("created_at", "pk")[:AT_MOST]:
        page = ("shop:part-detail", (asked.part.public_id,))
        label = _("Order %(code)s") % {"code": asked.part.public_id}
        yield OtherWait(label, asked.cents, asked.asked_by, localdate(asked.created_at), page)


def _losses(organisation: Organisation, user: Any) -> Any:
    rows = ReturnLoss.objects.filter(state=PartRequestState.ASKED, back__part__seller=organisation)
    return rows.exclude(asked_by_id=user.public_id)


def losses_to_grant(organisation: Organisation, user: Any) -> Iterable[OtherWait]:
    """Of the organisation's own returns; a conciliator finds the others from their conversations."""
    for loss in _losses(organisation, user).select_related("back").order_by("asked_on", "pk")[:AT_MOST]:
        page = ("shop:return-detail", (loss.back.public_id,))
        label = _("Return %(code)s") % {"code": loss.back.public_id}
        yield OtherWait(label, loss.cents, loss.asked_by, loss.asked_on, page)


def _answers(user: Any) -> Any:
    seen = Dispute.objects.visible_to(user).order_by()
    rows = DisputeAnswer.objects.filter(state=DisputeAnswerState.ASKED, dispute__in=seen)
    return rows.exclude(asked_by_id=user.public_id)


def answers_to_grant(_operator: Organisation, user: Any) -> Iterable[OtherWait]:
    """Answers to banks that somebody else prepared; the amount is the contested one."""
    rows = _answers(user).select_related("dispute__payment__order")
    for answer in rows.order_by("asked_at", "pk")[:AT_MOST]:
        page = ("shop:dispute-detail", (answer.dispute.public_id,))
        label = _("Order %(code)s") % {"code": answer.dispute.payment.order.public_id}
        yield OtherWait(label, answer.dispute.cents, answer.asked_by, localdate(answer.asked_at), page)


def transfers_to_grant(_operator: Organisation, user: Any) -> Iterable[OtherWait]:
    """Transfers that somebody else says are for an order, or for a service."""
    rows = BankLine.objects.visible_to(user).filter(state=BankLineState.ASKED).exclude(asked_by_id=user.public_id)
    for line in rows.select_related("payment__order", "service").order_by("booked_on", "pk")[:AT_MOST]:
        page = ("shop:bank-detail", (line.public_id,))
        order = line.payment.order.public_id if line.payment is not None else "–"
        label = str(line.service) if line.service is not None else _("Order %(code)s") % {"code": order}
        yield OtherWait(label, line.cents, line.asked_by, line.booked_on, page)


def register() -> None:
    """Called when the app is ready."""
    for source in (
        WaitSource(
            "part",
            "shop.part.grant",
            pgettext_lazy("to grant", "Change an order"),
            changes_to_grant,
        ),
        WaitSource(
            "loss",
            "shop.return.grant",
            pgettext_lazy("to grant", "Lower a refund for what was done to the object"),
            losses_to_grant,
            lambda organisation, user: _losses(organisation, user).count(),
        ),
        WaitSource(
            "dispute",
            "shop.dispute.grant",
            pgettext_lazy("to grant", "Answer a buyer’s bank"),
            answers_to_grant,
            lambda _organisation, user: _answers(user).count(),
        ),
        WaitSource(
            "transfer",
            "shop.bank.grant",
            pgettext_lazy("to grant", "Say for which order a transfer is"),
            transfers_to_grant,
        ),
    ):
        register_wait(source)
