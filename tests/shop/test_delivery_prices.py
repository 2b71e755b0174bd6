"""What a parcel's delivery costs in the basket and at the checkout: weight, size, zone, one parcel for all."""

import datetime

import pytest
from bs4 import BeautifulSoup

from rebond.network.models import Agreement
from rebond.network.queries.carriage import Load
from rebond.shop.models import Basket, Order, OrderLine
from rebond.shop.queries.basket import basket_page
from rebond.shop.queries.checkout import parcel_prices
from rebond.shop.queries.item_page import load_of
from rebond.shop.queries.keeper import Keeper
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
BUYER = {
    "name": "Camille Vasseur",
    "email": "camille@example.org",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "Marmande",
    "has_read": "on",
    "parcel_1": "home",
}


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = "test"


@pytest.fixture
def agreement(seller, index):
    SiteFactory(organisation=seller)
    seller.delivery_modes = ["pickup", "home", "local"]
    seller.save()
    made = Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"home_cents": 690},
    )
    table(made, "home", "Colis Tranquille", [(500, 690), (2_000, 990), (10_000, 2_190)], max_length_mm=1_000)
    table(made, "local", "Notre camion", [(150_000, 2_900)], zone=["47"])
    return made


def table(agreement, mode, carrier, steps, **fields):
    made = agreement.carriages.create(mode=mode, carrier=carrier, **fields)
    for up_to_g, cents in steps:
        made.steps.create(up_to_g=up_to_g, cents=cents)


@pytest.fixture
def take(client, agreement, seller, chairs):
    def taken(**fields):
        item = ItemFactory(seller=seller, category=chairs, on_sale=True, price_cents=2_500, **fields)
        client.post("/panier/ajout/", {"code": item.code}, headers=HERE)
        return item

    return taken


def words(response):
    return BeautifulSoup(response.content, "html.parser").main.get_text(" ", strip=True)


def ways(response):
    page = BeautifulSoup(response.content, "html.parser")
    return {radio["value"]: int(radio["data-cents"]) for radio in page.select("input[name=parcel_1]")}


def test_two_objects_cost_one_parcel_and_the_gain_is_said(client, take):
    take(weight_g=400)
    assert "Livraison à partir de 6,90\u00a0€" in words(client.get("/panier/"))
    take(weight_g=900)
    shown = words(client.get("/panier/"))
    assert "Livraison à partir de 9,90\u00a0€" in shown
    assert "6,90\u00a0€ de moins qu’un par un" in shown  # 6,90 + 9,90 − 9,90
    page = client.get("/commande/")
    assert ways(page) == {"pickup": 0, "home": 990, "local": 2_900}
    assert "29,00\u00a0€ de moins qu’un par un" in words(page)
    sent = client.post("/commande/", BUYER | {"total": "5990"}, headers=HERE)
    assert sent.status_code == 302
    assert sorted(OrderLine.objects.values_list("shipping_cents", flat=True)) == [0, 990]


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"weight_g": 12_000}, "trop lourd (12\u00a0kg, 10\u00a0kg au plus)"),
        ({"weight_g": 900, "length_mm": 1_100}, "trop grand"),
    ],
)
def test_what_is_too_heavy_or_large_is_collected_or_brought(client, take, fields, why):
    item = take(**fields)
    page = client.get("/commande/")
    assert ways(page) == {"pickup": 0, "local": 2_900}
    assert why in words(page)
    sent = client.post("/commande/", BUYER | {"total": "3190"}, headers=HERE)
    assert sent.status_code == 422
    assert not Order.objects.exists()
    assert "Livraison à domicile" not in words(client.get(f"/o/{item.code}", follow=True))


def test_the_own_zone_ends_at_its_postal_codes(client, take):
    take(weight_g=400)
    far = BUYER | {"parcel_1": "local", "postal_code": "37000", "city": "Tours", "total": "5400"}
    refused = client.post("/commande/", far, headers=HERE)
    assert refused.status_code == 422
    assert "pas au 37000" in words(refused)
    assert not Order.objects.exists()
    near = client.post("/commande/", BUYER | {"parcel_1": "local", "total": "5400"}, headers=HERE)
    assert near.status_code == 302
    assert OrderLine.objects.get().shipping_cents == 2_900


def test_delivery_is_offered_only_where_the_seller_delivers(client, take, seller):
    seller.delivery_modes = ["pickup"]
    seller.save()
    take(weight_g=400)
    assert ways(client.get("/commande/")) == {"pickup": 0}
    assert "Livraison à partir" not in words(client.get("/panier/"))


def test_an_object_of_unknown_measures_counts_by_its_weight(take, agreement, seller):
    item = take(weight_g=None, length_mm=None)
    assert load_of(item) == Load(0, (0, 0, 0))


@pytest.mark.parametrize("n", [1, 3])
def test_the_basket_s_prices_cost_two_queries(client, n, take, django_assert_num_queries):
    for _ in range(n):
        take(weight_g=400)
    parcels = basket_page(Keeper(visitor=Basket.objects.get().visitor)).parcels
    with django_assert_num_queries(2):
        assert parcel_prices(parcels)[1].cents in {690, 990}
