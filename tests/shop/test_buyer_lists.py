"""A buyer's own lists: orders, invoices and credit notes, returns, messages; theirs only, as fast with many."""

import datetime
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.ledger.models import Invoice
from rebond.shop.actions.conversation import Written, answer_buyer, write_to_seller
from rebond.shop.actions.refund import ask_refund
from rebond.shop.actions.withdrawal import Declaration, declare_withdrawal
from rebond.shop.models import Conversation, Order, OrderLine, Refund, Return, SellerOrder
from rebond.shop.queries import buyer_lists
from rebond.shop.queries.buyer_return import return_path
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import order_path
from rebond.shop.queries.papers import paper_path
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.invoices import make_issuer
from tests.factories.network import AgreementFactory
from tests.factories.shop import paid_order

pytestmark = [pytest.mark.page, pytest.mark.django_db]
PAGES = ("shop:orders", "shop:my-papers", "shop:my-returns", "shop:my-conversations")
LISTS = (buyer_lists.orders_of, buyer_lists.papers_for, buyer_lists.returns_for, buyer_lists.conversations_for)


@pytest.fixture
def buyer(db):
    return UserFactory(name="Camille Vasseur")


@pytest.fixture
def shop(seller, operator, owner, index):
    AgreementFactory(organisation=seller, operator=operator)
    make_issuer(seller, operator, by=owner)
    return seller


def run_tasks():
    while (row := DBTaskResult.objects.filter(status="READY").order_by("enqueued_at", "pk").first()) is not None:
        DBTaskResult.objects.filter(pk=row.pk).update(status="SUCCESSFUL")
        row.task.call(*row.args_kwargs["args"], **row.args_kwargs["kwargs"])


def life(seller, user, title="Chaise", ask=True):
    """An order with its invoice, a question about it, and its withdrawal."""
    item = ItemFactory(seller=seller, on_sale=True, title=title, price_cents=2500)
    order = paid_order(item, user=user, email=user.email, shipping=490)
    part = order.parts.get()
    line = part.lines.get()
    run_tasks()
    written = Written("Elle boite.", uuid.uuid4(), None)
    write_to_seller(part=part, reason="broken", line=line, written=written, name="Camille")
    if ask:
        SellerOrder.objects.filter(pk=part.pk).update(
            state="delivered", shipped_at=timezone.now(), delivered_at=timezone.now()
        )
        said = Declaration([line.pk], "Camille", user.email, uuid.uuid4())
        declare_withdrawal(order=Order.objects.get(pk=order.pk), said=said)
    return order


def give_back(order, line, cents, reason):
    ask_refund(part=order.parts.get(), lines={line.pk: cents}, reason=reason, by=None, operation=uuid.uuid4())


def words(response):
    assert response.status_code == 200
    return " ".join(BeautifulSoup(response.content, "html.parser").main.get_text(" ").split())


def links(response):
    return {a["href"] for a in BeautifulSoup(response.content, "html.parser").main.find_all("a", href=True)}


def test_each_list_tells_what_it_holds_and_leads_to_it(as_user, buyer, shop):
    order = life(shop, buyer)
    paper, back, talk = Invoice.objects.get(), Return.objects.get(), Conversation.objects.get()
    client = as_user(buyer)

    shown = [client.get(reverse(name)) for name in PAGES]

    assert "29,90" in words(shown[0])
    assert "1 objet" in words(shown[0])
    assert order_path(order) in links(shown[0])
    assert f"Facture {paper.number}" in words(shown[1])
    assert shop.name in words(shown[1])
    assert {paper_path(order, paper), order_path(order)} <= links(shown[1])
    assert "À rendre avant le" in words(shown[2])
    assert "Chaise" in words(shown[2])
    assert {return_path(back), order_path(order)} <= links(shown[2])
    assert "Le vendeur répond avant le" in words(shown[3])
    assert "Dernier message le" in words(shown[3])
    assert {help_path(talk.part), order_path(order)} <= links(shown[3])
    for response in shown:
        for url in links(response):
            assert client.get(url).status_code == 200, url


def test_a_credit_note_stands_beside_its_invoice_with_its_sign(as_user, buyer, shop):
    order = life(shop, buyer, ask=False)
    line = OrderLine.objects.get(part__order=order)
    give_back(order, line, 1_000, "gesture")
    run_tasks()

    text = words(as_user(buyer).get(reverse("shop:my-papers")))

    assert "Avoir" in text
    assert "−10,00" in text
    assert text.index("Avoir ") < text.index("Facture "), "the newest first"


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("awaited", "À rendre avant le"),
        ("unsent", "Remboursement au plus tard le"),
        ("sent", "Remboursement au plus tard le"),
        ("arrived", "Remboursement au plus tard le"),
        ("closed", "Clos"),
    ],
)
def test_a_return_says_whose_turn_it_is(as_user, buyer, shop, state, said):
    life(shop, buyer)
    hours = {"arrived": {"arrived_at": timezone.now()}, "closed": {"closed_at": timezone.now()}}
    Return.objects.update(state=state, **hours.get(state, {}))

    assert said in words(as_user(buyer).get(reverse("shop:my-returns")))


