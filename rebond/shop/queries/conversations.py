"""Conversations by the day of whoever has to act, and the rights that both sides read (rules.md F2 and F3)."""

import datetime
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from rebond.catalogue.enums import Condition
from rebond.core.paging import key_in, page_before
from rebond.network.models import Organisation
from rebond.shop.enums import CONVERSATION_TRANSITIONS, ConversationReason, ConversationState, OrderLineState, Outcome
from rebond.shop.models import Conversation, Message, Repair, SellerOrder, Settlement
from rebond.shop.perms import CONCILIATORS, OWN_READERS
from rebond.shop.queries.delays import months_after, withdrawal_end, years_after
from rebond.shop.queries.orders import token_of
from rebond.shop.reasons import outcomes_of
from rebond.shop.repair_enums import OPEN_REPAIRS, RepairState

MESSAGES = 30  # shown at once
TABS = {
    "a-traiter": ConversationState.TO_ANSWER,
    "attend-le-client": ConversationState.WAITING,
    "conciliation": ConversationState.CONCILIATION,
    "fermees": ConversationState.CLOSED,
}


def help_path(part: SellerOrder, name: str = "help") -> str:
    """The signed address of the buyer's side: by the order's own link."""
    return reverse(f"shop:{name}", args=[part.order.public_id, token_of(part.order), part.public_id])


def asks_reason(conversation: Conversation | None, part: SellerOrder) -> bool:
    """Whether the buyer's next message begins a claim: the first one, one after the end, one that the site opened for
    them, and one of a parcel that had not arrived and did since.
    """
    if conversation is None or conversation.state == ConversationState.CLOSED or conversation.claimed_at is None:
        return True
    return conversation.reason == ConversationReason.NOT_RECEIVED and part.delivered_at is not None


def outcomes_for(conversation: Conversation) -> tuple[Outcome, ...]:
    """What its claim may end in; anything once what had not arrived did: something else is wrong with it now."""
    has_come = conversation.reason == ConversationReason.NOT_RECEIVED and conversation.part.delivered_at is not None
    return tuple(Outcome) if has_come else outcomes_of(conversation.reason)


def conversations_in(rows: QuerySet[Conversation], tab: str) -> QuerySet[Conversation]:
    """`rows` of one tab, the nearest day first; `a-reparer` are those with a repair under way, in whatever state."""
    if tab == "a-reparer":
        rows = rows.filter(Exists(Repair.objects.filter(line__part=OuterRef("part"), state__in=OPEN_REPAIRS)))
    else:
        rows = rows.filter(state=TABS.get(tab, ConversationState.TO_ANSWER))
    return rows.select_related("part__seller", "part__order", "line__item", "site").order_by("due_on", "pk")


def messages_before(rows: "QuerySet[Message]", key: str) -> tuple[list[Message], int | None]:
    """The newest messages in the order they were written (or those before `key`), and the key of the older ones."""
    rows = rows.prefetch_related("attachments__stored").order_by("-pk")
    found, older = page_before(rows, key_in(key), MESSAGES)
    return found[::-1], older


def conversations_of_order(number: str) -> list[Conversation]:
    """Those of an order, by its number, that the conciliator may join."""
    rows = Conversation.objects.filter(part__order__public_id=number.strip().lower()[:12])
    rows = rows.filter(state__in=CONVERSATION_TRANSITIONS["call"][0])
    return list(rows.select_related("part__seller", "part__order").order_by("pk"))


def waiting_conversations(organisation: Organisation, roles: frozenset[str]) -> int:
    """How many buyers wait for who has `roles` there: for `organisation` as a seller, for the conciliator, or both."""
    waiting = Q(pk__in=[])
    if roles & OWN_READERS:
        waiting |= Q(part__seller=organisation, state=ConversationState.TO_ANSWER)
    if roles & CONCILIATORS:
        waiting |= Q(state=ConversationState.CONCILIATION)
    return Conversation.objects.filter(waiting).count()


@dataclass(frozen=True, slots=True)
class LineRights:
    """One object whose dates are others: new, so presumed for 24 months (L217-7), or repaired and sent back, so
    guaranteed for 6 months more (L217-13).
    """

    title: str
    presumed_until: datetime.date
    guarantee_until: datetime.date
    is_new: bool
    is_repaired: bool


@dataclass(frozen=True, slots=True)
class Rights:
    """The buyer's rights on what one seller delivered; every date is empty before the delivery.

    `is_presumed`: a defect is presumed to have been there (12 months for used goods, L217-7). `others` are the objects
    that have more; `is_repair_late`: one was to be repaired within 30 days, which are over: the buyer may
    choose a lower price or the money back (L217-14).
    """

    delivered_on: datetime.date | None
    withdrawal_until: datetime.date | None
    presumed_until: datetime.date | None
    guarantee_until: datetime.date | None
    is_presumed: bool
    is_guaranteed: bool
    others: tuple[LineRights, ...] = ()
    is_repair_late: bool = False


def rights_of(part: SellerOrder, today: datetime.date | None = None) -> Rights:
    """Dates of the withdrawal (F2), of the presumption and of the guarantee of conformity (F3): three queries."""
    today = today or timezone.localdate()
    repairs = list(Repair.objects.filter(line__part=part).select_related("settlement"))
    late = [one for one in repairs if one.is_open and one.settlement.due_on and one.settlement.due_on < today]
    is_late = bool(_undecided(part, late))
    if part.delivered_at is None:
        return Rights(None, None, None, None, is_presumed=True, is_guaranteed=True, is_repair_late=is_late)
    day = timezone.localdate(part.delivered_at)
    presumed, guarantee = years_after(day, 1), years_after(day, 2)
    others = _others(part, day, {row.line_id for row in repairs if row.state == RepairState.DONE})
    return Rights(
        day,
        withdrawal_end(day),
        presumed,
        guarantee,
        today <= max([presumed, *(one.presumed_until for one in others)]),
        today <= max([guarantee, *(one.guarantee_until for one in others)]),
        others,
        is_late,
    )


def _undecided(part: SellerOrder, repairs: list[Repair]) -> list[Repair]:
    """Those after which nothing else was decided for the same object."""
    if not repairs:
        return []
    rows = Settlement.objects.filter(line__part=part).order_by("pk").values_list("line_id", "pk")
    last: dict[int | None, int] = dict(rows)
    return [one for one in repairs if last[one.line_id] == one.settlement_id]


def _others(part: SellerOrder, day: datetime.date, repaired: set[int]) -> tuple[LineRights, ...]:
    found = []
    for line in part.lines.filter(state=OrderLineState.SOLD).order_by("pk"):
        is_new, is_repaired = line.seen.get("condition") == Condition.NEW_UNSOLD, line.pk in repaired
        if is_new or is_repaired:
            guarantee = months_after(day, 24 + (6 if is_repaired else 0))
            presumed = years_after(day, 2 if is_new else 1)
            found.append(LineRights(line.title, presumed, guarantee, is_new, is_repaired))
    return tuple(found)
