"""Transfers that arrive: read from a statement or noted by a person, counted for their order, the rest given back.

A line whose reference and amount are an order's is counted by itself. Any other waits for a person, who says what it is
for; another person agrees. Less than the price waits for the rest, as owed to its sender; more is owed back beyond it.
Locks: the order, then the line, then balances by key.
"""

import datetime
import hashlib
import re
import uuid
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_excess, post_excess_back
from rebond.ledger.bank_files import Came, read_statement
from rebond.shop.actions.bank_lines import event_of, move_line, who_is
from rebond.shop.actions.bank_services import leave_books, use_for_service
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.enums import PaymentEventKind, PaymentState
from rebond.shop.errors import BankLineStateError, SamePersonError
from rebond.shop.models import BankLine, Payment, Statement
from rebond.shop.money_enums import TRANSFER, BankLineState
from rebond.shop.queries.by_hand import reference_of

REFERENCE = re.compile(r"RB([2-9A-HJKMNP-Z]{12})")


def payment_in(text: str) -> Payment | None:
    """The payment whose reference is in the words of a transfer, however the bank cut them."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    names = [name.lower() for name in REFERENCE.findall(plain)[:5]]
    rows = Payment.objects.filter(public_id__in=names, provider=TRANSFER).select_related("order")
    found = list(rows[:2])
    return found[0] if len(found) == 1 else None


def read_file(*, name: str, content: bytes, by: Any, now: datetime.datetime | None = None) -> Statement:
    """Keep what came in of a statement, each line once, then count those whose reference and amount are an order's.

    The same file twice is one; what a killed process had not counted is counted then. Each order is its own
    transaction: no order waits for a whole file. Raise bank_files.UnreadableError.
    """
    now = now or timezone.now()
    made = _keep_file(name, content, by, now)
    rows = made.lines.filter(state=BankLineState.OPEN, payment__isnull=False).select_related("payment__order")
    used = sum(_count_alone(line, by, now) for line in list(rows.order_by("pk")))
    Statement.objects.filter(pk=made.pk).update(lines_used=F("lines_used") + used)
    made.refresh_from_db()
    return made


@transaction.atomic
def _keep_file(name: str, content: bytes, by: Any, now: datetime.datetime) -> Statement:
    digest = hashlib.sha256(content).hexdigest()
    known = Statement.objects.filter(sha256=digest).first()
    if known is not None:
        return known
    rows = read_statement(content)
    made = Statement.objects.create(sha256=digest, name=name[:120], read_by=who_is(by), read_at=now)
    new = sum(_keep(row, made) for row in rows)
    Statement.objects.filter(pk=made.pk).update(lines_new=new, lines_known=len(rows) - new)
    record("shop.statement.read", subject=made, by=by, new=new)
    return made


def _keep(row: Came, statement: Statement) -> bool:
    _line, is_new = BankLine.objects.get_or_create(
        key=row.key,
        defaults={
            "statement": statement,
            "booked_on": row.on,
            "cents": row.cents,
            "payer": row.payer,
            "text": row.text,
            "payment": payment_in(row.text),
        },
    )
    return is_new


@transaction.atomic
def _count_alone(line: BankLine, by: Any, now: datetime.datetime) -> bool:
    """Where the reference is an order's and the amount is its price, nothing having come for it before."""
    payment = line.payment
    if payment is None or payment.amount_cents != line.cents:
        return False
    lock_row(payment.order)
    payment.refresh_from_db()
    if payment.state == PaymentState.PAID:
        return False
    if BankLine.objects.filter(payment=payment, state=BankLineState.USED).exists():
        return False
    _use(line, payment, by, now)
    return True


@transaction.atomic
def note_receipt(
    *, payment: Payment, on: datetime.date, cents: int, by: Any, operation: uuid.UUID, note: str = ""
) -> BankLine:
    """Somebody saw the money on the account: another person agrees before it counts. The same `operation` is one line.

    Raise BankLineStateError for a payment that is no transfer.
    """
    if payment.provider != TRANSFER or cents <= 0:
        raise BankLineStateError
    line, is_new = BankLine.objects.get_or_create(
        key=f"hand-{operation}",
        defaults={
            "booked_on": on,
            "cents": cents,
            "text": reference_of(payment),
            "payment": payment,
            "state": BankLineState.ASKED,
            "asked_by_id": by.public_id,
            "asked_by": by.display_name[:160],
            "note": note.strip()[:300],
        },
    )
    if is_new:
        record("shop.bank.asked", subject=line, by=by, cents=cents, order=payment.order.public_id)
    return line