def test_a_refunded_return_says_what_came_back_and_when(as_user, buyer, shop):
    order = life(shop, buyer)
    line = OrderLine.objects.get(part__order=order)
    give_back(order, line, 2_000, "withdrawn")
    made = Refund.objects.latest("pk")
    Return.objects.update(state="closed", closed_at=timezone.now(), refund=made)

    text = words(as_user(buyer).get(reverse("shop:my-returns")))

    assert "Remboursé le" in text
    assert "20,00" in text


def test_a_conversation_says_whose_turn_it_is(as_user, buyer, shop, owner):
    life(shop, buyer, ask=False)
    talk = Conversation.objects.get()
    answer_buyer(conversation=talk, written=Written("Nous regardons.", uuid.uuid4(), None), by=owner)
    client = as_user(buyer)
    assert "Réponse reçue : à vous" in words(client.get(reverse("shop:my-conversations")))

    Conversation.objects.update(state="conciliation", called_at=timezone.now())
    assert "Le conciliateur répond avant le" in words(client.get(reverse("shop:my-conversations")))

    Conversation.objects.update(state="closed", closed_at=timezone.now())
    assert "Fermé" in words(client.get(reverse("shop:my-conversations")))


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_list_says_so_and_a_visitor_signs_in(as_user, buyer, shop, name):
    life(shop, UserFactory())

    text = words(as_user(buyer).get(reverse(name)))

    assert "pas encore" in text.lower() or "encore aucun" in text.lower()
    assert "Chaise" not in text
    assert as_user(None).get(reverse(name)).status_code == 302


def test_a_note_between_workers_does_not_date_a_conversation(buyer, shop):
    life(shop, buyer, ask=False)
    talk = Conversation.objects.get()
    said = talk.messages.get()
    later = timezone.now() + datetime.timedelta(days=3)
    talk.messages.create(author="seller", name="Zoé", text="Entre nous.", is_internal=True, created_at=later)

    rows, _older = buyer_lists.conversations_for(buyer, None)

    assert rows[0].last_at == said.created_at


@pytest.mark.parametrize("name", PAGES)
def test_pages_of_a_list_follow_each_other(as_user, buyer, shop, monkeypatch, name):
    monkeypatch.setattr(buyer_lists, "SIZE", 1)
    for title in ("Chaise", "Table", "Lampe"):
        life(shop, buyer, title)
    client = as_user(buyer)
    seen, url = [], reverse(name)
    while url:
        answer = client.get(url)
        page = BeautifulSoup(answer.content, "html.parser").main
        (row,) = page.select("ul.list.panel > li")
        seen.append(" ".join(row.get_text(" ").split()))
        older = page.find("a", string=lambda text: text and "ancien" in text.lower()) or next(
            (a for a in page.select("nav.pager a") if "ancien" in a.get_text().lower()), None
        )
        url = f"{reverse(name)}{older['href']}" if older else ""

    assert len(seen) == len(set(seen)) == 3
    assert client.get(f"{reverse(name)}?avant=abc").status_code == 200


def test_orders_follow_their_days_whenever_they_came_in(buyer, monkeypatch):
    monkeypatch.setattr(buyer_lists, "SIZE", 2)
    now, somebody = timezone.now(), UserFactory()
    mine = [
        Order.objects.create(user=buyer, total_cents=1, created_at=now - datetime.timedelta(days=day))
        for day in (3, 1, 2, 2, 5)
    ]
    Order.objects.create(user=somebody, total_cents=1, created_at=now)
    expected = [mine[n] for n in (1, 3, 2, 0, 4)]
    shown, key = [], None
    while True:
        rows, key = buyer_lists.orders_of(buyer, key)
        shown += [row.order for row in rows]
        if key is None:
            break
    assert shown == expected
    assert buyer_lists.orders_of(somebody, mine[0].pk) == ([], None)


@pytest.mark.parametrize(("name", "queries"), [(PAGES[0], 4), (PAGES[1], 4), (PAGES[2], 4), (PAGES[3], 4)])
def test_lists_cost_the_same_with_many_rows(as_user, buyer, shop, django_assert_num_queries, name, queries):
    client = as_user(buyer)
    life(shop, buyer)
    with django_assert_num_queries(queries):
        client.get(reverse(name))
    life(shop, buyer, "Table")
    life(shop, buyer, "Lampe")
    with django_assert_num_queries(queries):
        client.get(reverse(name))


@pytest.mark.parametrize("rows_of", LISTS)
def test_a_list_starts_from_the_buyers_own_orders(buyer, rows_of, django_assert_max_num_queries):
    """An index finds the person's orders; no table is read whole, however many orders others have."""
    if connection.vendor != "sqlite":
        pytest.skip("so small a table is scanned by PostgreSQL, rightly")
    with django_assert_max_num_queries(2) as asked:
        rows_of(buyer, None)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
        plan = " / ".join(row[3] for row in cursor.fetchall())
    assert "order_user" in plan, plan
    assert "SCAN" not in plan, plan


def test_the_account_leads_to_each_list(as_user, buyer):
    home = as_user(buyer).get("/compte/").content.decode()
    for name in PAGES:
        assert reverse(name) in home
