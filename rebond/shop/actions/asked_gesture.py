"""The network's gesture as an act on money that takes two people above a limit (`ledger.money_acts`)."""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from rebond.core.money import format_cents
from rebond.ledger.errors import RequestInvalid
from rebond.ledger.money_acts import Limit, MoneyAct, Plan, register_act
from rebond.network.models import Organisation
from rebond.shop.actions.asked_refusals import told_as
from rebond.shop.actions.gesture import check_gesture, give_gesture
from rebond.shop.errors import GesturePaidThereError, RefundTooMuchError
from rebond.shop.models import Refund, SellerOrder
from rebond.shop.queries.gestures import gesture_left, part_in_books

GESTURE = "shop.order.gesture"
WORDS: dict[type[Exception], Any] = {
    RefundTooMuchError: gettext_lazy("The buyer has most of what they paid again: less is left to give."),
    GesturePaidThereError: gettext_lazy("The seller took this money itself: only the seller gives some of it back."),
}


def usual_limits() -> Mapping[str, Limit]:
    """Apologies are small and cannot wait: some euros a day alone; a moderator grants none to others."""
    return {
        "finance": Limit(alone=5_000, grant=1_000_000),
        "coordinator": Limit(alone=5_000, grant=None),
        "moderator": Limit(alone=2_000, grant=0),
    }


@dataclass(frozen=True, slots=True)
class NetworkGesture:
    """`part` is the seller order's public id; `operation` is the gesture's own: asked, granted, it is one."""

    part: str
    cents: int
    words: str
    operation: str


def _part(data: NetworkGesture, operator: Organisation) -> SellerOrder:
    part = part_in_books(operator, data.part)
    if part is None:
        raise RequestInvalid
    return part


@told_as(WORDS)
def plan_gesture(data: NetworkGesture, operator: Organisation) -> Plan:
    """What the buyer would get, at whose expense; raise ActRefused where it may not be given now."""
    part = _part(data, operator)
    check_gesture(order=part.order, cents=data.cents, words=data.words)
    return Plan(
        subject=part.public_id,
        label=_("Order %(code)s") % {"code": part.order.public_id} + f", {part.seller.name}",
        cents=data.cents,
        page=("shop:gesture-order", (part.order.public_id,)),
        lines=(
            (_("At whose expense"), operator.name),
            (pgettext("gesture", "Words for the buyer"), data.words),
            (pgettext("gesture", "Could be given at most"), format_cents(gesture_left(part.order))),
        ),
    )


@told_as(WORDS)
def run_gesture(data: NetworkGesture, operator: Organisation, by: Any, now: datetime.datetime) -> Refund:
    """The gesture; the buyer is told by mail."""
    operation = uuid.uuid5(uuid.UUID(data.operation), "gesture")
    part = _part(data, operator)
    return give_gesture(part=part, cents=data.cents, words=data.words, by=by, operation=operation, now=now)


def register() -> None:
    """Called when the app is ready."""
    register_act(
        MoneyAct(
            GESTURE,
            "shop.gesture.give",
            pgettext_lazy("money act", "Give a buyer something at the network’s expense"),
            NetworkGesture,
            plan_gesture,
            run_gesture,
            usual_limits,
        )
    )
