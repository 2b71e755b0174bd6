"""Billed services: the desk's list, what was billed to a member, and the proof of `check-ledger`."""

from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from rebond.ledger.enums import AccountKind, EntryKind, InvoiceKind, PaidHow, ServiceKind
from rebond.ledger.errors import NoPayer
from rebond.ledger.models import Balance, BilledService, Invoice, Posting
from rebond.ledger.pain001 import Payer
from rebond.ledger.queries.supplier_payments import payer
from rebond.network.models import Organisation

TABS = ("attendues", "payees", "avoirs")


def services_of(operator: Organisation, *, tab: str = "", kind: str = "", words: str = "") -> "QuerySet[BilledService]":
    """What an operator billed, the newest first. `tab`: a key of TABS, or all; `words`: a service or its customer."""
    rows: Any = BilledService.objects.filter(operator=operator)
    transfers = Q(paid_how=PaidHow.TRANSFER)
    if tab in TABS:
        states = {
            "attendues": transfers & Q(paid_on=None, credited_at=None),
            "payees": (~transfers | Q(paid_on__isnull=False)) & Q(credited_at=None),
            "avoirs": Q(credited_at__isnull=False),
        }
        rows = rows.filter(states[tab])
    if kind in ServiceKind.values:
        rows = rows.filter(kind=kind)
    for word in words.split()[:5]:
        rows = rows.filter(Q(label__icontains=word) | Q(customer_name__icontains=word))
    found: QuerySet[BilledService] = rows.order_by("-pk")
    return found


def papers_of(service: BilledService) -> list[Invoice]:
    """Its invoice, then its credit note."""
    return list(service.invoices.defer("data").order_by("pk"))


def billed_to(organisation: Organisation, limit: int) -> list[Invoice]:
    """The newest invoices and credit notes of services billed to a member."""
    rows = Invoice.objects.filter(service__customer=organisation).select_related("seller", "service").defer("data")
    return list(rows.order_by("-pk")[:limit])


def named_in(operator: Organisation, numbers: Collection[tuple[int, int]], kind: str) -> BilledService | None:
    """The service of the one paper of this kind that (year, sequence) names; None for no number, or several."""
    if len(numbers) != 1:
        return None
    ((year, sequence),) = numbers
    papers = Invoice.objects.filter(seller=operator, year=year, sequence=sequence, kind=kind)
    found: BilledService | None = BilledService.objects.filter(invoices__in=papers).select_related("operator").first()
    return found


def number_of(service: BilledService) -> str:
    """The number of its invoice."""
    papers = Invoice.objects.filter(service=service, kind=InvoiceKind.INVOICE)
    return str(papers.values_list("number", flat=True).first() or "")


def account_for(invoice: Invoice) -> Payer | None:
    """The account on which this invoice of a service is paid, while its transfer is awaited."""
    if invoice.service is None or invoice.kind != InvoiceKind.INVOICE or not invoice.service.is_awaited:
        return None
    try:
        return payer()
    except NoPayer:
        return None


def owed_by_customer(service: BilledService) -> int:
    """What its customer, a member, owes to the operator now, in cents; less than zero where the operator owes."""
    rows = Balance.objects.filter(
        account__operator=service.operator_id, account__owner=service.customer_id, account__kind=AccountKind.SELLER
    )
    return rows.values_list("cents", flat=True).first() or 0


def awaited_of(operator: Organisation) -> "QuerySet[BilledService]":
    """Services whose transfer is awaited."""
    rows: QuerySet[BilledService] = services_of(operator, tab="attendues")
    return rows


def members_of(operator: Organisation) -> "QuerySet[Organisation]":
    """Whom a service may be billed to: every organisation of the network that has a SIREN, but the operator."""
    rows: QuerySet[Organisation] = Organisation.objects.exclude(pk=operator.pk).exclude(siren="")
    return rows.order_by("name", "pk")


def wrong_services() -> Iterator[tuple[str, int, int]]:
    """Services that are not what their entry, their invoice, their credit note and the bank's entries say."""
    debits = Posting.objects.filter(entry=OuterRef("entry"), cents__gt=0).order_by().values("entry")
    kept = Posting.objects.filter(entry__reverses=OuterRef("entry"), cents__gt=0).order_by().values("entry")
    papers = Invoice.objects.filter(service=OuterRef("pk")).order_by()
    bank = Posting.objects.filter(
        entry__subject_kind="ledger.billedservice", entry__subject_id=OuterRef("public_id"), account__kind="bank"
    )
    due = Posting.objects.filter(
        entry__subject_kind="ledger.billedservice",
        entry__subject_id=OuterRef("public_id"),
        entry__kind=EntryKind.SERVICE_DUE,
        account__kind="customer",
    )
    rows = BilledService.objects.annotate(
        posted=Subquery(debits.annotate(n=Sum("cents")).values("n")),
        undone=Subquery(kept.annotate(n=Sum("cents")).values("n")),
        invoiced=Subquery(papers.filter(kind=InvoiceKind.INVOICE).values("total_cents")[:1]),
        invoiced_vat=Subquery(papers.filter(kind=InvoiceKind.INVOICE).values("vat_cents")[:1]),
        credited=Subquery(papers.filter(kind=InvoiceKind.CREDIT_NOTE).values("total_cents")[:1]),
        turned=Subquery(due.order_by().values("account__kind").annotate(n=Sum("cents")).values("n")),
        banked=Subquery(bank.order_by().values("account__kind").annotate(n=Sum("cents")).values("n")),
    ).order_by("pk")
    names = ("public_id", "cents", "vat_cents", "credited_at", "paid_on", "back_on", "paid_line", "due_on")
    sums = ("posted", "invoiced", "invoiced_vat", "undone", "credited", "turned", "banked")
    for row in rows.values_list(*names, *sums).iterator(2_000):
        name, cents, vat, credited_at, paid_on, back_on, line, due_on, *found = row
        back, turned = (cents if credited_at else 0), (cents if due_on and not credited_at else 0)
        at_bank = (cents if paid_on else 0) - (cents if back_on else 0)
        at_bank -= cents if line == BilledService.MATCHED else 0  # it came with the lines that were matched
        for said, kept in zip((cents, cents, vat, back, back, turned, at_bank), found, strict=True):
            if said != (kept or 0):
                yield name, said, kept or 0
                break
