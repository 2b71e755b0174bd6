"""Credit notes: each refund of the books has its own, which refers to its invoice and never passes it."""

import datetime
from collections import defaultdict
from dataclasses import replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.ledger.actions.invoice_writing import take_number, write_invoice
from rebond.ledger.errors import TooMuch, UnknownSale
from rebond.ledger.invoicing import CREDIT_NOTE, Line
from rebond.ledger.models import Entry, Invoice, InvoiceRest
from rebond.ledger.queries.invoicing import credited_of, invoice_of, lines_given_back, taxes_of


def issue_by_number(*, entry_id: int) -> str:
    """The task's: the credit note's number; "" where its sale has no invoice yet, which asks for it again."""
    found = issue_credit_note(entry=Entry.objects.get(pk=entry_id))
    return str(found or "")


@transaction.atomic
def issue_credit_note(*, entry: Entry, now: datetime.datetime | None = None) -> Invoice | None:
    """The credit note of an entry that gave something back, dated today. Once; None before its sale's invoice.

    The VAT of each rate comes back in the share of what was given back of it: the credit notes of an invoice that is
    given back whole add up to it. Raise UnknownSale where the entry gave nothing back, TooMuch.
    """
    now = now or timezone.now()
    rows = list(entry.refunds.select_related("line__sale__seller", "line__sale__operator").order_by("pk"))
    if not rows:
        raise UnknownSale
    invoice = invoice_of(rows[0].line.sale)
    if invoice is None:
        return None
    rest = lock_row(InvoiceRest.objects.get(invoice=invoice))
    known: Invoice | None = Invoice.objects.filter(entry=entry).first()
    if known is not None:
        return known
    wanted: dict[str, int] = defaultdict(int)
    for row in rows:
        wanted[row.line.key] += row.cents
    lines = lines_given_back(invoice.document, credited_of(invoice), wanted)
    voucher = sum(row.voucher_cents for row in rows)
    return write_credit_note(
        invoice=invoice, rest=rest, lines=lines, reason=entry.reason, now=now, entry=entry, voucher_cents=voucher
    )


def write_credit_note(
    *,
    invoice: Invoice,
    rest: InvoiceRest,
    lines: list[Line],
    reason: str,
    now: datetime.datetime,
    entry: Entry | None = None,
    voucher_cents: int = 0,
) -> Invoice:
    """Number and write it; the caller has locked `rest`. Raise TooMuch where it would pass the invoice.

    `voucher_cents` of it go back to the operator, not to the buyer. Without an entry it only makes way for a new
    invoice: it keeps the day of payment, and its paper says that nothing is given back.
    """
    cents = sum(line.cents for line in lines)
    left = InvoiceRest.objects.filter(pk=rest.pk, total_cents__gte=F("credited_cents") + cents)
    if not left.update(credited_cents=F("credited_cents") + cents):
        raise TooMuch
    series, day = take_number(seller=invoice.seller, now=now)
    document = replace(
        invoice.document,
        kind=CREDIT_NOTE,
        issued_on=day,
        paid_on=entry.on if entry is not None else invoice.document.paid_on,
        lines=tuple(lines),
        taxes=taxes_of(lines, invoice.regime),
        reason=reason,
        corrects=invoice.number,
        corrects_on=invoice.issued_on,
        voucher_cents=voucher_cents,
        is_correction=entry is None,
    )
    return write_invoice(
        document=document,
        series=series,
        mandate=invoice.mandate,
        now=now,
        sale=invoice.sale,
        service=invoice.service,
        entry=entry,
        corrects=invoice,
    )
