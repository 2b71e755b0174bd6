"""Without a mouse, on a phone's page: a purchase against a clock, a withdrawal.

The clock is a model's, not a person's: the keystroke-level model (Card, Moran and Newell, 1980) gives 0.28 s to each key of
somebody who types as most do, and 1.35 s to each time that they think of what comes next. docs/benchmarks.md tells the result.
"""

import datetime

import pytest

from rebond.network.models import Agreement, PickupPoint
from rebond.shop.models import Order, Withdrawal
from rebond.shop.queries.orders import order_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory
from tests.factories.shop import paid_order
from tests.journeys.test_ordering import reach, take

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]
KEY, THOUGHT, MOST = 0.28, 1.35, 60  # seconds
TYPED = (
    ("Votre adresse mail", "camille@example.org"),
    ("Prénom et nom", "Camille Vasseur"),
    ("Numéro et rue", "18 rue de la Libération"),
    ("Code postal", "47200"),
    ("Ville", "Marmande"),
)


@pytest.fixture
def lamp(index, categories, settings):
    settings.PAYMENT_PROVIDER = "test"
    OrganisationFactory(kind="operator", name="Rebond")
    seller = OrganisationFactory(admitted=True, name="Le Tri du Lot", slug="tri", delivery_modes=["pickup"])
    return ItemFactory(
        on_sale=True, seller=seller, category=categories["desk-lamps"], title="Lampe", slug="lampe", weight_g=400
    )


def fill_in(page):
    """From the top of the form to the box to tick, ticked: how many keys."""
    keys = 0
    for n, (label, words) in enumerate(TYPED):
        keys += reach(page, label, 1 if n else 25) + len(words)
        page.keyboard.type(words)
    return keys


def tick(page, name="J’ai lu et j’accepte", most=14):
    keys = reach(page, name, most) + 1
    page.keyboard.press("Space")
    return keys


def test_a_guest_orders_in_less_than_a_minute_of_the_model(lamp, phone):
    take(phone, lamp)
    phone.goto("/commande/")
    phone.get_by_role("heading", name="1. Vos coordonnées").wait_for()
    must = phone.locator("main form :is(input, select, textarea):is([required], [aria-required=true])")
    asked = {field.get_attribute("name") for field in must.all() if field.is_visible()}
    assert len(asked) <= len(TYPED) + 1, "five to type, one to tick: nothing more is asked of a guest"

    keys = fill_in(phone)
    keys += tick(phone) + 1
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Paiement").wait_for()
    keys += reach(phone, "Acceptée", 25) + 2
    phone.keyboard.press("Space")
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Merci").wait_for()

    stops = keys - sum(len(words) for _label, words in TYPED)
    thoughts = len(TYPED) + 4  # each field; the terms, the button, the card, the payment
    seconds = keys * KEY + thoughts * THOUGHT
    assert stops <= 50, "47 when docs/benchmarks.md was written"
    assert seconds < MOST


@pytest.fixture
def relays(lamp):
    """The seller sends to pick-up points as well, of which three stand in the buyer's town."""
    seller = lamp.seller
    seller.delivery_modes = ["pickup", "relay"]
    seller.save()
    agreement = Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
    )
    agreement.carriages.create(mode="relay", carrier="Relais").steps.create(up_to_g=20_000, cents=490)
    for number in (1, 2, 3):
        PickupPoint.objects.create(
            carrier="Relais", code=f"A{number}", name=f"Tabac {number}", address="3 quai du Pont",
            postal_code="47200", city="Marmande", latitude=f"44.50{number}", longitude="0.165", hours="Lun. 8 h – 19 h",
        )  # fmt: skip


def test_a_pick_up_point_is_chosen_by_keys(lamp, relays, phone):
    """The way by the arrows, the list by Enter on its button, a point by the arrows: nothing that was typed is lost."""
    take(phone, lamp)
    phone.goto("/commande/")
    phone.get_by_role("heading", name="1. Vos coordonnées").wait_for()
    fill_in(phone)
    reach(phone, "Retrait chez le vendeur", 6)
    phone.keyboard.press("ArrowDown")
    assert phone.get_by_role("radio", name="Point relais").is_checked()
    reach(phone, "Voir les points relais", 3)
    phone.keyboard.press("Enter")
    phone.get_by_role("radio", name="Tabac 2").wait_for()
    assert phone.get_by_role("radio", name="Point relais").is_checked()
    assert phone.get_by_label("Prénom et nom").input_value() == "Camille Vasseur"

    reach(phone, "Tabac", 30)
    phone.keyboard.press("Space")
    phone.keyboard.press("ArrowDown")
    chosen = phone.locator("input[name=point_1]:checked").get_attribute("value")
    tick(phone, most=20)
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Paiement").wait_for()

    parcel = Order.objects.get().parcels.get()
    assert (parcel.mode, parcel.carrier, parcel.point["code"]) == ("relay", "Relais", chosen)
    assert Order.objects.get().total_cents == lamp.price_cents + 490


def test_an_object_is_given_back_by_keys(lamp, phone):
    order = paid_order(lamp, email="camille@example.org")
    phone.goto(order_path(order))
    reach(phone, "Renoncer au contrat ici", 60)
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Se rétracter").or_(phone.get_by_role("checkbox", name="Lampe")).first.wait_for()
    reach(phone, "Lampe", 40)
    if not phone.get_by_role("checkbox", name="Lampe").is_checked():
        phone.keyboard.press("Space")
    reach(phone, "Renoncer au contrat ici", 12)
    phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Confirmer la rétractation").wait_for()
    assert Withdrawal.objects.count() == 0, "nothing before the second step"
    reach(phone, "Confirmer la rétractation", 60)
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Accusé de réception").wait_for()

    assert Withdrawal.objects.get().part.order == Order.objects.get()
