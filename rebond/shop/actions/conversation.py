"""After-sales by people: write, answer, hand over, call the conciliator, close. Every act locks the conversation."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.network.models import Site
from rebond.shop.actions.attachment import keep_attachment
from rebond.shop.actions.conversation_mail import tell_buyer, tell_network, tell_seller
from rebond.shop.enums import CONVERSATION_TRANSITIONS, Author, ConversationReason, ConversationState
from rebond.shop.errors import ConversationStateError, TooSoonError
from rebond.shop.models import Conversation, Message, OrderLine, SellerOrder
from rebond.shop.queries.conversations import asks_reason
from rebond.shop.queries.delays import working_days_after

ANSWER_DAYS = 2  # working days: our promise
BUYER_DAYS = 14
CONCILIATION_DAYS = 5  # working days


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody typed: the text, the form's own operation, one file at most as `ready_attachment` gives it."""

    text: str
    operation: uuid.UUID
    upload: Any = None


@transaction.atomic
def write_to_seller(
    *,
    part: SellerOrder,
    reason: str,
    line: OrderLine | None,
    written: Written,
    name: str,
    by: Any = None,
    now: datetime.datetime | None = None,
) -> Conversation:
    """The buyer writes: the first message opens the conversation of this seller order, the next ones go on.

    One that begins another claim (`asks_reason`), or says that it never came, gives it its reason and object. The
    seller has two working days to answer; with the conciliator it stays there, who is told. The same operation twice is
    one message. Raise AttachmentRefusedError.
    """
    now = now or timezone.now()
    lock_row(part.order)
    conversation, is_new = Conversation.objects.get_or_create(
        part=part,
        defaults={
            "reason": reason,
            "line": line,
            "site": line.item.site if line is not None else None,
            "language": translation.get_language() or "fr",
            "due_on": working_days_after(timezone.localdate(now), ANSWER_DAYS),
            "opened_at": now,
            "claimed_at": now,
        },
    )
    if Message.objects.filter(operation=written.operation).exists():
        return conversation
    conversation = lock_row(conversation)
    if not is_new and (asks_reason(conversation, part) or reason == ConversationReason.NOT_RECEIVED):
        _claim(conversation, reason, line, now)
    message = _write(conversation, Author.BUYER, name, written, by, now)
    if not is_new:
        turn_to_seller(conversation, by, now)
    record("shop.conversation.asked", subject=conversation, by=by, organisation=part.seller, reason=reason)
    tell_seller(conversation, written.operation)
    _ask_conciliator(conversation, message, now)
    return conversation


def turn_to_seller(conversation: Conversation, by: Any, now: datetime.datetime) -> None:
    """What waited for its buyer, or was closed, is the seller's to answer again. The caller holds it."""
    if conversation.state in CONVERSATION_TRANSITIONS["ask"][0]:
        due_on = working_days_after(timezone.localdate(now), ANSWER_DAYS)
        _move(conversation, "ask", by, due_on=due_on, closed_at=None)


def _claim(conversation: Conversation, reason: str, line: OrderLine | None, now: datetime.datetime) -> None:
    """Another claim in the same conversation: its reason and object, from today; nobody answered it yet."""
    site = line.item.site if line is not None else conversation.site
    changes: dict[str, Any] = {"reason": reason, "line": line, "site": site, "claimed_at": now, "answered_at": None}
    Conversation.objects.filter(pk=conversation.pk).update(**changes)
    conversation.refresh_from_db()


def _ask_conciliator(conversation: Conversation, message: Message, now: datetime.datetime) -> None:
    """What either side writes while the conciliator has it is theirs to answer: they are told, with a new day."""
    if conversation.state != ConversationState.CONCILIATION:
        return
    _put_off(conversation, working_days_after(timezone.localdate(now), CONCILIATION_DAYS))
    tell_network(conversation, message)


def _put_off(conversation: Conversation, due_on: datetime.date) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(due_on=due_on)
    conversation.refresh_from_db(fields=["due_on"])


@transaction.atomic
def answer_buyer(
    *,
    conversation: Conversation,
    written: Written,
    by: Any,
    author: str = Author.SELLER,
    is_internal: bool = False,
    now: datetime.datetime | None = None,
) -> Message:
    """A worker of the seller, or the conciliator, answers; an internal note is for workers only and moves nothing.

    The buyer is told by mail, with the words; with the conciliator, so is the other side of who wrote. The same
    operation twice is one message. Raise AttachmentRefusedError.
    """
    now = now or timezone.now()
    conversation = lock_row(conversation)
    known = Message.objects.filter(operation=written.operation).first()
    if known is not None:
        return known
    message = _write(conversation, author, by.display_name, written, by, now, is_internal=is_internal)
    seller = conversation.part.seller
    record("shop.conversation.answered", subject=conversation, by=by, organisation=seller, internal=is_internal)
    if is_internal:
        return message
    if conversation.answered_at is None and author == Author.SELLER:
        Conversation.objects.filter(pk=conversation.pk).update(answered_at=now)
    if conversation.state in CONVERSATION_TRANSITIONS["answer"][0]:
        due_on = timezone.localdate(now) + datetime.timedelta(days=BUYER_DAYS)
        _move(conversation, "answer", by, due_on=due_on)
    tell_buyer(conversation, message)
    if author == Author.CONCILIATOR:
        _answered_by_conciliator(conversation, written.operation, now)
    else:
        _ask_conciliator(conversation, message, now)
    return message


