"""What the operator's bank says of billed services (decisions 40 and 43).

By the number of the paper and its exact amount: nothing is guessed. What came with a number and settles nothing is told
(`signals.service_unfit`), and waits for a person.
"""

import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.ledger.actions.amounts import post_service_paid
from rebond.ledger.bank_files import Came, Went
from rebond.ledger.enums import EntryKind, InvoiceKind, PaidHow
from rebond.ledger.errors import WrongState
from rebond.ledger.events import AmountEvent, Subject
from rebond.ledger.models import BilledService, Claim
from rebond.ledger.queries.services import named_in
from rebond.ledger.queries.supplier_payments import other_accounts
from rebond.ledger.signals import service_unfit
from rebond.network.models import Organisation


@dataclass(frozen=True, slots=True)
class ServicesRead:
    """What a file of the bank said: services settled, and lines that now wait for a person."""

    settled: int = 0
    waiting: int = 0


def settle_services(
    *,
    operator: Organisation,
    came: Iterable[Came] = (),
    went: Iterable[Went] = (),
    by: Any = None,
    now: datetime.datetime | None = None,
) -> ServicesRead:
    """What the operator's bank says of services: paid, or given back after a credit note. Each line is a transaction.

    Read again it has one effect. The statement of another account (that of transfers, read here by mistake) says
    nothing; nor does a line without any number of the operator's papers: it is about something else.
    """
    now, rows, leaves = now or timezone.now(), list(came), list(went)
    others = other_accounts([*rows, *leaves])
    found = [_came(operator, row, by, now) for row in rows if row.account not in others]
    back = [_went(operator, row, by, now) for row in leaves if row.account not in others]
    return ServicesRead(found.count("settled") + sum(back), found.count("waiting"))


def waiting_key(row: Came) -> str:
    """The name under which money that waits is kept and posted, once."""
    return f"own-{row.key}"


@transaction.atomic
def _came(operator: Organisation, row: Came, by: Any, now: datetime.datetime) -> str:
    """Say "settled", "waiting", or "" where it says nothing new."""
    numbers = _numbers(operator, row.text)
    if not numbers or Claim.objects.filter(key=f"{EntryKind.EXCESS}:{waiting_key(row)}").exists():
        return ""
    service = named_in(operator, numbers, InvoiceKind.INVOICE)
    if service is not None:
        rows = BilledService.objects.filter(pk=service.pk, paid_on=None, paid_how=PaidHow.TRANSFER, cents=row.cents)
        if rows.update(paid_on=row.on, paid_line=row.key):
            _post(service, by, now, is_back=False)
            return "settled"
        service.refresh_from_db()
        if _is_its_own(service, row):
            return ""
    service_unfit.send(sender=BilledService, operator=operator, came=row, service=service, by=by, now=now)
    return "waiting"


def _is_its_own(service: BilledService, row: Came) -> bool:
    """Whether this line paid it before; without the bank's name of that line, by its day and amount."""
    known = service.paid_line or (row.key if (service.paid_on, service.cents) == (row.on, row.cents) else "")
    return service.paid_on is not None and known == row.key


@transaction.atomic
def _went(operator: Organisation, row: Went, by: Any, now: datetime.datetime) -> bool:
    service = named_in(operator, _numbers(operator, row.text), InvoiceKind.CREDIT_NOTE)
    if service is None:
        return False
    rows = BilledService.objects.filter(pk=service.pk, paid_on__isnull=False, back_on=None, cents=row.cents)
    if not rows.update(back_on=row.on):
        return False
    _post(service, by, now, is_back=True)
    return True


def _numbers(operator: Organisation, text: str) -> set[tuple[int, int]]:
    """(year, sequence) of each number of the operator's papers in these words, however the bank cut them."""
    plain = re.sub(r"[^0-9A-Z]", "", text.upper())
    letters = re.sub(r"[^0-9A-Z]", "", (operator.letters or operator.public_id).upper())
    return {(int(year), int(n)) for year, n in re.findall(rf"{letters}(\d{{4}})(\d{{6}})", plain)}


def _post(service: BilledService, by: Any, now: datetime.datetime, *, is_back: bool) -> None:
    operator = service.operator
    subject = Subject("ledger.billedservice", service.public_id, service.label)
    event = AmountEvent(key=service.public_id, cents=service.cents, subject=subject, operator=operator)
    post_service_paid(event=event, is_back=is_back, by=by, now=now)
    verb = "given_back" if is_back else "paid"
    record(f"ledger.service.{verb}", subject=service, by=by, organisation=operator, cents=service.cents)


@transaction.atomic
def settle_matched(*, service: BilledService, on: datetime.date, by: Any) -> BilledService:
    """People matched enough money with it: it is paid since `on`. The room that kept the money posts what it takes.

    Raise WrongState where it is paid already, credited, or not paid by transfer.
    """
    rows = BilledService.objects.filter(pk=service.pk, paid_on=None, credited_at=None, paid_how=PaidHow.TRANSFER)
    if not rows.update(paid_on=on, paid_line=BilledService.MATCHED):
        raise WrongState
    service.refresh_from_db()
    record("ledger.service.paid", subject=service, by=by, organisation=service.operator, cents=service.cents)
    return service
