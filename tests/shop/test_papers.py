"""A paid order has its invoices, a refund its credit note: on the order's page, by mail, for guests too, nobody else."""

import datetime
import uuid

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.journal.models import OutgoingMail
from rebond.ledger.actions.invoice import issue_waiting
from rebond.ledger.actions.mandate import accept_mandate
from rebond.ledger.models import BilledSale, Invoice
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.invoices import ask_invoices
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.actions.refund import ask_refund
from rebond.shop.models import Order, OrderLine, SellerOrder
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.papers import paper_path, papers_of, waited_for
from tests.factories.catalogue import ItemFactory
from tests.factories.invoices import make_issuer
from tests.factories.network import AgreementFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
NOW = timezone.now()


def lines_of(order):
    return OrderLine.objects.filter(part__order=order).select_related("part")


def run_tasks():
    """All that waits is done, in its order, as the worker does it."""
    while (row := DBTaskResult.objects.filter(status="READY").order_by("enqueued_at", "pk").first()) is not None:
        DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


def buy(*items, shipping=490, keeper="amina"):
    who = Keeper(visitor=keeper)
    for item in items:
        take_item(keeper=who, item=item, now=NOW)
    total = sum(item.price_cents for item in items) + shipping * len(items)
    ways = {item.pk: Way(n, "home", shipping) for n, item in enumerate(items, start=1)}
    payment = place_order(
        keeper=who,
        email="a@example.org",
        operation=uuid.uuid4(),
        provider="test",
        agreed=Agreed(ways, total, {"name": "Amina Dubois", "city": "Agen"}),
        now=NOW,
    )
    receive_event(told=Told("test", f"e-{payment.pk}", "paid", payment.public_id, total), now=NOW)
    return Order.objects.get(pk=payment.order_id)


@pytest.fixture
def chair(seller, operator, owner, index):
    AgreementFactory(organisation=seller, operator=operator)
    make_issuer(seller, operator, by=owner)
    return ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)


@pytest.fixture
def lamp(stranger, operator, index):
    """Sold by another seller, whose mandate is not accepted."""
    other = stranger.memberships.get().organisation
    other.siren = "404833048"
    make_issuer(other, operator, mandate=False)
    return ItemFactory(seller=other, on_sale=True, title="Lampe", price_cents=1200)


def test_a_paid_order_has_its_invoice_and_one_mail(client, chair):
    order = buy(chair)
    assert waited_for(order, lines_of(order)) == "coming"
    assert "en cours de préparation" in client.get(order_path(order)).content.decode()

    run_tasks()

    paper = Invoice.objects.get()
    assert (paper.total_cents, paper.buyer_name) == (2_990, "Amina Dubois")
    assert paper.document.lines[0].code == chair.code
    mail = OutgoingMail.objects.get(kind="shop.invoice")
    assert (mail.to, mail.subject) == ("a@example.org", f"Facture de votre commande {order.public_id}")
    assert paper_path(order, paper) in mail.text
    shown = client.get(order_path(order)).content.decode()
    assert f"Facture {paper.number}" in shown
    assert paper_path(order, paper) in shown
    assert waited_for(order, lines_of(order)) == ""


def test_a_paper_is_promised_for_a_day_only(client, chair):
    """What a person gave to be sold has no invoice, nor has what was sold before the books made them."""
    order = buy(chair)
    BilledSale.objects.all().delete()
    Order.objects.filter(pk=order.pk).update(paid_at=timezone.now() - datetime.timedelta(hours=25))
    order.refresh_from_db()

    assert waited_for(order, lines_of(order)) == ""
    assert "en cours de préparation" not in client.get(order_path(order)).content.decode()


def test_a_guest_downloads_it_by_the_signed_link_and_nobody_without(client, chair):
    order = buy(chair)
    run_tasks()
    url = paper_path(order, Invoice.objects.get())

    answer = client.get(url)

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert client.get(url).content == answer.content
    assert client.post(url).status_code == 405
    assert client.get(url.replace(order_path(order).split("/")[-2], "x" * 43)).status_code == 404


def test_a_paper_of_another_order_is_not_found(client, chair, seller):
    first = buy(chair)
    second = buy(ItemFactory(seller=seller, on_sale=True, price_cents=100), keeper="ben")
    run_tasks()
    papers = {order.pk: papers_of(order)[0] for order in (first, second)}

    assert client.get(paper_path(first, papers[second.pk])).status_code == 404
    assert client.get(paper_path(second, papers[second.pk])).status_code == 200


def test_each_refund_brings_its_credit_note_and_a_mail(client, chair):
    order = buy(chair)
    run_tasks()
    part = SellerOrder.objects.get()
    line = part.lines.get()

    ask_refund(part=part, lines={line.pk: 500}, reason="gesture", by=None, operation=uuid.uuid4())
    run_tasks()
    ask_refund(part=part, lines={line.pk: 2_000}, shipping_cents=490, reason="gesture", by=None, operation=uuid.uuid4())
    run_tasks()

    first, *notes = papers_of(order)
    assert [note.total_cents for note in notes] == [500, 2_490]
    assert sum(note.vat_cents for note in notes) == first.vat_cents
    assert OutgoingMail.objects.filter(kind="shop.invoice").count() == 3
    assert OutgoingMail.objects.filter(subject=f"Avoir pour votre commande {order.public_id}").count() == 2
    assert "−5,00" in client.get(order_path(order)).content.decode().replace("-5,00", "−5,00")


def test_an_invoice_that_waits_is_told_and_comes_later(client, chair, lamp, operator):
    order = buy(chair, lamp)
    run_tasks()

    assert [paper.seller_id for paper in papers_of(order)] == [chair.seller_id]
    assert BilledSale.objects.get(is_invoiced=False).held == ["no_mandate"]
    assert "complète ses propres informations" in client.get(order_path(order)).content.decode()
    assert OutgoingMail.objects.filter(kind="shop.invoice").count() == 1

    accept_mandate(seller=lamp.seller, operator=operator, by=None)
    run_tasks()

    assert len(papers_of(order)) == 2
    assert OutgoingMail.objects.filter(kind="shop.invoice").count() == 2
    assert issue_waiting() == 0


def test_invoices_are_asked_once(chair):
    order = buy(chair)
    run_tasks()
    ask_invoices(order_id=order.pk)
    run_tasks()
    assert (BilledSale.objects.count(), Invoice.objects.count()) == (1, 1)
