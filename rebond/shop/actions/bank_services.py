"""Money on an operator's own account that names a billed service and fits none: kept, matched, or sent back.

Decision 43. It is in the books from the day it is read, as received and not known for what. One person says which
service it pays, another agrees. Locks: the service, then the line, then balances by key.
"""

import datetime
from typing import Any

from django.db import transaction

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_waiting, post_waiting_used
from rebond.ledger.actions.service_paid import settle_matched, waiting_key
from rebond.ledger.bank_files import Came
from rebond.ledger.enums import PaidHow
from rebond.ledger.models import BilledService
from rebond.network.models import Organisation
from rebond.shop.actions.bank_lines import event_of, move_line, who_is
from rebond.shop.errors import BankLineStateError
from rebond.shop.models import BankLine
from rebond.shop.money_enums import BankLineState


@transaction.atomic
def keep_unfit(
    *, operator: Organisation, came: Came, service: BilledService | None, by: Any, now: datetime.datetime
) -> BankLine:
    """Keep it for a person to look at, once, and post it as received."""
    line, is_new = BankLine.objects.get_or_create(
        key=waiting_key(came),
        defaults={
            "operator": operator,
            "service": service,
            "booked_on": came.on,
            "cents": came.cents,
            "owed_cents": came.cents,
            "payer": came.payer,
            "text": came.text,
        },
    )
    if is_new:
        post_waiting(event=event_of(line, line.cents, line.key), by=by, now=now)
        record("shop.bank.kept", subject=line, by=by, organisation=operator, cents=line.cents)
    return line


@transaction.atomic
def ask_service(*, line: BankLine, service: BilledService, by: Any) -> BankLine:
    """Say which service it pays; another person agrees. Raise BankLineStateError.

    What was put aside stays so: it left the books.
    """
    is_possible = line.operator_id == service.operator_id and service.paid_how == PaidHow.TRANSFER
    if not is_possible or line.state != BankLineState.OPEN:
        raise BankLineStateError
    move_line(line, "ask", by, service=service, asked_by_id=by.public_id, asked_by=who_is(by))
    return line


def use_for_service(line: BankLine, by: Any, now: datetime.datetime) -> None:
    """Count it. Until the price is there, all that came is owed to its sender; then the rest beyond the price is.

    In the caller's transaction.
    """
    if line.service is None:
        raise BankLineStateError
    service = lock_row(line.service)
    move_line(line, "use", by, decided_by=who_is(by))
    record("shop.bank.used", subject=line, by=by, organisation=line.operator, cents=line.cents)
    rows = list(BankLine.objects.filter(service=service, state=BankLineState.USED).order_by("pk"))
    is_awaited = service.is_awaited and sum(row.owed_cents for row in rows) >= service.cents
    if not is_awaited:
        return
    settle_matched(service=service, on=max(row.booked_on for row in rows), by=by)
    rest = service.cents
    for row in rows:
        taken = min(row.owed_cents, rest)
        if taken:
            rest -= taken
            post_waiting_used(event=event_of(row, taken, f"{row.key}-paid"), by=by, now=now)
            BankLine.objects.filter(pk=row.pk).update(owed_cents=row.owed_cents - taken)
    line.refresh_from_db()


def leave_books(line: BankLine, by: Any, now: datetime.datetime) -> None:
    """What was owed of it is owed no more: it went back, or it is nothing of these books."""
    post_waiting(event=event_of(line, line.owed_cents, line.key), is_back=True, by=by, now=now)
