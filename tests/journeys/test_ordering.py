"""A purchase from three sellers, as a guest on a phone: one card is refused, the second accepted; without scripts too."""

import datetime
import re

import pytest

from rebond.catalogue.models import Item
from rebond.ledger.actions.check import check_ledger
from rebond.network.models import Agreement, Organisation
from rebond.shop.actions.part import deliver_part, make_part_ready
from rebond.shop.models import BasketLine, Order, OrderLine, Refund, Return, SellerOrder, Withdrawal
from rebond.shop.queries.orders import order_path
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory
from tests.journeys.steps import enter, work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


@pytest.fixture
def objects(index, categories, settings):
    """One object of each of three sellers who hand over at their workshop."""
    settings.PAYMENT_PROVIDER = "test"
    OrganisationFactory(kind="operator")  # keeps the books
    return [
        ItemFactory(
            on_sale=True,
            seller=OrganisationFactory(admitted=True, name=name, slug=f"vendeur-{n}", delivery_modes=["pickup"]),
            category=categories["desk-lamps"],
            title=f"Lampe {n}",
            slug=f"lampe-{n}",
            price_cents=1000 * n,
        )
        for n, name in enumerate(("Les Ateliers du Confluent", "La Malle aux livres", "Le Tri du Lot"), 1)
    ]


def take(page, item):
    page.goto(f"/objet/{item.slug}-{item.code.lower()}/")
    page.get_by_role("button", name="Ajouter au panier").click()
    page.get_by_role("heading", name="Votre panier").wait_for()


def fill_in(page):
    page.get_by_label("Prénom et nom").fill("Camille Vasseur")
    page.get_by_label("Votre adresse mail").fill("camille@example.org")
    page.get_by_label("Numéro et rue").fill("18 rue de la Libération")
    page.get_by_label("Code postal").fill("47200")
    page.get_by_label("Ville").fill("Marmande")
    page.get_by_role("checkbox", name="J’ai lu et j’accepte").check()


def order(page):
    page.get_by_role("button", name="Commande avec obligation de paiement").click()


def pay(page, card):
    page.get_by_role("radio", name=re.compile(rf"^{card}\s*\d")).check()  # its number stands under it
    page.get_by_role("button", name="Payer").click()


def test_a_guest_buys_from_three_sellers_with_a_thumb(objects, phone, sound):
    for item in objects:
        take(phone, item)
    sound(phone)
    phone.locator('[data-rebond-me="basket"]', has_text="3").wait_for()
    phone.get_by_role("link", name="Commander").click()
    order(phone)
    phone.get_by_role("heading", name="6 choses à corriger").wait_for()
    sound(phone)
    assert Order.objects.count() == 0
    fill_in(phone)
    order(phone)
    phone.get_by_role("heading", name="Paiement").wait_for()
    sound(phone)
    pay(phone, "Refusée par la banque")
    phone.get_by_text("La banque a refusé la carte").wait_for()
    pay(phone, "Acceptée")
    phone.get_by_role("heading", name="Merci").wait_for()
    sound(phone)

    assert list(OrderLine.objects.order_by("title").values_list("title", "state", "part__seller__name")) == [
        ("Lampe 1", "sold", "Les Ateliers du Confluent"),
        ("Lampe 2", "sold", "La Malle aux livres"),
        ("Lampe 3", "sold", "Le Tri du Lot"),
    ]
    assert set(Item.objects.values_list("state", flat=True)) == {"sold"}