@transaction.atomic
def ask_use(*, line: BankLine, payment: Payment, by: Any) -> BankLine:
    """Say which order a line is for; another person agrees. Raise BankLineStateError."""
    if line.operator_id is not None or payment.provider != TRANSFER:
        raise BankLineStateError
    move_line(line, "ask", by, payment=payment, asked_by_id=by.public_id, asked_by=who_is(by))
    return line


@transaction.atomic
def grant_use(*, line: BankLine, by: Any, now: datetime.datetime | None = None) -> BankLine:
    """Somebody else agrees: it counts. Raise SamePersonError, BankLineStateError."""
    if line.asked_by_id == by.public_id:
        raise SamePersonError
    now = now or timezone.now()
    if line.state != BankLineState.ASKED:
        raise BankLineStateError
    if line.payment is not None:
        _use(line, line.payment, by, now)
    else:
        use_for_service(line, by, now)
    return line


@transaction.atomic
def refuse_use(*, line: BankLine, by: Any) -> BankLine:
    """It is looked at again. Raise BankLineStateError."""
    move_line(line, "refuse", by)
    return line


@transaction.atomic
def ignore_line(*, line: BankLine, by: Any, note: str) -> BankLine:
    """It is for no order, or no service: no book of ours sees it any more. Raise BankLineStateError."""
    move_line(line, "ignore", by, note=note.strip()[:300], decided_by=who_is(by))
    if line.operator_id is not None:
        leave_books(line, by, timezone.now())
        BankLine.objects.filter(pk=line.pk).update(owed_cents=0)
    return line


def _use(line: BankLine, payment: Payment, by: Any, now: datetime.datetime) -> None:
    """Count it. Until the price is there, all that came is owed to its sender; then the rest beyond the price is."""
    lock_row(payment.order)
    payment.refresh_from_db()
    move_line(line, "use", by, payment=payment, owed_cents=line.cents, decided_by=who_is(by))
    post_excess(event=event_of(line, line.cents, f"{line.public_id}-came"), now=now)
    record("shop.bank.used", subject=line, by=by, cents=line.cents, order=payment.order.public_id)
    rows = list(BankLine.objects.filter(payment=payment, state=BankLineState.USED).order_by("pk"))
    if payment.state == PaymentState.PAID or sum(row.owed_cents for row in rows) < payment.amount_cents:
        return
    rest = payment.amount_cents
    for row in rows:
        taken = min(row.owed_cents, rest)
        if taken:
            rest -= taken
            post_excess_back(event=event_of(row, taken, f"{row.public_id}-paid"), now=now)
            BankLine.objects.filter(pk=row.pk).update(owed_cents=row.owed_cents - taken)
    told = Told(TRANSFER, f"line-{line.public_id}", PaymentEventKind.PAID, payment.public_id, payment.amount_cents)
    receive_event(told=told, now=now)
    line.refresh_from_db()


@transaction.atomic
def note_returned(*, line: BankLine, on: datetime.date, by: Any, now: datetime.datetime | None = None) -> BankLine:
    """What was owed of it went back by a transfer that somebody made at the bank. Raise BankLineStateError.

    Money on the operator's own account is owed from its first day: it may go back before anybody says what it is for.
    """
    now = now or timezone.now()
    if line.payment is not None:
        lock_row(line.payment.order)
    elif line.service is not None:
        lock_row(line.service)
    line = lock_row(line)
    if line.state not in {BankLineState.USED, BankLineState.OPEN} or not line.owed_cents:
        raise BankLineStateError
    move_line(line, "return", by, returned_on=on, decided_by=who_is(by))
    if line.operator_id is None:
        post_excess_back(event=event_of(line, line.owed_cents, f"{line.public_id}-returned"), now=now)
    else:
        leave_books(line, by, now)
    record("shop.bank.returned", subject=line, by=by, cents=line.owed_cents)
    return line
