"""A repair after the sale (rules.md F3): it comes, is repaired, goes back. No money moves; the buyer is told each time.

Locks: the order, as for what is decided in a conversation.
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.shop.actions.conversation_mail import tell_buyer
from rebond.shop.enums import Author, Outcome
from rebond.shop.errors import RefundInvalidError, RepairStateError
from rebond.shop.models import Message, OrderLine, Repair, Settlement
from rebond.shop.repair_enums import OPEN_REPAIRS, REPAIR_ENDS, REPAIR_TRANSITIONS, RepairState


@dataclass(frozen=True, slots=True)
class Gone:
    """How an object goes back to its buyer after a repair; `words` are the seller's own."""

    verb: str  # of REPAIR_ENDS
    carrier: str = ""
    number: str = ""
    words: str = ""


def repair_of(line: OrderLine) -> str:
    """Which repair it had last and where that is, in a word that changes with either; "" without one."""
    last = Repair.objects.filter(line=line).order_by("-pk").first()
    return f"{last.public_id} {last.state}" if last is not None else ""


def check_no_repair(line: OrderLine) -> None:
    """Raise RefundInvalidError where it is being repaired already. The caller holds the order."""
    if Repair.objects.filter(line=line, state__in=OPEN_REPAIRS).exists():
        raise RefundInvalidError


def open_repair(settlement: Settlement, line: OrderLine) -> Repair:
    """It was decided to repair it: the buyer brings or sends it. The caller holds the order."""
    repair: Repair = Repair.objects.create(settlement=settlement, line=line)
    return repair


def end_by_decision(line: OrderLine, outcome: str, by: Any, now: datetime.datetime) -> bool:
    """Another thing is decided for it. Whether the object is here then.

    What is here goes on waiting for its way back, unless it is taken back. The caller holds the order.
    """
    repair = Repair.objects.filter(line=line, state__in=OPEN_REPAIRS).select_related(*_SHOWN).first()
    if repair is None:
        return False
    is_here = repair.state == RepairState.HERE
    if not is_here or outcome == Outcome.RETURN:
        _move(repair, "drop", by, ended_on=timezone.localdate(now))
    return is_here


_SHOWN = ("line__item", "settlement__conversation__part__order", "settlement__conversation__part__seller")


def _move(repair: Repair, verb: str, by: Any, **changes: Any) -> None:
    """One conditional update; raise RepairStateError where it is elsewhere."""
    from_states, to_state = REPAIR_TRANSITIONS[verb]
    old = repair.state
    if not Repair.objects.filter(pk=repair.pk, state__in=from_states).update(state=to_state, **changes):
        raise RepairStateError
    conversation = repair.settlement.conversation
    told: dict[str, Any] = {"by": by, "organisation": conversation.part.seller}
    record_transition(subject=repair, verb=verb, from_state=old, to_state=to_state, **told)
    record(f"shop.repair.{verb}", subject=conversation, item=repair.line.item.code, **told)
    repair.refresh_from_db(fields=["state", "arrived_on", "ended_on"])


@transaction.atomic
def note_repair_here(*, repair: Repair, by: Any, now: datetime.datetime | None = None) -> Repair:
    """The object came; its buyer is told until when it is repaired. Raise RepairStateError."""
    now = now or timezone.now()
    repair = _held(repair)
    _move(repair, "arrive", by, arrived_on=timezone.localdate(now))
    _tell(repair, "here", now)
    return repair


@transaction.atomic
def end_repair(*, repair: Repair, gone: Gone, by: Any, now: datetime.datetime | None = None) -> Repair:
    """It goes back to its buyer, who is told how. Repaired, it is guaranteed for 6 months more (L217-13).

    Raise RepairStateError: also where it goes back as it was and never came.
    """
    now = now or timezone.now()
    if gone.verb not in dict(REPAIR_ENDS):
        raise RepairStateError
    repair = _held(repair)
    _move(repair, gone.verb, by, ended_on=timezone.localdate(now))
    _tell(repair, gone.verb, now, gone)
    return repair


def _held(repair: Repair) -> Repair:
    found: Repair = Repair.objects.select_related(*_SHOWN).get(pk=repair.pk)
    lock_row(found.settlement.conversation.part.order)
    found.refresh_from_db(fields=["state"])
    return found


def _tell(repair: Repair, what: str, now: datetime.datetime, gone: Gone | None = None) -> None:
    """In the conversation and by mail, in its language; nobody where the order was erased."""
    conversation = repair.settlement.conversation
    if conversation.part.order.erased_at is not None:
        return
    with translation.override(conversation.language):
        text = "\n\n".join(_words(repair, what, gone))
    message = Message.objects.create(
        conversation=conversation,
        operation=uuid.uuid5(repair.settlement.operation, what),
        author=Author.SITE,
        name="Rebond",
        text=text,
        created_at=now,
    )
    tell_buyer(conversation, message)


def _words(repair: Repair, what: str, gone: Gone | None) -> list[str]:
    said: dict[str, Any] = {"title": repair.line.title}
    if gone is None:
        return [
            _("“%(title)s” arrived at the seller, who repairs it. You are told here once it goes back to you.") % said
        ]
    said |= {"carrier": gone.carrier.strip() or "-", "number": gone.number.strip() or "-"}
    if what == "mend":
        found = [
            _("“%(title)s” is repaired, and goes back to you.") % said,
            _("Its legal guarantee lasts 6 months longer (consumer code, L217-13)."),
        ]
    else:
        found = [
            _("“%(title)s” could not be repaired, and goes back to you as it was.") % said,
            _("The law gives you the choice between a lower price and the money back: write to the seller here."),
        ]
    if gone.carrier.strip() or gone.number.strip():
        found.append(_("Carrier: %(carrier)s. Number: %(number)s.") % said)
    return [*found, gone.words.strip()] if gone.words.strip() else found
