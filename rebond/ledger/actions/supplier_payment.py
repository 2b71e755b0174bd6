"""Paying the operator's suppliers by a file for its bank: chosen, granted by another, sent, paid as the bank says.

Only the operator's own debts (invoices that it received), from its own account: money of sellers is at the payment
provider, and leaves by payouts. An invoice is in one file at a time: the database sees to it.
"""

import datetime
import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from sepaxml.validation import ValidationError as FileWrong

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record, record_transition
from rebond.ledger.actions.posting import Move, Told, account_of, claim_key, write_entry
from rebond.ledger.bank_files import Went
from rebond.ledger.enums import BATCH_TRANSITIONS, AccountKind, BatchState, EntryKind, Part
from rebond.ledger.errors import (
    AlreadyInFile,
    FileRead,
    NeedsReason,
    NotOwnDebt,
    NotPayable,
    SamePerson,
    WrongState,
)
from rebond.ledger.events import Subject
from rebond.ledger.models import PaymentBatch, SupplierInvoice, SupplierPayment
from rebond.ledger.pain001 import Paid, Payer, write_file
from rebond.ledger.queries.supplier_payments import Debt, debt_of, payer
from rebond.network.enums import OrganisationKind
from rebond.network.models import Organisation

MOST = 200
MOST_DAYS = 60
BATCH_NAME = re.compile(r"LOT([2-9A-HJKMNP-Z]{12})")
LINE_NAME = re.compile(r"DEP([2-9A-HJKMNP-Z]{12})")


def _move(batch: PaymentBatch, verb: str, by: Any, reason: str = "", **fields: Any) -> None:
    """One move of the table, written where the state still allows it; raise WrongState. The caller's transaction."""
    states, to_state = BATCH_TRANSITIONS[verb]
    before = batch.state
    if reason:
        fields["reason"] = reason[:300]
    if not PaymentBatch.objects.filter(pk=batch.pk, state__in=states).update(state=to_state, **fields):
        raise WrongState
    batch.refresh_from_db()
    record_transition(
        subject=batch, verb=verb, from_state=before, to_state=to_state, by=by, organisation=batch.organisation,
        reason=reason,
    )  # fmt: skip


@transaction.atomic
def ask_batch(
    *,
    organisation: Organisation,
    invoices: Sequence[SupplierInvoice],
    execute_on: datetime.date,
    by: Any,
    now: datetime.datetime | None = None,
) -> PaymentBatch:
    """Choose invoices to pay on a day; somebody else grants it. Nothing is made and nothing leaves before.

    Raise NotOwnDebt for who is no operator or for an invoice of somebody else, NoPayer, NotPayable (nothing chosen, too
    many, a day that is past or too far, an invoice that cannot be paid by a file), AlreadyInFile.
    """
    now = now or timezone.now()
    if organisation.kind != OrganisationKind.OPERATOR or any(i.organisation_id != organisation.pk for i in invoices):
        raise NotOwnDebt
    who, debts = payer(), _debts(invoices, execute_on, timezone.localdate(now))
    batch = PaymentBatch.objects.create(
        organisation=organisation,
        execute_on=execute_on,
        cents=sum(debt.cents for debt in debts),
        number=len(debts),
        holder=who.name[:70],
        iban=who.iban,
        bic=who.bic,
        asked_by_id=by.public_id,
        asked_by=by.display_name[:160],
        asked_at=now,
    )
    lines = [_line(batch, debt) for debt in debts]
    try:
        with transaction.atomic():
            SupplierPayment.objects.bulk_create(lines)
    except IntegrityError:
        raise AlreadyInFile from None
    record("ledger.batch.asked", subject=batch, by=by, organisation=organisation, cents=batch.cents, number=len(lines))
    return batch


def _debts(invoices: Sequence[SupplierInvoice], execute_on: datetime.date, today: datetime.date) -> list[Debt]:
    """What is due on each; raise NotPayable where one cannot be paid by a file that day."""
    if not 0 < len(invoices) <= MOST:
        raise NotPayable(_("Choose 1 to 200 invoices."))
    if not today <= execute_on <= today + datetime.timedelta(days=MOST_DAYS):
        raise NotPayable(_("Choose a day from today to sixty days from now."), field="execute_on")
    debts = [debt_of(invoice) for invoice in invoices]
    for debt in debts:
        if debt.why:
            raise NotPayable(f"{debt.invoice} – {debt.words}")
    return debts


