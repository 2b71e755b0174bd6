"""A guest buys one object: so many statements for each step, so that none creeps back (docs/benchmarks.md, Orders)."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rebond.network.models import Agreement
from rebond.shop.enums import OrderState
from rebond.shop.models import Order
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tools.bench.orders import CONTACT, HIDDEN, PARCEL, Guest

HERE = {"origin": "http://testserver"}
pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def trial(settings, monkeypatch):
    settings.PAYMENT_PROVIDER = "test"
    monkeypatch.setattr("rebond.shop.queries.seller_facts.SECONDS", 3_600)


@pytest.fixture
def codes(chairs, index):
    """Two objects of one seller: the first purchase opens the accounts and reads the seller's facts."""
    operator = OrganisationFactory(kind="operator")
    seller = OrganisationFactory(admitted=True, delivery_modes=["pickup", "home"])
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    Agreement.objects.create(
        organisation=seller,
        operator=operator,
        kind="brick",
        commission_bp=1_200,
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"home_cents": 690},
    )
    return [ItemFactory(seller=seller, category=chairs, on_sale=True, price_cents=2_500).code for _ in range(2)]


def buy(client, code):
    """How many statements each step took; savepoints of the test's own transaction are left out."""
    counts: dict[str, int] = {}

    def ask(step, status, path, form=None):
        with CaptureQueriesContext(connection) as asked:
            answer = client.get(path) if form is None else client.post(path, form, headers=HERE)
        assert answer.status_code == status, (step, answer.content)
        counts[step] = sum("SAVEPOINT" not in query["sql"] for query in asked)
        return answer

    client.cookies.clear()
    ask("take", 302, "/panier/ajout/", {"code": code})
    ask("basket", 200, "/panier/")
    html = ask("checkout", 200, "/commande/").content.decode()
    form = CONTACT | dict(HIDDEN.findall(html)) | dict.fromkeys(PARCEL.findall(html), "home")
    there = ask("order", 302, "/commande/", form | {"total": Guest.total(html)})["Location"]
    there = ask("pay", 302, there, {"card": "accepted"})["Location"]
    ask("paid", 200, there)
    return counts


def test_a_purchase_costs_so_many_statements(client, codes):
    buy(client, codes[0])
    counts = buy(client, codes[1])
    assert Order.objects.filter(state=OrderState.PAID).count() == 2
    assert counts == {"take": 11, "basket": 5, "checkout": 5, "order": 16, "pay": 48, "paid": 11}
