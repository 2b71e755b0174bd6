"""Invoices and credit notes of an order, for its buyer."""

import datetime
from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from rebond.core.prepared import PreparedIn
from rebond.ledger.models import BilledSale, Invoice
from rebond.shop.enums import OrderLineState
from rebond.shop.models import Order, OrderLine, SellerOrder
from rebond.shop.queries.orders import token_of

PROMISED = datetime.timedelta(days=1)


def _keys(order: Order) -> list[str]:
    return list(SellerOrder.objects.filter(order=order).order_by("pk").values_list("public_id", flat=True))


_BY_KEY: PreparedIn[Invoice] = PreparedIn(
    lambda keys: Invoice.objects.filter(sale__key__in=keys).select_related("seller").order_by("pk"), kind=str
)
_BILLED: PreparedIn[tuple[str, bool, list[str]]] = PreparedIn(
    lambda keys: BilledSale.objects.filter(sale__key__in=keys).values_list("sale__key", "is_invoiced", "held"), kind=str
)


def papers_of(order: Order, parts: Iterable[SellerOrder] | None = None) -> list[Invoice]:
    """What was made for this order, the oldest first; one query where the caller has read all its parts."""
    return _BY_KEY.run(_keys(order) if parts is None else [part.public_id for part in parts])


def find_paper(order: Order, public_id: str) -> Invoice | None:
    """One of the order's own papers."""
    found: Invoice | None = Invoice.objects.filter(sale__key__in=_keys(order), public_id=public_id).first()
    return found


def is_one_coming(order: Order) -> bool:
    """Whether an invoice is about to be made: asked for, and nothing of it is missing that we know of."""
    return BilledSale.objects.filter(sale__key__in=_keys(order), is_invoiced=False, held=[]).exists()


def waited_for(order: Order, lines: Iterable[OrderLine]) -> str:
    """Whether papers of an order's lines, read with their parts, are still to come.

    "coming" by themselves, promised for a day after the payment; "held" until the seller completes its data; or "".
    """
    keys = {line.part.public_id for line in lines if line.state == OrderLineState.SOLD}
    rows = _BILLED.run(sorted(keys))
    states = {key: "" if is_invoiced else "held" if held else "coming" for key, is_invoiced, held in rows}
    found = {states.get(key, "coming") for key in keys}
    if "held" in found:
        return "held"
    is_new = order.paid_at is not None and timezone.now() - order.paid_at < PROMISED
    return "coming" if is_new and "coming" in found else ""


def paper_path(order: Order, paper: Invoice) -> str:
    """The signed address of a paper, for guests and accounts alike."""
    return reverse("shop:order-paper", args=[order.public_id, token_of(order), paper.public_id])
