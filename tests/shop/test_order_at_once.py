"""The same form let loose several times at the same moment, each on a connection of its own: one order, one note."""

import datetime
import uuid

import pytest
from django.test import Client

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.models import Posting
from rebond.network.models import Agreement
from rebond.shop.actions.loss import ask_loss
from rebond.shop.actions.returning import note_surcharge_paid
from rebond.shop.errors import ReturnStateForbidsError
from rebond.shop.models import BasketLine, Order, OrderLine, OrderParcel, Payment, Return, ReturnLoss, SellerOrder
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.shop import paid_order
from tests.racing import race
from tests.shop.test_abuse import BUYER, HERE
from tests.shop.test_arrivals import opened
from tests.shop.test_money_back import at, give_back, withdraw

pytestmark = [pytest.mark.unit, pytest.mark.django_db(transaction=True)]
TIMES = 6


@pytest.fixture
def items(seller, index, settings):
    settings.PAYMENT_PROVIDER = "test"
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["home"]
    seller.save()
    operator = OrganisationFactory(kind="operator")
    Agreement.objects.create(
        organisation=seller,
        operator=operator,
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"home_cents": 690},
    )
    made = {"seller": seller, "category": CategoryFactory(), "on_sale": True, "price_cents": 1250}
    return [ItemFactory(**made), ItemFactory(**made)]


def checkout(items, forms):
    """One guest's basket of `items`; each of `forms` posted at once from it: where each was led."""
    browser = Client()
    for item in items:
        browser.post("/panier/ajout/", {"code": item.code}, headers=HERE)
    led = []

    def send(form):
        mine = Client()
        mine.cookies = browser.cookies
        answer = mine.post("/commande/", form, headers=HERE)
        led.append((answer.status_code, answer.get("Location", "")))

    raised = race([lambda form=form: send(form) for form in forms])
    assert raised == []
    return led


def test_the_same_checkout_sent_at_once_is_one_order(items):
    form = BUYER | {"operation": str(uuid.uuid4())}

    led = checkout(items, [form] * TIMES)

    order = Order.objects.get()
    assert (order.total_cents, Payment.objects.count(), SellerOrder.objects.count()) == (3190, 1, 1)
    assert (OrderLine.objects.count(), OrderParcel.objects.count()) == (2, 1)
    assert len(set(led)) == 1, "every click leads to the same payment"
    assert led[0][0] == 302
    assert order.public_id in led[0][1]
    assert BasketLine.objects.filter(state="held").count() == 2, "kept until it is paid, once"


def test_pages_of_one_basket_sent_at_once_never_sell_an_object_twice(items):
    """Two pages of the same basket are two orders that wait; the objects stay one, the first payment has them."""
    led = checkout(items, [BUYER | {"operation": str(uuid.uuid4())} for _ in range(TIMES)])

    assert {status for status, _url in led} == {302}
    assert BasketLine.objects.filter(state="held").count() == 2
    for item in items:
        item.refresh_from_db()
        assert (item.quantity, item.reserved) == (1, 1)
    assert Order.objects.count() == Payment.objects.count() <= TIMES


def test_a_surcharge_noted_at_once_is_paid_once(seller, operator, owner, index):
    chair = ItemFactory(seller=seller, on_sale=True, title="Chaise", price_cents=2500)
    order = paid_order(chair, parcels=[500], now=at(1))
    back = withdraw(order, chair, at(1))
    give_back(back, owner, at(27), arrived=False)
    assert back.surcharge_cents == 150

    def note(n):
        mine = Return.objects.select_related("part__order", "part__seller").get(pk=back.pk)
        note_surcharge_paid(back=mine, reference=f"VIR {n}", by=owner, on=at(28).date(), now=at(28))

    raised = race([lambda n=n: note(n) for n in range(TIMES)])

    assert [type(error) for error in raised] == [ReturnStateForbidsError] * (TIMES - 1)
    back.refresh_from_db()
    assert (back.surcharge_paid_cents, back.surcharge_left_cents) == (150, 0)
    owed = sum(Posting.objects.filter(account__kind="buyer").values_list("cents", flat=True))
    assert owed == 0
    assert check_ledger().is_right


def test_a_loss_asked_at_once_is_one(seller, operator, owner, index):
    lamp = ItemFactory(seller=seller, on_sale=True, title="Lampe", price_cents=2500, weight_g=900)
    SiteFactory(organisation=seller, is_main=True)
    order = paid_order(lamp, parcels=[500], now=at(1))
    SellerOrder.objects.update(state="delivered", shipped_at=at(2), delivered_at=at(3))
    back = withdraw(order, lamp, at(5))
    check = opened(back, owner, "damaged")
    operation = uuid.uuid4()

    def ask():
        mine = type(check).objects.select_related("returned__back__part__order", "returned__line").get(pk=check.pk)
        ask_loss(check=mine, cents=700, reason="Brûlé.", by=owner, operation=operation)

    assert race([ask] * TIMES) == []
    assert ReturnLoss.objects.get().cents == 700
