"""Lists of invoices for the desk, read by key: they do not slow down with their number."""

import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from rebond.ledger.enums import InvoiceHeld, InvoiceKind
from rebond.ledger.models import BilledSale, Invoice, InvoiceContest
from rebond.ledger.queries.statements import month_days
from rebond.network.models import Organisation


def invoices_of(
    *, seller: Organisation | None = None, operator: Organisation | None = None, kind: str = "", words: str = ""
) -> "QuerySet[Invoice]":
    """The newest first: of a seller, or of all sellers in an operator's books. `words`: a number, a buyer, a seller."""
    scope = {"seller": seller} if seller is not None else {"operator": operator}
    rows: Any = Invoice.objects.filter(**scope)
    if kind in InvoiceKind.values:
        rows = rows.filter(kind=kind)
    for word in words.split()[:5]:
        found = Q(number__istartswith=word) | Q(buyer_name__icontains=word)
        rows = rows.filter(found | Q(seller__name__icontains=word) if seller is None else found)
    found_rows: QuerySet[Invoice] = rows.select_related("seller").defer("data").order_by("-pk")
    return found_rows


def in_month(rows: "QuerySet[Invoice]", month: str) -> "QuerySet[Invoice]":
    """Those dated in a month written `2026-11`; all of them for anything else."""
    year, _dash, number = month.partition("-")
    try:
        return rows.filter(issued_on__range=month_days(int(year), int(number)))
    except ValueError:
        return rows


def waiting_of(seller: Organisation) -> tuple[int, list[str]]:
    """How many sales of a seller wait for their invoice, and what is missing, in words."""
    rows = BilledSale.objects.filter(sale__seller=seller, is_invoiced=False).exclude(held=[])
    number = rows.count()
    keys = {key for held in rows.order_by("-pk").values_list("held", flat=True)[:50] for key in held}
    return number, [str(held.label) for held in InvoiceHeld if held.value in keys]


def sellers_waiting(operator: Organisation) -> list[tuple[str, int]]:
    """Sellers whose sales wait for their invoice, the most first: name and number."""
    rows = BilledSale.objects.filter(sale__operator=operator, is_invoiced=False).exclude(held=[])
    sums = rows.order_by().values("sale__seller__name").annotate(n=Count("pk")).order_by("-n", "sale__seller__name")
    return [(row["sale__seller__name"], row["n"]) for row in sums[:20]]


def contest_until(invoice: Invoice) -> datetime.date | None:
    """The last day on which the seller may contest it; None for a credit note, or its own invoice."""
    if invoice.is_credit_note or invoice.mandate is None:
        return None
    return invoice.issued_on + datetime.timedelta(days=invoice.mandate.contest_days)


def open_contests(operator: Organisation) -> "QuerySet[InvoiceContest]":
    """What sellers contest and nobody has answered, the oldest first."""
    rows = InvoiceContest.objects.filter(invoice__operator=operator, answered_at__isnull=True)
    return rows.select_related("invoice__seller").order_by("at")
