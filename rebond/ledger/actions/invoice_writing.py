"""How an invoice gets its number and is written: one transaction from the number to the paper's words.

Only actions of this room call these, inside their transaction. A process killed between the number and the invoice
leaves neither: the number is the next one's.
"""

import datetime
from dataclasses import replace
from typing import Any

from django.db.models import F
from django.utils import timezone

from rebond.core.bulk import insert_values
from rebond.ledger.invoicing import CREDIT_NOTE, Document
from rebond.ledger.models import Invoice, InvoiceMandate, InvoiceRest, InvoiceSeries, InvoiceTax
from rebond.ledger.signals import invoice_issued
from rebond.network.models import Organisation


def take_number(*, seller: Organisation, now: datetime.datetime) -> tuple[InvoiceSeries, datetime.date]:
    """The seller's next number of the year, held until the transaction ends, and the day it is dated.

    Numbers follow days: an invoice is never dated before the one whose number comes before.
    """
    today = timezone.localdate(now)
    InvoiceSeries.objects.bulk_create([InvoiceSeries(seller=seller, year=today.year)], ignore_conflicts=True)
    series = InvoiceSeries.objects.filter(seller=seller, year=today.year)
    series.update(last=F("last") + 1)
    row = series.get()
    day = max(today, row.last_on or today)
    if row.last_on != day:
        series.update(last_on=day)
    return row, day


def number_of(seller: Organisation, year: int, sequence: int) -> str:
    """`CF-2026-000123`: the seller's letters are its own in the network."""
    return f"{seller.letters or seller.public_id}-{year}-{sequence:06d}"


def write_invoice(
    *, document: Document, series: InvoiceSeries, mandate: InvoiceMandate | None, now: datetime.datetime, **links: Any
) -> Invoice:
    """Insert the invoice, its VAT by rate and what may be credited of it; `links` are its sale or service, entry…"""
    of: Any = links.get("sale") or links["service"]
    document = replace(document, number=number_of(series.seller, series.year, series.last))
    invoice: Invoice = Invoice.objects.create(
        kind=document.kind,
        seller=series.seller,
        operator=of.operator,
        mandate=mandate,
        year=series.year,
        sequence=series.last,
        number=document.number,
        issued_on=document.issued_on,
        issued_at=now,
        order_id=of.key,
        buyer_name=document.buyer.name[:200],
        regime=document.regime,
        net_cents=document.net_cents,
        vat_cents=document.vat_cents,
        total_cents=document.total_cents,
        data=document.as_json(),
        **links,
    )
    taxes = ((invoice.pk, t.category, t.vat_bp, t.net_cents, t.vat_cents) for t in document.taxes)
    insert_values(InvoiceTax, ("invoice_id", "category", "vat_bp", "net_cents", "vat_cents"), taxes)
    if document.kind != CREDIT_NOTE:
        InvoiceRest.objects.create(invoice=invoice, total_cents=document.total_cents)
    invoice_issued.send(Invoice, invoice=invoice)
    return invoice
