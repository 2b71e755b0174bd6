"""Ordering in one page: guest or account, no JavaScript, the law's button, the trial's payment, signed links."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.network.models import Agreement, Organisation
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.models import BasketLine, Order, OrderLine, Payment, Refund
from rebond.shop.queries.orders import order_path
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
BUYER = {
    "name": "Camille Vasseur",
    "email": "camille@example.org",
    "phone": "",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "marmande",
    "has_read": "on",
    "parcel_1": "home",
    "operation": "7c2b8f52-4a8e-4a4d-9d7e-0d6a3c1c9b11",
    "total": "3190",
}


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = "test"


@pytest.fixture
def chair(chairs, seller, index):
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["relay", "pickup", "home"]
    seller.save()
    Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"home_cents": 690, "relay_cents": 490},
    )
    return ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise en hêtre", price_cents=2500)


@pytest.fixture
def buyer(client, chair):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    return client


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def words(response):
    return main(response).get_text(" ", strip=True)


def send(client, **changes):
    return client.post("/commande/", BUYER | changes, headers=HERE)


def test_the_page_has_the_law_s_recap_and_button(buyer):
    page = main(buyer.get("/commande/"))
    text = page.get_text(" ", strip=True)
    for expected in (
        "Commande avec obligation de paiement",
        "14\u00a0jours",
        "Garantie légale",
        "médiateur",
        "25,00\u00a0€",
    ):
        assert expected in text, expected
    assert [radio["value"] for radio in page.select("input[name=parcel_1]")] == [
        "pickup",
        "home",
    ]  # no relay, no express
    assert page.select_one("input[name=total]")["value"] == "2500"


def test_a_guest_orders_pays_and_reads_the_order(buyer, chair):
    response = send(buyer)

    order = Order.objects.get()
    assert (response.status_code, response["Location"]) == (302, order_path(order, "order-pay"))
    assert (order.total_cents, order.city, order.state) == (3190, "Marmande", "placed")
    line = OrderLine.objects.get()
    assert (line.delivery_mode, line.shipping_cents) == ("home", 690)
    assert "31,90\u00a0€" in words(buyer.get(response["Location"]))
    paid = buyer.post(response["Location"], {"card": "accepted"}, headers=HERE)
    assert paid["Location"] == order_path(order)
    text = words(buyer.get(paid["Location"]))
    assert "Merci" in text
    assert "Chaise en hêtre" in text
    assert Item.objects.get(pk=chair.pk).state == "sold"
    assert buyer.get(response["Location"])["Location"] == order_path(order)  # paid: nothing to pay again


def test_sent_twice_it_is_one_order(buyer):
    assert send(buyer)["Location"] == send(buyer)["Location"]
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    "changes",
    [{"address": "2 rue Neuve"}, {"email": "autre@example.org"}, {"name": "Autre Personne"}, {"gift_1": "Bon Noël"}],
)
def test_sent_again_with_other_choices_it_says_so_and_a_third_time_orders_them(buyer, changes):
    send(buyer)
    first = Order.objects.get()
    answer = send(buyer, **changes)
    assert (answer.status_code, first.public_id in words(answer)) == (422, True)
    (kept,) = Order.objects.all()
    assert [getattr(kept, name) for name in ("address", "email", "name")] == [first.address, first.email, first.name]
    again = main(answer).select_one("[name=operation]")["value"]
    assert send(buyer, operation=again, **changes).status_code == 302
    assert Order.objects.count() == 2


def test_a_refused_card_then_a_good_one(buyer):
    path = send(buyer)["Location"]
    refused = buyer.post(path, {"card": "refused"}, headers=HERE, follow=True)
    assert "La banque a refusé la carte" in words(refused)
    assert Order.objects.get().state == "placed"
    text = words(buyer.get(order_path(Order.objects.get())))
    assert "Le paiement n’a pas abouti" in text
    assert "rien n’a été débité" in text
    assert "en route" not in text
    buyer.post(path, {"card": "accepted"}, headers=HERE)
    assert Order.objects.get().state == "paid"


def test_a_gift_has_words_for_the_seller_and_its_order(buyer, as_user, owner):
    long = send(buyer, gift_1="x" * 301)
    assert (long.status_code, Order.objects.count()) == (422, 0)
    path = send(buyer, gift_1="  Bon anniversaire, <b>Mémé</b> !\r\nCamille ")["Location"]
    buyer.post(path, {"card": "accepted"}, headers=HERE)
    order = Order.objects.get()
    parcel = order.parcels.get()
    assert parcel.gift == "Bon anniversaire, <b>Mémé</b> ! Camille"
    assert parcel.gift in words(buyer.get(order_path(order)))
    desk = as_user(owner).get(f"/bureau/commandes/{order.parts.get().public_id}/")
    assert main(desk).blockquote.get_text(strip=True) == parcel.gift
    order.parts.update(state="delivered", delivered_at=order.paid_at)
    assert main(as_user(owner).get(desk.request["PATH_INFO"])).blockquote is None  # over: of nobody's business


def test_the_seller_reads_the_pick_up_point_that_was_chosen(buyer, as_user, owner):
    send(buyer)
    order = Order.objects.get()
    where = {"address": "1 quai", "postal_code": "47200", "city": "Marmande", "hours": ""}
    order.parcels.update(carrier="Relais Voisins", point=where | {"code": "X1", "name": "Tabac du Pont"})
    buyer.post(order_path(order, "order-pay"), {"card": "accepted"}, headers=HERE)
    desk = as_user(owner).get(f"/bureau/commandes/{order.parts.get().public_id}/")
    assert "Tabac du Pont" in words(desk)


def test_a_strong_card_asks_first(buyer):
    path = send(buyer)["Location"]
    asked = buyer.post(path, {"card": "strong"}, headers=HERE)
    assert "Oui, confirmer le paiement" in words(asked)
    assert Order.objects.get().state == "placed"
    buyer.post(path, {"card": "strong", "confirmed": "1"}, headers=HERE)
    assert Order.objects.get().state == "paid"


def test_a_slow_payment_is_waited_for(buyer):
    path = send(buyer)["Location"]
    shown = buyer.post(path, {"card": "slow"}, headers=HERE, follow=True)
    assert "Nous attendons votre paiement" in words(shown)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"email": "camille.fr"}, "adresse"),
        ({"postal_code": "4720"}, "Un code postal compte"),
        ({"postal_code": "00000"}, "Aucune commune"),
        ({"city": "Tours"}, "Ce code postal est celui de"),
        ({"has_read": ""}, "obligatoire"),
        ({"parcel_1": "relay"}, "Ce mode ne convient pas"),
        ({"parcel_1": ""}, "Choisissez comment recevoir ce colis"),
        ({"total": "2500"}, "Rien n’a été commandé"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_ordered(buyer, changes, sentence):
    response = send(buyer, **changes)
    assert response.status_code == 422
    assert sentence in words(response)
    assert Order.objects.count() == 0


@pytest.mark.parametrize(("city", "code"), [("MARMANDE", "47200"), ("st etienne", "42000"), ("Saint-Étienne", "42000")])
def test_a_town_is_known_however_it_is_typed(buyer, city, code):
    assert send(buyer, city=city, postal_code=code).status_code == 302


def test_a_price_that_changes_meanwhile_orders_nothing(buyer, chair):
    Item.objects.filter(pk=chair.pk).update(price_cents=2600)
    assert send(buyer).status_code == 422
    assert Order.objects.count() == 0


def test_a_lost_line_is_named_and_the_rest_is_ordered_once_more(buyer, chair, seller):
    lamp = ItemFactory(seller=seller, category=chair.category, on_sale=True, title="Lampe", price_cents=900)
    buyer.post("/panier/ajout/", {"code": lamp.code}, headers=HERE)
    BasketLine.objects.filter(item=lamp).update(
        ends_at=timezone.now() - datetime.timedelta(minutes=1), limit_at=timezone.now()
    )

    answer = send(buyer, total="4090", objects="3400", kept=f"{chair.code} {lamp.code} ")

    assert (answer.status_code, Order.objects.count()) == (422, 0)
    text = words(answer)
    assert "Tout ne vous est plus gardé" in text
    assert "Lampe" in main(answer).select_one("section h2").get_text()
    assert main(answer).select_one("input[name=name]")["value"] == "Camille Vasseur"
    assert main(answer).select_one("input[name=total]")["value"] == "3190"
    assert send(buyer).status_code == 302


def test_without_javascript_another_delivery_is_counted_then_ordered(buyer):
    answer = send(buyer, total="2500", objects="2500")
    assert answer.status_code == 422
    assert "Avec la livraison choisie, le total n’est plus le même" in words(answer)
    total = main(answer).select_one("input[name=total]")["value"]
    assert total == "3190"
    assert send(buyer, total=total, objects="2500").status_code == 302


def test_what_was_lost_before_the_form_is_no_reason(buyer, chair, seller):
    """The delivery alone changed: the page names the lamp, the refusal does not speak of it."""
    lamp = ItemFactory(seller=seller, category=chair.category, on_sale=True, title="Lampe", price_cents=900)
    buyer.post("/panier/ajout/", {"code": lamp.code}, headers=HERE)
    BasketLine.objects.filter(item=lamp).update(
        ends_at=timezone.now() - datetime.timedelta(minutes=1), limit_at=timezone.now()
    )
    form = main(buyer.get("/commande/"))
    kept = form.select_one("input[name=kept]")["value"]
    assert kept.split() == [chair.code]

    text = words(send(buyer, total="2500", objects="2500", kept=kept))

    assert "Avec la livraison choisie, le total n’est plus le même" in text
    assert "Tout ne vous est plus gardé" not in text


def test_the_total_is_counted_on_demand_without_an_error(buyer):
    counted = send(buyer, total="2500", points="1", city="")
    assert counted.status_code == 200
    assert main(counted).select_one("input[name=total]")["value"] == "3190"
    assert not main(counted).select(".error")


def test_a_price_that_changed_is_said_on_its_line(buyer, chair):
    Item.objects.filter(pk=chair.pk).update(price_cents=2600)
    text = words(send(buyer, objects="2500"))
    assert "Son prix a changé" in text
    assert "Votre panier ou son total a changé" in text


@pytest.mark.parametrize("path", ["/panier/", "/commande/"])
def test_the_means_of_payment_are_told_from_the_beginning(buyer, settings, path):
    assert "aucun argent réel" in words(buyer.get(path))
    settings.PAYMENT_PROVIDER, settings.TRANSFER_IBAN = "stripe", "FR7630006000011234567890189"
    text = words(buyer.get(path))
    assert "carte bancaire, Apple Pay ou Google Pay" in text
    assert "par virement" in text
    assert "ne connaît pas de restriction" not in text  # zones restrict it
    assert "celles qui vont à votre adresse" in text


def test_the_trial_s_numbers_are_typed_and_a_real_card_is_refused(buyer):
    path = send(buyer)["Location"]
    shown = words(buyer.get(path))
    assert "4000 0000 0000 0002" in shown
    wrong = buyer.post(path, {"card": "accepted", "number": "4970 1000 0000 0154"}, headers=HERE)
    assert wrong.status_code == 422
    assert "Une vraie carte n’a pas sa place ici" in words(wrong)
    assert Order.objects.get().state == "placed"
    refused = buyer.post(path, {"card": "accepted", "number": "4000000000000002"}, headers=HERE, follow=True)
    assert "La banque a refusé la carte" in words(refused)
    buyer.post(path, {"card": "refused", "number": " 4242 4242 4242 4242 "}, headers=HERE)
    assert Order.objects.get().state == "paid"


def test_the_payment_page_counts_the_time_down_and_says_when_it_is_over(buyer):
    path = send(buyer)["Location"]
    line = BasketLine.objects.get()
    timer = main(buyer.get(path)).select_one("[data-rebond-ends]")
    assert datetime.datetime.fromisoformat(timer["data-rebond-ends"]) == line.ends_at

    BasketLine.objects.update(ends_at=timezone.now() - datetime.timedelta(minutes=1))

    page = main(buyer.post(path, {"card": "refused"}, headers=HERE, follow=True))
    assert not page.select("[data-rebond-ends]")
    assert "Vos objets ne vous sont plus gardés" in page.get_text(" ", strip=True)


def test_the_delivery_of_a_lost_parcel_goes_back_too(buyer, chair):
    send(buyer)
    Item.objects.filter(pk=chair.pk).update(state="withdrawn", reserved=0)
    payment = Payment.objects.get()
    receive_event(told=Told("test", "e", "paid", payment.public_id, payment.amount_cents))
    assert Refund.objects.get().amount_cents == 3190
    assert "31,90\u00a0€" in words(buyer.get(order_path(Order.objects.get())))


def test_without_a_provider_nobody_orders(buyer, settings):
    settings.PAYMENT_PROVIDER = ""
    assert buyer.get("/commande/").status_code == 404
    assert "/commande/" not in buyer.get("/panier/").content.decode()


def test_without_an_operator_nobody_orders(buyer):
    """The basket's link and the page agree: a link to nothing would be a fault."""
    Organisation.objects.filter(kind="operator").update(kind="association")
    assert buyer.get("/commande/").status_code == 404
    assert "/commande/" not in buyer.get("/panier/").content.decode()


def test_an_empty_basket_leads_back(client, chair):
    assert client.get("/commande/")["Location"] == "/panier/"
    assert client.post("/commande/", BUYER).status_code == 403


def test_nobody_finds_an_order_without_its_link(buyer, client):
    send(buyer)
    order = Order.objects.get()
    for path in (f"/commandes/{order.public_id}/wrong/", f"/commandes/{order.public_id}/wrong/paiement/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_my_orders_are_mine_and_cost_a_fixed_number_of_queries(as_user, n, django_assert_num_queries):
    user = UserFactory()
    for _ in range(n):
        Order.objects.create(user=user, email="a@example.org", total_cents=100)
    Order.objects.create(user=UserFactory(), email="b@example.org", total_cents=100)
    client = as_user(user)
    client.get("/commandes/")
    with django_assert_num_queries(4):
        page = main(client.get("/commandes/"))
    assert len(page.select("ul.list.panel > li")) == n
