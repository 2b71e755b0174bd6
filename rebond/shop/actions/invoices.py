"""The papers of an order: who bought is told to the books, and the buyer is told when invoices are there."""

from dataclasses import replace

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.ledger.actions.invoice import ask_invoice
from rebond.ledger.enums import PaidBy
from rebond.ledger.invoicing import Party, Words
from rebond.ledger.queries.invoicing import party_of
from rebond.shop.enums import OrderLineState
from rebond.shop.models import Order, OrderLine
from rebond.shop.money_enums import BY_GIFT_CARD, COLLECTION, TRANSFER, Means
from rebond.shop.queries.gestures import paid_by
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.papers import is_one_coming, paper_path, papers_of

AT_COUNTER: dict[str, PaidBy] = {Means.CARD: PaidBy.CARD, Means.CASH: PaidBy.CASH, Means.CHEQUE: PaidBy.CHEQUE}


@transaction.atomic
def ask_invoices(*, order_id: int) -> None:
    """Tell the books who bought each part of a paid order; told again it has one effect."""
    order = Order.objects.select_related("organisation").get(pk=order_id)
    how = _paid_by(order)
    lines = OrderLine.objects.filter(part__order=order, state=OrderLineState.SOLD).select_related("part", "item")
    words: dict[str, dict[str, Words]] = {}
    for line in lines.order_by("pk"):
        before = line.full_cents if line.seller_cents < line.full_cents else 0
        said = Words(label=line.title, code=line.item.code, quantity=line.quantity, before_cents=before)
        words.setdefault(line.part.public_id, {})[str(line.pk)] = said
    for sale_key, said_of in words.items():
        ask_invoice(sale_key=sale_key, buyer=_buyer(order), words=said_of, language=order.language, paid_by=how)


def _paid_by(order: Order) -> PaidBy:
    """The means that the papers tell; a gift card that paid a part of an order is told beside it."""
    payment = paid_by(order)
    if payment is None:
        return PaidBy.ONLINE
    if payment.provider == COLLECTION:
        return AT_COUNTER.get(payment.means, PaidBy.COUNTER)
    return {TRANSFER: PaidBy.TRANSFER, BY_GIFT_CARD: PaidBy.GIFT_CARD}.get(payment.provider, PaidBy.ONLINE)


def _buyer(order: Order) -> Party:
    if order.organisation is not None:
        return replace(party_of(order.organisation, ""), email=order.email)
    return Party(
        name=order.name or order.email,
        address=order.address,
        postal_code=order.postal_code,
        city=order.city,
        email=order.email,
        phone=order.phone,
    )


def write_invoice_mail(*, order_id: int) -> None:
    """One mail for the invoices of an order, once the last one is made; then one for each credit note (its key)."""
    order = Order.objects.get(pk=order_id)
    papers = papers_of(order)
    if not papers or is_one_coming(order):
        return
    last = papers[-1]
    with translation.override(order.language), transaction.atomic():
        subject = (
            _("Credit note for your order %(code)s") if last.is_credit_note else _("Invoice of your order %(code)s")
        )
        queue_mail(
            kind="shop.invoice",
            to=order.email,
            subject=subject % {"code": order.public_id},
            template="shop/mail/invoice",
            context={
                "order": order,
                "last": last,
                "papers": [(paper, absolute(paper_path(order, paper))) for paper in papers],
                "order_url": absolute(order_path(order)),
            },
            key=f"shop.invoice:{order.public_id}:{len(papers)}",
        )
