"""Sales to consumers as the tax office wants them told: sums by day, category and rate (rules.md F7, e-reporting).

CGI 290 and ann. II 242 nonies M to P. Invoices to professionals go by e-invoicing, not here. A day that is over never
changes: an invoice and a credit note are dated the day they are made, so what is corrected is in the period of its
credit note, as a sum below zero where it must be.
"""

import calendar
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Sum, When
from django.utils.formats import number_format

from rebond.ledger.enums import InvoiceKind
from rebond.ledger.models import InvoiceTax
from rebond.ledger.splitting import half_up
from rebond.network.enums import VatRegime, VatRhythm
from rebond.network.models import Organisation

CURRENCY = "EUR"
GOODS, MARGIN = "TLB1", "TMA1"  # categories of transactions of the tax office's specification
MARGIN_BP = 2_000
SIGNED: BigIntegerField[int, int] = BigIntegerField()
# Regimes whose sales are told: what articles 261 to 261 E exempt, and what is outside VAT, is not.
CATEGORIES = {
    VatRegime.STANDARD.value: GOODS,
    VatRegime.FRANCHISE_293B.value: GOODS,
    VatRegime.MARGIN.value: MARGIN,
}


@dataclass(frozen=True, slots=True)
class DaySum:
    """One line of the file: a seller's day in one category under one rate. Cents; below zero where more came back.

    `transactions` counts invoices; one with two rates counts in both lines.
    """

    seller_id: int
    name: str
    siren: str
    on: datetime.date
    category: str
    vat_bp: int
    net_cents: int
    vat_cents: int
    transactions: int
    currency: str = CURRENCY

    @property
    def rate(self) -> str:
        return percent(self.vat_bp)


def consumer_taxes(
    first: datetime.date,
    last: datetime.date,
    *,
    seller: Organisation | None = None,
    operator: Organisation | None = None,
) -> "QuerySet[InvoiceTax]":
    """VAT by rate of the invoices to consumers of a period, of a seller or of an operator's books."""
    scope: dict[str, Any] = {"invoice__seller": seller} if seller is not None else {"invoice__operator": operator}
    rows = InvoiceTax.objects.filter(invoice__issued_on__range=(first, last), **scope)
    return rows.filter(invoice__data__buyer__siren="", invoice__regime__in=CATEGORIES)


def day_sums(rows: "QuerySet[InvoiceTax]") -> Iterator[DaySum]:
    """The lines, seller by seller, day by day: one query for any number of invoices.

    Under the margin scheme the sum is the margin's: what was given costs nothing, so the margin is the price, and the
    VAT is 20/120 of the day's (rules.md F7).
    """
    names = ("invoice__seller_id", "invoice__seller__name", "invoice__seller__siren", "invoice__issued_on")
    sums = rows.order_by().values_list(*names, "invoice__regime", "vat_bp")
    sums = sums.annotate(
        net=Sum(_signed("net_cents")),
        vat=Sum(_signed("vat_cents")),
        number=Count("pk", filter=Q(invoice__kind=InvoiceKind.INVOICE)),
    )
    ordered = sums.order_by("invoice__seller__name", "invoice__seller_id", "invoice__issued_on", "-vat_bp")
    for seller, name, siren, on, regime, bp, net, vat, number in ordered:
        category = CATEGORIES[regime]
        if category == MARGIN:
            inside = _sign(net) * half_up(abs(net), MARGIN_BP, 10_000 + MARGIN_BP)
            yield DaySum(seller, name, siren, on, category, MARGIN_BP, net - inside, inside, number)
        else:
            yield DaySum(seller, name, siren, on, category, bp, net, vat, number)


def _signed(field: str) -> Any:
    return Case(When(invoice__kind=InvoiceKind.CREDIT_NOTE, then=F(field) * -1), default=F(field), output_field=SIGNED)


def _sign(cents: int) -> int:
    return -1 if cents < 0 else 1


@dataclass(slots=True)
class RateSum:
    """What a period comes to in one category under one rate."""

    category: str
    vat_bp: int
    net_cents: int = 0
    vat_cents: int = 0
    transactions: int = 0

    @property
    def rate(self) -> str:
        return percent(self.vat_bp)


def percent(bp: int) -> str:
    """`5,5` of 550 hundredths of a percent, as the reader writes it."""
    whole, rest = divmod(bp, 100)
    return number_format(Decimal(bp).scaleb(-2).normalize() if rest else whole)


def totals_of(lines: "list[DaySum]") -> list[RateSum]:
    """The period by category and rate, the highest rate first."""
    found: dict[tuple[str, int], RateSum] = {}
    for line in lines:
        total = found.setdefault((line.category, line.vat_bp), RateSum(line.category, line.vat_bp))
        total.net_cents += line.net_cents
        total.vat_cents += line.vat_cents
        total.transactions += line.transactions
    return sorted(found.values(), key=lambda total: (total.category, -total.vat_bp))


def periods_of(
    regime: str, year: int, month: int, rhythm: str = VatRhythm.MONTHLY
) -> list[tuple[datetime.date, datetime.date]]:
    """The periods that a seller tells for a month (rules.md F7): three of them where VAT is declared each month, the
    month where it is each quarter or once a year; two months together under the 293 B franchise, whatever the rhythm.
    """
    if regime == VatRegime.FRANCHISE_293B:
        begin = month - (month - 1) % 2
        return [(datetime.date(year, begin, 1), _end(year, begin + 1))]
    first, end = datetime.date(year, month, 1), _end(year, month)
    if rhythm in {VatRhythm.QUARTERLY, VatRhythm.SIMPLIFIED}:
        return [(first, end)]
    return [
        (first, first.replace(day=10)),
        (first.replace(day=11), first.replace(day=20)),
        (first.replace(day=21), end),
    ]


def _end(year: int, month: int) -> datetime.date:
    return datetime.date(year, month, calendar.monthrange(year, month)[1])
