"""What lies at another organisation's site: who carries it has the price of the delivery, the label, and the money."""

import uuid

import pytest
from django.utils import timezone

from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.sale import set_payable
from rebond.ledger.models import Account, Balance, Sale
from rebond.ledger.queries.payouts import dues_of
from rebond.ledger.queries.statements import statement_of
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.packed import ask_packed
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import CancelLine, change_part
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.models import Order, OrderLine, Refund, SellerPayOption
from rebond.shop.queries.basket import basket_page
from rebond.shop.queries.by_hand import ways_for
from rebond.shop.queries.carried import parcels_of
from rebond.shop.queries.checkout import parcel_prices, parcel_ways
from rebond.shop.queries.item_page import item_page
from rebond.shop.queries.keeper import Keeper
from rebond.warehouse.models import PickLine
from tests.factories.carriers import CAMILLE, account_of, labelled
from tests.factories.catalogue import ItemFactory
from tests.factories.network import AgreementFactory, OrganisationFactory, SiteFactory
from tests.factories.shop import CONTACT

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def host(operator):
    made = OrganisationFactory(admitted=True, name="Le Grand Entrepôt", letters="GE", delivery_modes=["relay", "home"])
    AgreementFactory(organisation=made, operator=operator, shipping={"home_cents": 490})
    return made


@pytest.fixture
def site(host):
    return SiteFactory(organisation=host, name="Quai 3", address="3 quai Nord", city="Agen")


@pytest.fixture
def vase(seller, operator, site, index):
    """The seller's own, at the host's: the seller's prices of delivery are others."""
    AgreementFactory(organisation=seller, operator=operator, shipping={"home_cents": 990})
    type(seller).objects.filter(pk=seller.pk).update(delivery_modes=["home"])
    seller.refresh_from_db()
    return ItemFactory(seller=seller, site=site, on_sale=True, title="Vase", price_cents=900, weight_g=700)


@pytest.fixture
def lamp(host, site):
    return ItemFactory(seller=host, site=site, on_sale=True, title="Lampe", price_cents=2500, weight_g=900)


def ordered(*items, mode="home"):
    """As the checkout orders what it shows."""
    keeper = Keeper(visitor=uuid.uuid4().hex)
    for item in items:
        take_item(keeper=keeper, item=item)
    ways, total = {}, 0
    for one in parcel_ways(basket_page(keeper).parcels):
        cents = next((way.cents for way in one.ways if way.mode == mode), 0)
        total += cents + one.parcel.cents
        for line in one.parcel.lines:
            ways[line.item.pk] = Way(one.parcel.number, mode, cents, by=one.parcel.carrier)
    payment = place_order(
        keeper=keeper,
        email="camille@example.org",
        operation=uuid.uuid4(),
        provider="test",
        agreed=Agreed(ways, total, CONTACT),
    )
    receive_event(told=Told("test", uuid.uuid4().hex, "paid", payment.public_id, payment.amount_cents))
    Order.objects.filter(pk=payment.order_id).update(**CAMILLE)
    return Order.objects.get(pk=payment.order_id)


def owed():
    rows = Balance.objects.filter(account__kind="seller").values_list("account__owner__name", "cents")
    return {name: -cents for name, cents in rows}


def is_right():
    return check_ledger().is_right


def cancel(title, by):
    line = OrderLine.objects.select_related("part").get(title=title)
    change_part(part=line.part, changes=[CancelLine(line.pk, "other")], by=by, operation=uuid.uuid4())


def test_the_price_shown_is_that_of_who_carries_it_everywhere(vase, lamp):
    keeper = Keeper(visitor=uuid.uuid4().hex)
    for item in (vase, lamp):
        take_item(keeper=keeper, item=item)
    [parcel] = basket_page(keeper).parcels
    assert parcel.carrier == lamp.seller
    assert parcel_prices([parcel])[parcel.number].cents == 490
    [one] = parcel_ways([parcel])
    assert [(way.mode, way.cents) for way in one.ways] == [("home", 490)]
    assert [(way.mode, way.cents) for way in item_page(vase).deliveries] == [("home", 490)]