def test_back_from_the_payment_the_total_is_that_of_the_way_chosen_before(objects, phone):
    """The browser ticks home again without a word to the page; the first order stays beside the one made now."""
    seller = objects[0].seller
    seller.delivery_modes = ["pickup", "home"]
    seller.save()
    agreement = Agreement.objects.create(
        organisation=seller,
        operator=Organisation.objects.get(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
    )
    agreement.carriages.create(mode="home", carrier="Colis").steps.create(up_to_g=20_000, cents=690)
    take(phone, objects[0])
    phone.get_by_role("link", name="Commander").click()
    fill_in(phone)
    phone.get_by_role("radio", name=re.compile("Livraison à domicile")).check()
    total = phone.locator("[data-rebond-total]").inner_text()
    order(phone)
    phone.get_by_role("heading", name="Paiement").wait_for()
    phone.go_back()
    fill_in(phone)
    phone.get_by_label("Numéro et rue").fill("2 rue Neuve")
    assert phone.get_by_role("radio", name=re.compile("Livraison à domicile")).is_checked()
    assert phone.locator("[data-rebond-total]").inner_text() == total
    order(phone)
    phone.get_by_role("heading", name="Paiement").wait_for()
    assert list(Order.objects.order_by("pk").values_list("address", flat=True)) == [
        "18 rue de la Libération",
        "2 rue Neuve",
    ]


def reach(page, name, most):
    """Press the tabulation key until what has the focus is called `name`; return how many times."""
    named = "e => e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText || ''"
    for pressed in range(1, most + 1):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and name in focused.evaluate(named):
            return pressed
    pytest.fail(f"{name} is not reached by {most} strokes")


def test_a_guest_orders_by_the_keyboard_alone_and_enter_sends(objects, phone):
    """From the basket to the thanks: no mouse, five fields, Enter in the last one; the strokes are counted."""
    take(phone, objects[0])
    strokes = reach(phone, "Commander", 40) + 1
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="1. Vos coordonnées").wait_for()
    typed = (
        ("Votre adresse mail", "camille@example.org"),
        ("Prénom et nom", "Camille Vasseur"),
        ("Numéro et rue", "18 rue de la Libération"),
        ("Code postal", "47200"),
        ("Ville", "Marmande"),
    )
    for label, words in typed:
        strokes += reach(phone, label, 25 if label == typed[0][0] else 1) + len(words)
        phone.keyboard.type(words)
    strokes += reach(phone, "J’ai lu et j’accepte", 12) + 2
    phone.keyboard.press("Space")
    assert phone.get_by_role("checkbox", name="J’ai lu et j’accepte").is_checked()
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Paiement").wait_for()
    assert Order.objects.get().city == "Marmande"
    strokes += reach(phone, "Acceptée", 25) + 2
    phone.keyboard.press("Space")
    phone.keyboard.press("Enter")
    phone.get_by_role("heading", name="Merci").wait_for()
    assert len(typed) == 5
    assert strokes < 180  # of which 82 are the words; at three a second that is a minute


def test_everything_is_done_without_scripts(objects, without_js):
    page = without_js
    for item in objects[:2]:
        take(page, item)
    page.get_by_role("button", name="Retirer : Lampe 2").click()
    page.get_by_text("n’est plus dans votre panier").wait_for()
    page.get_by_role("link", name="Commander").click()
    fill_in(page)
    order(page)
    pay(page, "Acceptée")
    page.get_by_role("heading", name="Merci").wait_for()
    assert list(OrderLine.objects.values_list("title", "state")) == [("Lampe 1", "sold")]
    assert BasketLine.objects.get(item=objects[1]).state == "released"


@pytest.fixture
def received(objects, phone):
    """All three bought by the guest on the phone, and handed over."""
    for item in objects:
        take(phone, item)
    phone.get_by_role("link", name="Commander").click()
    fill_in(phone)
    order(phone)
    pay(phone, "Acceptée")
    phone.get_by_role("heading", name="Merci").wait_for()
    work()
    for part in SellerOrder.objects.order_by("pk"):
        SiteFactory(organisation=part.seller, is_main=True, address="2 route de Paris", city="Marmande")
        deliver_part(part=make_part_ready(part=part, by=None), by=None)
    return Order.objects.get()


def withdraw(page):
    """From the order's page, in the two steps of the law."""
    page.get_by_role("link", name="Renoncer au contrat ici").first.click()
    page.get_by_role("checkbox", name="Lampe 2").check()
    page.get_by_role("button", name="Renoncer au contrat ici").click()
    page.get_by_role("button", name="Confirmer la rétractation").click()
    page.get_by_role("heading", name="Accusé de réception").wait_for()


def test_a_guest_gives_one_of_three_back_and_gets_its_price(received, phone, desk, sound, live_server):
    phone.goto(order_path(received))
    withdraw(phone)
    sound(phone)
    assert Withdrawal.objects.get().said["seller"] == "La Malle aux livres"
    phone.get_by_role("radio", name="Rapporté à l’atelier").check()
    phone.get_by_role("button", name="Je l’ai rendu").click()
    phone.get_by_text("Le vendeur sait que c’est en route").wait_for()
    back = Return.objects.get()

    seller = MembershipFactory(organisation=back.part.seller, role="manager").user
    enter(desk, seller, live_server)
    desk.goto(f"/bureau/apres-vente/retours/{back.public_id}/")
    desk.get_by_role("button", name="Les objets sont là").click()
    desk.get_by_role("button", name="Rembourser 20,00").click()
    desk.get_by_text("Remboursé le").wait_for()
    sound(desk)
    work()

    phone.goto(order_path(received))
    phone.get_by_text("Remboursement du").wait_for()
    sound(phone)
    assert (Refund.objects.get().state, Refund.objects.get().amount_cents) == ("made", 2_000)
    refunded = OrderLine.objects.order_by("title").values_list("refunded_cents", flat=True)
    assert list(refunded) == [0, 2_000, 0]
    assert check_ledger().is_right


def test_the_two_steps_of_a_withdrawal_work_without_scripts(received, without_js):
    without_js.goto(order_path(received))
    withdraw(without_js)
    assert Return.objects.get().state == "awaited"
