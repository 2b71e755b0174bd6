"""A parcel that is late, lost or comes back opens an after-sales case by itself, once, before anybody has to ask."""

import datetime
import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.shop.actions.conversation import ANSWER_DAYS, turn_to_seller
from rebond.shop.actions.conversation_mail import tell_buyer, tell_network, tell_seller
from rebond.shop.enums import (
    Author,
    ConversationReason,
    ConversationState,
    SellerOrderState,
)
from rebond.shop.models import Conversation, Message, SellerOrder
from rebond.shop.queries.delays import working_days_after
from rebond.warehouse.models import Shipment

OVER = frozenset({SellerOrderState.CANCELLED, SellerOrderState.DROPPED, SellerOrderState.LAPSED})


ASKED_NOTHING = frozenset({ConversationReason.QUESTION, ConversationReason.OTHER})


def _words(why: str, shipment: Shipment) -> str:
    """What both sides read, in the buyer's language."""
    said = {
        "late": _(
            "The parcel %(number)s should have arrived by now. The seller asks %(carrier)s where it is, and answers"
            " here. You have nothing to do."
        ),
        "lost": _(
            "%(carrier)s says that the parcel %(number)s is lost. The seller answers here, and refunds you or finds"
            " another way with you. You have nothing to do."
        ),
        "back": _(
            "%(carrier)s could not hand over the parcel %(number)s: it goes back to the seller, who answers here. Tell"
            " us whether you still want it, and where."
        ),
    }[why]
    return said % {"number": shipment.number, "carrier": shipment.account}


def _operation(why: str, shipment: Shipment, part_code: str) -> uuid.UUID:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"rebond:{why}:{shipment.public_id}:{part_code}")


@transaction.atomic
def open_case(
    *, part: SellerOrder, shipment: Shipment, why: str, by: Any = None, now: datetime.datetime | None = None
) -> Conversation | None:
    """`why`: late, lost or back. The seller has two working days; told twice it is one. None once all is over.

    In a conversation that waited for its buyer, or was closed, the seller has to answer again; the claim of one that
    was closed, or asked nothing, is that it has not arrived.
    """
    now = now or timezone.now()
    lock_row(part.order)
    operation = _operation(why, shipment, part.public_id)
    known = Message.objects.filter(operation=operation).select_related("conversation").first()
    if known is not None or part.state in OVER or part.order.erased_at is not None:
        return known.conversation if known is not None else None
    conversation, is_new = Conversation.objects.get_or_create(
        part=part,
        defaults={
            "reason": ConversationReason.NOT_RECEIVED,
            "language": part.order.language,
            "due_on": working_days_after(timezone.localdate(now), ANSWER_DAYS),
            "opened_at": now,
        },
    )
    if not is_new:
        _open_again(conversation, by, now)
    with translation.override(part.order.language):
        text, name = _words(why, shipment), "Rebond"
    message = Message.objects.create(
        conversation=conversation, operation=operation, author=Author.SITE, name=name, text=text, created_at=now
    )
    record("shop.conversation.opened", subject=conversation, by=by, organisation=part.seller, why=why)
    tell_seller(conversation, operation)
    if conversation.state == ConversationState.CONCILIATION:
        tell_network(conversation, message)
    others = part.order.parts.exclude(pk=part.pk).values_list("public_id", flat=True)
    if not Message.objects.filter(operation__in=[_operation(why, shipment, code) for code in others]).exists():
        tell_buyer(conversation, message)  # one mail for a parcel, whoever's objects are in it
    return conversation


def _open_again(conversation: Conversation, by: Any, now: datetime.datetime) -> None:
    if conversation.state == ConversationState.CLOSED or conversation.reason in ASKED_NOTHING:
        Conversation.objects.filter(pk=conversation.pk).update(reason=ConversationReason.NOT_RECEIVED, line=None)
        conversation.refresh_from_db()
    turn_to_seller(conversation, by, now)