def _line(batch: PaymentBatch, debt: Debt) -> SupplierPayment:
    invoice = debt.invoice
    return SupplierPayment(
        batch=batch,
        invoice=invoice,
        cents=debt.cents,
        name=invoice.supplier[:70],
        iban=debt.iban,
        text=invoice.number[:140],
    )


@transaction.atomic
def grant_batch(*, batch: PaymentBatch, by: Any, now: datetime.datetime | None = None) -> PaymentBatch:
    """Somebody else agrees: the file is made, once, and checked against its XSD.

    The account is the one that was chosen with; where the settings say another one since, it is to be asked again.
    Raise SamePerson, WrongState, NotPayable.
    """
    now = now or timezone.now()
    batch = lock_row(batch)
    if batch.asked_by_id == by.public_id:
        raise SamePerson
    if batch.state != BatchState.ASKED:
        raise WrongState
    if payer().iban != batch.iban:
        raise NotPayable(_("The account that pays has changed since: refuse this file and choose again."))
    if batch.execute_on < timezone.localdate(now):
        raise NotPayable(_("Its day is past: refuse this file and choose again."))
    rows = batch.lines.order_by("pk")
    lines = [Paid(row.name, row.iban, row.cents, row.text, row.reference) for row in rows]
    try:
        made = write_file(
            payer=Payer(batch.holder, batch.iban, batch.bic),
            lines=lines,
            execute_on=batch.execute_on,
            reference=batch.reference,
            now=timezone.localtime(now),
        )
    except FileWrong as wrong:
        raise NotPayable(str(wrong)) from None
    _move(batch, "grant", by, document=made.decode(), decided_by=by.display_name[:160], decided_at=now)
    record("ledger.batch.granted", subject=batch, by=by, organisation=batch.organisation, cents=batch.cents)
    return batch


@transaction.atomic
def refuse_batch(*, batch: PaymentBatch, reason: str, by: Any, now: datetime.datetime | None = None) -> PaymentBatch:
    """It does not leave; its invoices may be chosen again. Raise NeedsReason, FileRead, WrongState.

    Once its file was downloaded it may be at the bank: then each line is settled by what the bank says.
    """
    now = now or timezone.now()
    batch = lock_row(batch)
    if not reason.strip():
        raise NeedsReason(field="reason")
    if batch.read_at is not None:
        raise FileRead
    facts = {"decided_by": by.display_name[:160], "decided_at": now, "ended_on": timezone.localdate(now)}
    _move(batch, "refuse", by, reason.strip(), **facts)
    batch.lines.update(is_dropped=True)
    record("ledger.batch.refused", subject=batch, by=by, organisation=batch.organisation, reason=reason.strip())
    return batch


@transaction.atomic
def read_batch(*, batch: PaymentBatch, by: Any, now: datetime.datetime | None = None) -> bytes:
    """The file, the same bytes each time; who read it is in the journal. Raise WrongState where it is not made."""
    batch = lock_row(batch)
    if not batch.document:
        raise WrongState
    PaymentBatch.objects.filter(pk=batch.pk, read_at=None).update(read_at=now or timezone.now())
    record("ledger.batch.read", subject=batch, by=by, organisation=batch.organisation)
    return batch.document.encode()


@transaction.atomic
def note_sent(*, batch: PaymentBatch, by: Any) -> PaymentBatch:
    """Somebody gave the file to the bank. Raise WrongState where nobody downloaded it, or it is said already."""
    batch = lock_row(batch)
    if batch.read_at is None:
        raise WrongState
    _move(batch, "send", by, sent_by=by.display_name[:160])
    record("ledger.batch.sent", subject=batch, by=by, organisation=batch.organisation)
    return batch


