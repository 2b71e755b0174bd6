"""One move of a line of the bank, and what the books are told of it."""

from typing import Any

from rebond.core.money import format_cents
from rebond.journal.actions.record import record_transition
from rebond.ledger.events import AmountEvent, Subject
from rebond.shop.errors import BankLineStateError
from rebond.shop.models import BankLine
from rebond.shop.money_enums import BANK_LINES


def who_is(by: Any) -> str:
    """The name that is kept of who did it."""
    return by.display_name[:160] if by is not None else ""


def move_line(line: BankLine, verb: str, by: Any, **fields: Any) -> None:
    """Written where the state still allows it; raise BankLineStateError. The caller's transaction."""
    from_states, to_state = BANK_LINES[verb]
    before = line.state
    if not BankLine.objects.filter(pk=line.pk, state__in=from_states).update(state=to_state, **fields):
        raise BankLineStateError
    line.refresh_from_db()
    record_transition(subject=line, verb=verb, from_state=before, to_state=to_state, by=by)


def event_of(line: BankLine, cents: int, key: str) -> AmountEvent:
    """An amount of the line, under a key that is said once."""
    subject = Subject("shop.bankline", line.public_id, f"{line.booked_on} {format_cents(line.cents)}")
    return AmountEvent(key=key, cents=cents, subject=subject, operator=line.operator)
