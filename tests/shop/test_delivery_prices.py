"""What a parcel's delivery costs in the basket and at the checkout: weight, size, zone, one parcel for all."""

import datetime

import pytest
from bs4 import BeautifulSoup

from rebond.network.models import Agreement, PickupPoint
from rebond.network.queries.carriage import Load
from rebond.shop.models import Basket, Order, OrderLine, OrderParcel
from rebond.shop.queries.basket import basket_page
from rebond.shop.queries.checkout import parcel_prices
from rebond.shop.queries.item_page import load_of
from rebond.shop.queries.keeper import Keeper
from rebond.shop.queries.orders import order_path
from tests.factories.accounts import UserFactory
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


@pytest.mark.parametrize(("code", "city", "goes"), [("47000", "Agen", True), ("13001", "Marseille", False)])
def test_without_a_zone_the_seller_s_van_stays_in_its_department(client, take, agreement, code, city, goes):
    agreement.carriages.all().delete()
    type(agreement).objects.update(shipping={"local_cents": 300})
    take(weight_g=400)
    sent = {"parcel_1": "local", "postal_code": code, "city": city, "total": "2800"}
    answer = client.post("/commande/", BUYER | sent, headers=HERE)
    assert (answer.status_code, Order.objects.exists()) == ((302, True) if goes else (422, False))


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


@pytest.fixture
def relays(agreement, seller):
    """Prices of a carrier, with two points in the buyer's town."""
    seller.delivery_modes = ["pickup", "relay", "home"]
    seller.save()
    table(agreement, "relay", "Relais", [(20_000, 490)])
    table(agreement, "relay", "Sans liste", [(20_000, 100)])
    for number in (1, 2):
        PickupPoint.objects.create(
            carrier="Relais", code=f"A{number}", name=f"Tabac {number}", address="3 quai du Pont",
            postal_code="47200", city="Marmande", latitude=f"44.50{number}", longitude="0.165", hours="Lun. 8 h – 19 h",
        )  # fmt: skip


def point_codes(response):
    page = BeautifulSoup(response.content, "html.parser")
    return [radio["value"] for radio in page.select("input[name=point_1]")]


def test_a_parcel_goes_to_a_pick_up_point(client, take, relays, django_capture_on_commit_callbacks):
    take(weight_g=400)
    assert "Livraison à partir de 4,90\u00a0€" in words(client.get("/panier/"))
    page = client.get("/commande/")
    assert ways(page) == {"pickup": 0, "relay": 490, "home": 690}
    assert point_codes(page) == []
    asked = client.post("/commande/", {"postal_code": "47200", "parcel_1": "relay", "points": "1"}, headers=HERE)
    assert asked.status_code == 200
    assert sorted(point_codes(asked)) == ["A1", "A2"]
    sketch = BeautifulSoup(asked.content, "html.parser").select_one(".points")
    said = " ".join(sketch.select_one(".points-map p").get_text().split())
    assert "sans rues" in said
    assert "le cercle extérieur est à" in said
    streets = sketch.select("a[href^='https://www.openstreetmap.org/?mlat=44.50']")
    assert len(streets) == 2
    assert {"noreferrer", "noopener"} <= set(streets[0]["rel"])  # the page of a basket is told to nobody
    assert not [tag for tag in sketch.select("[src]") if "openstreetmap" in tag["src"]]
    assert "obligatoire" not in words(asked)
    with django_capture_on_commit_callbacks(execute=True):
        sent = client.post("/commande/", BUYER | {"parcel_1": "relay", "point_1": "A2", "total": "2990"}, headers=HERE)
        client.post(sent["Location"], {"card": "accepted"}, headers=HERE)
    parcel = OrderParcel.objects.get()
    assert (parcel.mode, parcel.carrier, parcel.point["code"], parcel.point["city"]) == (
        "relay",
        "Relais",
        "A2",
        "Marmande",
    )
    assert "Tabac 2" in words(client.get(order_path(Order.objects.get())))


@pytest.mark.parametrize("point", ["", "A9"])
def test_a_pick_up_point_is_one_of_those_that_were_shown(client, take, relays, point):
    take(weight_g=400)
    sent = client.post("/commande/", BUYER | {"parcel_1": "relay", "point_1": point, "total": "2990"}, headers=HERE)
    assert sent.status_code == 422
    assert "Choisissez le point relais" in words(sent)
    assert not Order.objects.exists()


def test_where_no_point_is_near_it_is_said(client, take, relays):
    take(weight_g=400)
    far = {"postal_code": "37000", "city": "Tours", "parcel_1": "relay", "total": "2990"}
    sent = client.post("/commande/", BUYER | far, headers=HERE)
    assert sent.status_code == 422
    assert ways(sent) == {"pickup": 0, "home": 690}
    assert "aucun à moins de 50 km du 37000" in words(sent).replace("\u00a0", " ")


def test_a_buyer_who_ordered_before_types_nothing_again(as_user, take, relays, seller, chairs):
    user = UserFactory(name="Amina Diallo")
    mine = as_user(user)
    Order.objects.create(
        user=user, email=user.email, total_cents=1, name="A. Diallo", address="1 rue Neuve", postal_code="47200",
        city="Marmande",
    )  # fmt: skip
    other = UserFactory()
    Order.objects.create(user=other, email=other.email, total_cents=1, address="2 rue Neuve", postal_code="37000")
    item = ItemFactory(seller=seller, category=chairs, on_sale=True, weight_g=400)
    mine.post("/panier/ajout/", {"code": item.code}, headers=HERE)
    shown = mine.get("/commande/")
    page = BeautifulSoup(shown.content, "html.parser")
    assert [page.select_one(f"input[name={name}]").get("value") for name in ("name", "address", "postal_code")] == [
        "Amina Diallo",
        "1 rue Neuve",
        "47200",
    ]
    assert sorted(point_codes(shown)) == ["A1", "A2"]
