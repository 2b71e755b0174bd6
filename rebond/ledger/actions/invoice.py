"""Invoices of sales: asked for by the room that sold, made by a task, once, when all they must say is known."""

import datetime
from collections.abc import Mapping
from dataclasses import asdict

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from rebond.core.locks import lock_row
from rebond.ledger import tasks
from rebond.ledger.actions.invoice_writing import take_number, write_invoice
from rebond.ledger.enums import PaidBy, SaleKind
from rebond.ledger.errors import InvoiceWaits, UnknownSale
from rebond.ledger.invoicing import INVOICE, Document, Party, Words, party_from
from rebond.ledger.models import BilledSale, Entry, Invoice, Sale
from rebond.ledger.queries.invoicing import Issuer, invoice_of, issuer_of, lines_of, made_by, rated_lines, taxes_of
from rebond.ledger.splitting import half_up
from rebond.network.queries.vat import MENTIONS

AT_ONCE = 500


@transaction.atomic
def ask_invoice(
    *,
    sale_key: str,
    buyer: Party,
    delivery: Party | None = None,
    words: Mapping[str, Words] | None = None,
    language: str = "fr",
    paid_by: str = PaidBy.ONLINE,
) -> BilledSale | None:
    """Keep who bought, and have the invoice of a sale of the books made; told again it has one effect.

    None for what a private person gave to be sold: a private person makes no invoice (rules.md A3). Raise UnknownSale.
    """
    sale = Sale.objects.filter(key=sale_key).first()
    if sale is None:
        raise UnknownSale
    if sale.kind == SaleKind.GIVEN:
        return None
    billing, is_new = BilledSale.objects.get_or_create(
        sale=sale,
        defaults={
            "buyer": asdict(buyer),
            "delivery": asdict(delivery) if delivery else {},
            "words": {key: asdict(said) for key, said in (words or {}).items()},
            "language": language,
            "means": paid_by,
        },
    )
    if is_new:
        tasks.issue_one_invoice.enqueue(sale.pk)
    return billing


def issue_by_number(*, sale_id: int) -> str:
    """The task's: the invoice's number, or why it waits."""
    try:
        return str(issue_invoice(sale=Sale.objects.select_related("seller", "operator", "entry").get(pk=sale_id)))
    except InvoiceWaits as waits:
        BilledSale.objects.filter(sale_id=sale_id).update(held=waits.reasons)
        return ", ".join(waits.reasons)


def issue_waiting(*, seller_id: int | None = None) -> int:
    """Make what waits and now may be made, of one seller or of all; return how many were.

    Read by key to the end: what is held for a seller that never accepts the mandate hides nothing behind it.
    """
    rows = BilledSale.objects.filter(is_invoiced=False).order_by("sale_id")
    rows = rows if seller_id is None else rows.filter(sale__seller_id=seller_id)
    made = last = 0
    while pks := list(rows.filter(sale_id__gt=last).values_list("sale_id", flat=True)[:AT_ONCE]):
        for pk in pks:
            issue_by_number(sale_id=pk)
        made += BilledSale.objects.filter(sale_id__in=pks, is_invoiced=True).count()
        last = pks[-1]
    return made


@transaction.atomic
def issue_invoice(*, sale: Sale, now: datetime.datetime | None = None) -> Invoice:
    """The invoice of a sale whose buyer was told, dated today, under the seller's regime of the day of payment.

    Once: a second call gives the first one back. Then the credit notes of what was refunded meanwhile are asked for.
    Raise InvoiceWaits, UnknownSale (nobody told who bought).
    """
    now = now or timezone.now()
    row = BilledSale.objects.filter(sale=sale).first()
    if row is None:
        raise UnknownSale
    billing = lock_row(row)
    if (known := invoice_of(sale)) is not None:
        return known
    issuer = issuer_of(sale.seller, sale.operator, sale.on)
    if issuer.held:
        raise InvoiceWaits(list(issuer.held))
    series, day = take_number(seller=sale.seller, now=now)
    document = document_of(sale, billing, issuer, day)
    invoice = write_invoice(
        document=document, series=series, mandate=issuer.mandate, now=now, sale=sale, entry=sale.entry
    )
    BilledSale.objects.filter(pk=billing.pk).update(is_invoiced=True, held=[])
    for pk in refund_entries(sale):
        tasks.issue_one_credit_note.enqueue(pk)
    return invoice


def refund_entries(sale: Sale) -> list[int]:
    """Entries that gave something of a sale back."""
    rows = Entry.objects.filter(refunds__line__sale=sale).order_by("pk").distinct()
    return list(rows.values_list("pk", flat=True))


def document_of(
    sale: Sale, billing: BilledSale, issuer: Issuer, day: datetime.date, left: dict[str, int] | None = None
) -> Document:
    """All that the invoice of a sale says, without its number; `left` are the cents by line where some are credited."""
    with translation.override(billing.language):
        lines = lines_of(rated_lines(sale, issuer.regime, left), billing)
    return Document(
        kind=INVOICE,
        number="",
        issued_on=day,
        paid_on=sale.on,
        seller=issuer.party,
        buyer=party_from(billing.buyer),
        delivery=party_from(billing.delivery) if billing.delivery else None,
        lines=tuple(lines),
        taxes=taxes_of(lines, issuer.regime),
        regime=issuer.regime,
        mention=MENTIONS[issuer.regime],
        made_by=made_by(sale.seller, sale.operator),
        order=sale.entry.subject_label or sale.key,
        language=billing.language,
        paid_by=billing.means,
        iban=settings.TRANSFER_IBAN if billing.means == PaidBy.TRANSFER else "",
        voucher_cents=sale.voucher_cents if left is None else _voucher_left(sale, left),
        card_cents=sale.gift_cents if left is None else _card_left(sale, left),
        voucher_by=(sale.operator.legal_name or sale.operator.name) if sale.voucher_cents else "",
    )


def _card_left(sale: Sale, left: dict[str, int]) -> int:
    """What a gift card still pays of what is `left`: refunds went back on it first."""
    return min(sale.gift_cents - sale.gift_refunded_cents, sum(left.values()))


def _voucher_left(sale: Sale, left: dict[str, int]) -> int:
    """What the operator's voucher still pays, where an invoice is made again of what is `left` of its lines."""
    rows = sale.lines.filter(voucher_cents__gt=0)
    return sum(half_up(row.voucher_cents, left.get(row.key, 0), row.cents) for row in rows)