@transaction.atomic
def drop_line(*, line: SupplierPayment, reason: str, by: Any, now: datetime.datetime | None = None) -> SupplierPayment:
    """The bank did not pay this line: its invoice may be chosen again. Raise NeedsReason, WrongState.

    Said by another person than the one who chose the file: a line that was paid would be paid twice.
    """
    batch = lock_row(line.batch)
    if not reason.strip():
        raise NeedsReason(field="reason")
    if batch.asked_by_id == by.public_id:
        raise SamePerson
    rows = SupplierPayment.objects.filter(pk=line.pk, is_dropped=False, paid_on=None)
    if batch.state != BatchState.SENT or not rows.update(is_dropped=True, reason=reason.strip()[:300]):
        raise WrongState
    line.refresh_from_db()
    record("ledger.batch.line_dropped", subject=batch, by=by, organisation=batch.organisation, reason=reason.strip())
    _end(batch, by, timezone.localdate(now))
    return line


def settle_debits(
    *, organisation: Organisation, debits: Iterable[Went], by: Any, now: datetime.datetime | None = None
) -> int:
    """What the bank's file says left the operator's account: lines by their reference, or whole files by theirs.

    Each debit in its transaction; the amount must be the one that was asked. Read again it has one effect. Return how
    many lines were paid.
    """
    now = now or timezone.now()
    return sum(_settle(organisation, debit, by, now) for debit in debits)


@transaction.atomic
def _settle(organisation: Organisation, debit: Went, by: Any, now: datetime.datetime) -> int:
    found = _lines_of(organisation, debit)
    if not found:
        return 0
    batch = lock_row(found[0].batch)
    lines = _lines_of(organisation, debit)  # as they are now that nobody else settles them
    if not lines or len({line.batch_id for line in lines}) != 1 or sum(line.cents for line in lines) != debit.cents:
        return 0
    if batch.state == BatchState.GRANTED:
        _move(batch, "send", None)
    SupplierPayment.objects.filter(pk__in=[line.pk for line in lines]).update(paid_on=debit.on)
    for line in lines:
        _post(batch, line, by, now)
    _end(batch, by, debit.on)
    return len(lines)


def _lines_of(organisation: Organisation, debit: Went) -> list[SupplierPayment]:
    """What is awaited of the references that a debit names: one line, or all that is left of a file."""
    plain = re.sub(r"[^0-9A-Z]", "", debit.text.upper())
    mine = SupplierPayment.objects.filter(batch__organisation=organisation, is_dropped=False, paid_on=None)
    mine = mine.filter(batch__state__in=[BatchState.GRANTED, BatchState.SENT], batch__read_at__isnull=False)
    if debit.account:
        mine = mine.filter(batch__iban=debit.account)
    lines = list(mine.filter(public_id__in=[name.lower() for name in LINE_NAME.findall(plain)[:5]])[:2])
    if lines:
        return lines
    names = [name.lower() for name in BATCH_NAME.findall(plain)[:5]]
    return list(mine.filter(batch__public_id__in=names).select_related("batch").order_by("pk"))


def _post(batch: PaymentBatch, line: SupplierPayment, by: Any, now: datetime.datetime) -> None:
    """Paid from the operator's own account: what was owed to the supplier is owed no more."""
    operator = batch.organisation
    claim, known = claim_key(key=f"{EntryKind.SUPPLIER}:{line.public_id}", digest=str(line.cents))
    if known is not None:
        return
    owed = account_of(operator=operator, owner=operator, kind=AccountKind.SUPPLIER)
    bank = account_of(operator=operator, owner=operator, kind=AccountKind.BANK)
    subject = Subject("ledger.paymentbatch", batch.public_id, f"{batch.reference} {line.name}")
    told = Told(operator, EntryKind.SUPPLIER, subject, str(line.cents), by, line.text, now=now)
    write_entry(
        claim=claim, told=told, moves=[Move(owed, Part.SUPPLIER, line.cents), Move(bank, Part.SUPPLIER, -line.cents)]
    )


def _end(batch: PaymentBatch, by: Any, on: datetime.date) -> None:
    """Where nothing of it is awaited any more it is over: paid, or refused where the bank paid none of it."""
    if batch.lines.filter(is_dropped=False, paid_on=None).exists():
        return
    is_paid = batch.lines.filter(paid_on__isnull=False).exists()
    _move(batch, "pay" if is_paid else "fail", by, ended_on=on)
    record("ledger.batch.ended", subject=batch, by=by, organisation=batch.organisation, paid=is_paid)