def test_alone_at_anothers_site_it_leaves_at_its_prices_and_the_money_follows(vase, host, seller, owner):
    order = ordered(vase)
    line = OrderLine.objects.get()
    assert (line.carried_by, line.shipping_cents, order.total_cents) == (host, 490, 1390)
    assert owed() == {seller.name: 900, host.name: 490}
    assert is_right()
    cancel("Vase", owner)
    assert Refund.objects.get().amount_cents == 1390
    assert owed() == {seller.name: 0, host.name: 0}
    assert is_right()


def test_the_line_of_who_carries_pays_the_delivery_of_a_shared_parcel(vase, lamp, host, seller, owner):
    ordered(vase, lamp)
    lines = {line.title: (line.carried_by, line.shipping_cents) for line in OrderLine.objects.all()}
    assert lines == {"Vase": (host, 0), "Lampe": (None, 490)}
    assert owed() == {seller.name: 900, host.name: 2990}
    cancel("Lampe", owner)
    assert owed() == {seller.name: 900, host.name: 490}
    cancel("Vase", owner)
    assert owed() == {seller.name: 0, host.name: 0}
    assert is_right()


def test_two_parcels_of_one_seller_are_paid_to_who_carries_each(vase, seller, host, owner):
    own = SiteFactory(organisation=seller, name="Chez nous")
    ordered(vase, ItemFactory(seller=seller, site=own, on_sale=True, title="Bol", price_cents=500, weight_g=300))
    assert owed() == {seller.name: 900 + 500 + 990, host.name: 490}
    sale = Sale.objects.get()
    assert sale.total_cents == 900 + 500 + 990 + 490
    cancel("Bol", owner)
    assert owed() == {seller.name: 900, host.name: 490}
    cancel("Vase", owner)
    assert owed() == {seller.name: 0, host.name: 0}
    assert is_right()


def test_the_host_is_paid_its_delivery_when_the_sale_is_and_its_statement_is_right(vase, host, operator):
    ordered(vase)
    today = timezone.localdate()
    account = Account.objects.get(owner=host, kind="seller")
    for named in (account, None):
        [due] = [one for one in dues_of(operator, account=named) if one.account == account]
        assert (due.owed_cents, due.waiting_cents) == (490, 490), "its sale is not payable yet"
    set_payable(sale_key=Sale.objects.get().key, on=today)
    for named in (account, None):
        [due] = [one for one in dues_of(operator, account=named) if one.account == account]
        assert due.cents == 490
    told = statement_of(account, today.year, today.month)
    assert (told.is_right, told.closing_cents, [row[1] for row in told.parts]) == (True, 490, [490])


def test_the_label_is_made_with_the_account_of_who_carries(vase, lamp, host, seller, folders):
    account_of(seller)
    mine = account_of(host)
    order = ordered(vase)
    [parcel] = announce_parcels(order_id=order.pk)
    PickLine.objects.update(state="picked")
    type(parcel).objects.update(state="picked")
    parcel.refresh_from_db()
    [carried] = parcels_of(order.parts.get())
    assert (carried.accounts, carried.carrier) == ([mine], host)
    assert ask_packed(parcel=parcel, grams=900, by=None).account == mine


def test_the_sellers_desk_reads_who_carries_and_prints_with_that_account(vase, host, seller, owner, as_user, folders):
    account = account_of(host)
    part = ordered(vase).parts.get()
    page = as_user(owner).get(f"/bureau/commandes/{part.public_id}/").text
    assert "Le Grand Entrepôt garde ce qu’il contient" in page
    shipment = labelled(part, account)
    page = as_user(owner).get(f"/bureau/commandes/{part.public_id}/").text
    assert shipment.number in page
    assert "Suivre ou annuler ce colis" not in page, "its page is at the other desk"


def test_nobody_pays_at_the_counter_of_another(vase, seller, owner):
    SellerPayOption.objects.create(organisation=seller, at_collection="all")
    type(seller).objects.update(delivery_modes=["pickup"])
    order = ordered(vase, mode="pickup")
    assert ways_for(order, owner, None) == []
    OrderLine.objects.update(carried_by=None)
    assert ways_for(order, owner, None) == ["collection"]
