"""A basket and an order cost the same number of queries with one object, and with thirty of ten sellers."""

import datetime

import pytest
from django.utils import timezone

from rebond.network.models import Agreement
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import place_order
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
SIZES = pytest.mark.parametrize(("lines", "sellers"), [(1, 1), (30, 10)])


@pytest.fixture(autouse=True)
def trial(settings, monkeypatch):
    settings.PAYMENT_PROVIDER = "test"
    monkeypatch.setattr("rebond.shop.queries.seller_facts.SECONDS", 3_600)


@pytest.fixture
def buyer(lines, sellers, chairs, index):
    """A buyer who keeps so many objects of so many sellers, each with a site and delivery prices."""
    user, operator = UserFactory(), OrganisationFactory(kind="operator")
    for n in range(sellers):
        seller = OrganisationFactory(admitted=True, delivery_modes=["relay", "pickup", "home"])
        SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
        Agreement.objects.create(
            organisation=seller,
            operator=operator,
            kind="brick",
            starts_on=datetime.date(2024, 1, 1),
            signed_on=datetime.date(2023, 12, 1),
            shipping={"home_cents": 690, "relay_cents": 490},
        )
        for _ in range(lines // sellers):
            item = ItemFactory(seller=seller, category=chairs, on_sale=True, price_cents=2500 + n)
            take_item(keeper=Keeper(user=user), item=item)
    return user


@pytest.fixture
def order(buyer):
    payment = place_order(
        keeper=Keeper(user=buyer), email="camille@example.org", operation="7c2b8f52-4a8e-4a4d-9d7e-0d6a3c1c9b11",
        provider="test",
    )  # fmt: skip
    return payment.order


def pay(order):
    payment = order.payments.get()
    told = Told("test", "paid-1", "paid", payment.public_id, payment.amount_cents, 100)
    receive_event(told=told, now=timezone.now())


def counted(client, path, number, django_assert_num_queries):
    assert client.get(path).status_code == 200  # what a process keeps a minute is kept
    with django_assert_num_queries(number):
        assert client.get(path).status_code == 200


@SIZES
def test_the_basket(as_user, buyer, django_assert_num_queries):
    counted(as_user(buyer), "/panier/", 7, django_assert_num_queries)


@SIZES
def test_the_checkout(as_user, buyer, django_assert_num_queries):
    counted(as_user(buyer), "/commande/", 9, django_assert_num_queries)


@SIZES
def test_the_paid_order(as_user, buyer, order, django_assert_num_queries):
    pay(order)
    counted(as_user(buyer), order_path(order), 11, django_assert_num_queries)
