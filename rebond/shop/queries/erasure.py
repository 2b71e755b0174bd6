"""What forbids to erase a buyer's data today, and which orders have had their time (rules.md F8)."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from rebond.catalogue.enums import ComplaintState
from rebond.shop.enums import (
    OPEN_PARTS,
    ConversationState,
    OrderState,
    PartRequestState,
    RefundState,
    ReturnState,
)
from rebond.shop.models import (
    CommentRemoval,
    Conversation,
    Dispute,
    GiftCard,
    Order,
    PartRequest,
    Refund,
    Repair,
    Return,
    SellerOrder,
)
from rebond.shop.money_enums import GiftCardState
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.person import Person
from rebond.shop.repair_enums import OPEN_REPAIRS

ORDER_KEPT = datetime.timedelta(days=5 * 365 + 2)  # the guarantee, then any claim (code civil 2224: 5 years)
UNPAID_KEPT = datetime.timedelta(days=90)  # an order that nobody paid proves nothing


@dataclass(frozen=True, slots=True)
class Stop:
    """One reason, in words, with the page where it is settled ("" without one)."""

    words: str
    url: str = ""


def _running() -> Q:
    """Orders with something still to do: to pay, to send, to give back, to answer."""
    part = OuterRef("pk")
    unsent = GiftCard.objects.filter(order=part, sent_at=None, state__in=[GiftCardState.LIVE, GiftCardState.BLOCKED])
    return (
        Q(state=OrderState.PLACED)
        | Q(Exists(SellerOrder.objects.filter(order=part, state__in=OPEN_PARTS)))
        | Q(Exists(unsent))
        | Q(Exists(Refund.objects.filter(payment__order=part, state=RefundState.ASKED)))
        | Q(Exists(Return.objects.filter(part__order=part).exclude(state=ReturnState.CLOSED)))
        | Q(Exists(Repair.objects.filter(line__part__order=part, state__in=OPEN_REPAIRS)))
        | Q(Exists(Dispute.objects.filter(payment__order=part, closed_at__isnull=True)))
        | Q(Exists(PartRequest.objects.filter(part__order=part, state=PartRequestState.ASKED)))
        | Q(Exists(Conversation.objects.filter(part__order=part).exclude(state=ConversationState.CLOSED)))
        | Q(Exists(CommentRemoval.objects.filter(rating__part__order=part, complaint_state=ComplaintState.RECEIVED)))
    )


def what_stops(person: Person) -> list[Stop]:
    """Why this person cannot be erased now: an organisation they act or acted for, orders that are under way."""
    found = _roles(person.user) if person.user is not None else []
    for order in person.orders().filter(_running())[:20]:
        words = _("Order %(code)s is still under way.") % {"code": order.public_id}
        found.append(Stop(words, order_path(order)))
    return found


def _roles(user: Any) -> list[Stop]:
    rows = *user.memberships.select_related("organisation"), *user.workers.select_related("organisation")
    names = sorted({row.organisation.name for row in rows})
    found = [Stop(_("You act, or acted, for %(name)s: who held which right is kept.") % {"name": n}) for n in names]
    if user.is_staff and not names:
        found.append(Stop(_("This account runs the site.")))
    return found


def old_orders(now: datetime.datetime) -> "QuerySet[Order]":
    """Orders whose personal data has had its time: 5 years after the order and its last event, 90 days unpaid."""
    young = now - ORDER_KEPT
    late = SellerOrder.objects.filter(order=OuterRef("pk")).filter(
        Q(delivered_at__gte=young) | Q(cancelled_at__gte=young)
    )
    talked = Conversation.objects.filter(part__order=OuterRef("pk"), closed_at__gte=young)
    back = Return.objects.filter(part__order=OuterRef("pk"), closed_at__gte=young)
    paid = Q(state=OrderState.PAID, created_at__lt=young) & ~Exists(late) & ~Exists(talked) & ~Exists(back)
    unpaid = Q(state=OrderState.LAPSED, created_at__lt=now - UNPAID_KEPT)
    return Order.objects.filter(paid | unpaid, erased_at__isnull=True).exclude(_running()).order_by("pk")
