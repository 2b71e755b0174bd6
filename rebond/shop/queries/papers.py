"""Invoices and credit notes of an order, for its buyer."""

from django.urls import reverse

from rebond.ledger.models import BilledSale, Invoice
from rebond.shop.enums import OrderLineState
from rebond.shop.models import Order, SellerOrder
from rebond.shop.queries.orders import token_of


def _keys(order: Order) -> list[str]:
    return list(SellerOrder.objects.filter(order=order).order_by("pk").values_list("public_id", flat=True))


def papers_of(order: Order) -> list[Invoice]:
    """What was made for this order, the oldest first."""
    return list(Invoice.objects.filter(sale__key__in=_keys(order)).select_related("seller").order_by("pk"))


def find_paper(order: Order, public_id: str) -> Invoice | None:
    """One of the order's own papers."""
    found: Invoice | None = Invoice.objects.filter(sale__key__in=_keys(order), public_id=public_id).first()
    return found


def is_one_coming(order: Order) -> bool:
    """Whether an invoice is about to be made: asked for, and nothing of it is missing that we know of."""
    return BilledSale.objects.filter(sale__key__in=_keys(order), is_invoiced=False, held=[]).exists()


def waited_for(order: Order) -> str:
    """Whether papers are still to come: "coming" by themselves, "held" until the seller completes its data, or ""."""
    sold = SellerOrder.objects.filter(order=order, lines__state=OrderLineState.SOLD).distinct()
    keys = set(sold.values_list("public_id", flat=True))
    rows = BilledSale.objects.filter(sale__key__in=keys).values_list("sale__key", "is_invoiced", "held")
    states = {key: "" if is_invoiced else "held" if held else "coming" for key, is_invoiced, held in rows}
    found = {states.get(key, "coming") for key in keys}
    return next((state for state in ("held", "coming") if state in found), "")


def paper_path(order: Order, paper: Invoice) -> str:
    """The signed address of a paper, for guests and accounts alike."""
    return reverse("shop:order-paper", args=[order.public_id, token_of(order), paper.public_id])