def _answered_by_conciliator(conversation: Conversation, operation: uuid.UUID, now: datetime.datetime) -> None:
    """The seller reads it too, and both sides have their time."""
    tell_seller(conversation, operation)
    if conversation.state == ConversationState.CONCILIATION:
        _put_off(conversation, timezone.localdate(now) + datetime.timedelta(days=BUYER_DAYS))


@transaction.atomic
def call_conciliator(
    *,
    conversation: Conversation,
    by: Any = None,
    author: str = Author.BUYER,
    written: Written | None = None,
    now: datetime.datetime | None = None,
) -> None:
    """Either side asks the network's conciliator, free of charge; they read the whole of it.

    The conciliator may come of its own accord too (`author`), where somebody telephoned: both sides read why, in
    `written`, which the seller and the conciliator must give. The same `written` twice is one call. Raise TooSoonError
    before the seller answered (the buyer may call once its day passed too, the conciliator may come at once),
    ConversationStateError where it is there or closed.
    """
    now = now or timezone.now()
    conversation = lock_row(conversation)
    today = timezone.localdate(now)
    if written is not None and Message.objects.filter(operation=written.operation).exists():
        return
    if conversation.state not in CONVERSATION_TRANSITIONS["call"][0]:
        raise ConversationStateError
    waits = author == Author.SELLER or (author == Author.BUYER and today <= conversation.due_on)
    if conversation.answered_at is None and waits:
        raise TooSoonError
    _move(conversation, "call", by, called_at=now, due_on=working_days_after(today, CONCILIATION_DAYS))
    seller = conversation.part.seller
    record("shop.conversation.called", subject=conversation, by=by, organisation=seller, author=str(author))
    if written is not None:
        tell_buyer(conversation, _write(conversation, author, by.display_name, written, by, now))
    if author == Author.CONCILIATOR and written is not None:
        tell_seller(conversation, written.operation)
    else:
        tell_network(conversation)


@transaction.atomic
def close_conversation(*, conversation: Conversation, by: Any, now: datetime.datetime | None = None) -> None:
    """Nothing is left to do; a message of the buyer opens it again. Raise ConversationStateError."""
    now = now or timezone.now()
    conversation = lock_row(conversation)
    _move(conversation, "close", by, closed_at=now)
    record("shop.conversation.closed", subject=conversation, by=by, organisation=conversation.part.seller)


@transaction.atomic
def hand_over(*, conversation: Conversation, site: Site, by: Any) -> None:
    """Another place of the same seller answers. Raise ConversationStateError where it is not one of its places."""
    conversation = lock_row(conversation)
    if site.organisation_id != conversation.part.seller_id:
        raise ConversationStateError
    Conversation.objects.filter(pk=conversation.pk).update(site=site)
    record(
        "shop.conversation.handed",
        subject=conversation,
        by=by,
        organisation=conversation.part.seller,
        site=site.public_id,
    )


def _write(
    conversation: Conversation,
    author: str,
    name: str,
    written: Written,
    by: Any,
    now: datetime.datetime,
    *,
    is_internal: bool = False,
) -> Message:
    message = Message.objects.create(
        conversation=conversation,
        operation=written.operation,
        author=author,
        user=by,
        name=name[:120],
        text=written.text.strip(),
        is_internal=is_internal,
        created_at=now,
    )
    if written.upload:
        keep_attachment(message=message, upload=written.upload, by=by)
    return message


def _move(conversation: Conversation, verb: str, by: Any, **changes: Any) -> None:
    """One conditional update; raise ConversationStateError where the conversation is elsewhere."""
    from_states, to_state = CONVERSATION_TRANSITIONS[verb]
    old = conversation.state
    rows = Conversation.objects.filter(pk=conversation.pk, state__in=from_states)
    if not rows.update(state=to_state, **changes):
        raise ConversationStateError
    conversation.refresh_from_db()
    record_transition(
        subject=conversation,
        verb=verb,
        from_state=old,
        to_state=to_state,
        by=by,
        organisation=conversation.part.seller,
    )
