"""Gift cards as buyers and the operator see them: nothing without an issuer; bought, read, given back; the desk."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from rebond.core.site import foot_links
from rebond.journal.models import Entry, OutgoingMail
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.money_request import grant_money
from rebond.ledger.models import MoneyRequest
from rebond.shop.actions.gift_issuer import end_issuer
from rebond.shop.actions.gift_mail import send_gift_card
from rebond.shop.actions.order_mail import write_order_mail
from rebond.shop.actions.trial import contest_payment, decide_dispute
from rebond.shop.models import GiftCard, GiftIssuer, Order
from rebond.shop.queries.gift_cards import display_card, find_card, is_sold
from rebond.shop.queries.orders import order_path
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.gift_cards import issue, sold_card
from tests.factories.network import MembershipFactory, OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
DESK = "/bureau/cartes-cadeaux/"


@pytest.fixture(autouse=True)
def trial(settings):
    settings.PAYMENT_PROVIDER = "test"
    caches["default"].clear()


@pytest.fixture
def treasurer(operator):
    return MembershipFactory(organisation=operator, role="finance", user__name="Tina Treasurer").user


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def words(response):
    return main(response).get_text(" ", strip=True)


def form(**changes):
    return {
        "amount": "5000", "email": "camille@example.org", "has_read": "on", "operation": str(uuid.uuid4()),
        "recipient_email": "lou@example.org", "sender_name": "Camille", "message": "Bravo <b>!</b>",
    } | changes  # fmt: skip


def test_without_an_issuer_there_is_nothing(client, operator):
    assert client.get("/cartes-cadeaux/").status_code == 404
    assert client.get("/cartes-cadeaux/solde/").status_code == 404
    assert b"Cartes cadeaux" not in client.get("/rayons/").content


def test_without_a_provider_the_foot_leads_to_what_is_left(client, operator, settings):
    issue(operator)
    buy, read = "/cartes-cadeaux/", "/cartes-cadeaux/solde/"
    links = [url for _label, url in foot_links("buy")]
    assert (buy in links, read in links, client.get(buy).status_code) == (True, False, 200)
    settings.PAYMENT_PROVIDER = ""
    links = [url for _label, url in foot_links("buy")]
    assert (buy in links, client.get(buy).status_code) == (False, 404)
    assert (read in links, client.get(read).status_code) == (True, 200)
    settings.PAYMENT_PROVIDER = "test"
    end_issuer(issuer=GiftIssuer.objects.get(), by=None)
    links = [url for _label, url in foot_links("buy")]
    assert (buy in links, read in links) == (False, True)


def test_a_form_that_was_changed_is_told_apart(client, operator):
    issue(operator)
    first = form()
    client.post("/cartes-cadeaux/", first, headers=HERE)
    answer = client.post("/cartes-cadeaux/", first | {"message": "Autre"}, headers=HERE)
    assert (answer.status_code, "déjà" in words(answer)) == (422, True)
    again = main(answer).select_one("input[name=operation]")["value"]
    assert again != first["operation"]
    assert client.post("/cartes-cadeaux/", first | {"operation": again}, headers=HERE).status_code == 302
    assert GiftCard.objects.count() == 2


def test_the_desk_says_that_nobody_would_receive_the_code(as_user, operator, treasurer):
    card, tina = sold_card(operator, 2_000), as_user(treasurer)
    path = f"{DESK}carte/{card.public_id}/"
    tina.post(f"{path}code/", {"to": "recipient", "operation": str(uuid.uuid4())})
    assert "Aucune adresse" in tina.get(path).content.decode()
    assert find_card(card.plain) == card


def test_a_card_is_bought_paid_read_and_given_back(client, operator):
    issue(operator)
    page = main(client.get("/cartes-cadeaux/"))
    assert [box["value"] for box in page.select("input[name=amount]")] == ["2000", "3000", "5000", "10000", "other"]
    pay = client.post("/cartes-cadeaux/", form(), headers=HERE)["Location"]
    assert "Carte cadeau" in words(client.get(pay))
    there = client.post(pay, {"card": "accepted"}, headers=HERE)["Location"]
    shown = words(client.get(there))
    assert "Utilisable" in shown
    assert "Bravo <b>!</b>" in shown
    back = main(client.get(there)).select_one("form[action$='/carte/']")["action"]
    assert client.get(back).status_code == 405
    assert "remboursée" in words(client.post(back, headers=HERE, follow=True))
    assert GiftCard.objects.get().state == "back"
    assert "ne peut plus" not in words(client.post(back, headers=HERE, follow=True))  # twice: the same refund


def test_what_is_wrong_is_said_beside_its_field_and_nothing_typed_is_lost(client, operator):
    issue(operator)
    for changes, name in (
        ({"amount": "other", "other": "5"}, "other"),
        ({"amount": "other"}, "other"),
        ({"amount": "1"}, "amount"),
        ({"send_on": "2020-01-01"}, "send_on"),
        ({"email": "x"}, "email"),
        ({"has_read": ""}, "has_read"),
    ):
        answer = client.post("/cartes-cadeaux/", form(**changes), headers=HERE)
        assert answer.status_code == 422, name
        assert name in answer.context["form"].errors
        assert main(answer).select_one("textarea[name=message]").get_text().strip() == "Bravo <b>!</b>"
    assert not Order.objects.exists()
    assert client.post("/cartes-cadeaux/", form(), headers={"origin": "https://evil.example"}).status_code == 403


def test_what_is_left_is_read_by_the_code_and_guesses_are_few(client, operator, settings):
    card = sold_card(operator)
    answer = client.post("/cartes-cadeaux/solde/", {"code": display_card(card.plain).lower()}, headers=HERE)
    assert "50,00" in words(answer)
    wrong = client.post("/cartes-cadeaux/solde/", {"code": "ABCD-EFGH-JKMN-PQRT"}, headers=HERE)
    assert (wrong.status_code, "Aucune carte" in words(wrong)) == (422, True)
    codes = [client.post("/cartes-cadeaux/solde/", {"code": "x"}, headers=HERE).status_code for _ in range(20)]
    assert codes[-1] == 429


def test_a_strangers_link_finds_nothing(client, operator):
    order = sold_card(operator).order
    assert client.get(order_path(order)).status_code == 200
    assert client.get(f"/commandes/{order.public_id}/abc/").status_code == 404
    assert client.post(f"/commandes/{order.public_id}/abc/carte/", headers=HERE).status_code == 404


def test_who_paid_finds_the_card_in_the_account(as_user, operator):
    card = sold_card(operator)
    user = UserFactory()
    Order.objects.filter(pk=card.order_id).update(user=user)
    assert "Carte cadeau" in words(as_user(user).get("/commandes/"))


def test_one_asks_for_the_issuer_another_grants(as_user, operator, treasurer, coordinator):
    tina = as_user(treasurer)
    typed = {"legal_basis": "CMF L525-5", "conditions": "Partout", "months": "24", "min_cents": "10", "max_cents": "5"}
    wrong = tina.post(f"{DESK}emetteur/", typed | {"operation": str(uuid.uuid4())})
    assert (wrong.status_code, "max_cents" in wrong.context["form"].errors) == (422, True)
    tina.post(f"{DESK}emetteur/", typed | {"max_cents": "150", "operation": str(uuid.uuid4())})
    assert not is_sold()
    grant_money(request=MoneyRequest.objects.get(), by=coordinator)
    assert is_sold()
    issuer = GiftIssuer.objects.get()
    assert "CMF L525-5" in words(tina.get(DESK))
    ends = {"issuer": issuer.public_id, "operation": str(uuid.uuid4())}
    tina.post(f"{DESK}emetteur/fin/", ends)
    assert is_sold()
    grant_money(request=MoneyRequest.objects.get(decided_at=None), by=coordinator)
    assert not is_sold()


def test_the_list_costs_the_same_for_one_and_three(as_user, operator, treasurer, django_assert_num_queries):
    tina = as_user(treasurer)
    sold_card(operator)
    tina.get(DESK)
    with django_assert_num_queries(QUERIES):
        tina.get(DESK)
    for _ in range(2):
        sold_card(operator)
    with django_assert_num_queries(QUERIES):
        shown = words(tina.get(DESK))
    assert "Encore dû : 150,00" in shown.replace("\xa0", " ")
    assert tina.get(f"{DESK}?export=csv").status_code == 200


QUERIES = 6


# At the checkout


@pytest.fixture
def basket(client, seller, chairs, index, operator):
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["pickup"]
    seller.save()
    item = ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise", price_cents=2_540)
    client.post("/panier/ajout/", {"code": item.code}, headers=HERE)
    return client


def order(client, **changes):
    typed = {
        "name": "Lou Martin", "email": "lou@example.org", "phone": "", "address": "18 rue de la Libération",
        "postal_code": "47200", "city": "Marmande", "has_read": "on", "parcel_1": "pickup", "total": "2540",
        "objects": "2540", "operation": str(uuid.uuid4()),
    }  # fmt: skip
    return client.post("/commande/", typed | changes, headers=HERE)


def hidden(answer, *names):
    page = main(answer)
    return {name: page.select_one(f"input[name={name}]")["value"] for name in names}


def test_the_field_is_there_only_where_cards_are_known(basket, operator):
    assert not main(basket.get("/commande/")).select("input[name=card_code]")
    issue(operator)
    assert main(basket.get("/commande/")).select("input[name=card_code]")


def test_a_card_pays_a_part_shown_before_it_is_ordered(basket, operator):
    card = sold_card(operator, 1_000)
    typed = display_card(card.plain).lower()
    at_once = order(basket, card_code=typed)  # without having seen what it pays
    assert (at_once.status_code, Order.objects.count()) == (422, 1)
    shown = order(basket, card_code=typed, points="1")
    known = hidden(shown, "card_proof", "left")
    assert known["left"] == "1540"
    assert "Reste à payer 15,40" in words(shown).replace("\xa0", " ")
    tampered = order(basket, card_code=typed, **(known | {"left": "1"}))
    assert tampered.status_code == 422
    pay = order(basket, card_code=typed, **known)["Location"]
    assert "Payer 15,40" in words(basket.get(pay)).replace("\xa0", " ")
    there = basket.post(pay, {"card": "accepted"}, headers=HERE)["Location"]
    assert "Payé par carte cadeau" in words(basket.get(there))
    card.refresh_from_db()
    assert (card.balance_cents, check_ledger().is_right) == (0, True)
    bought = Order.objects.get(email="lou@example.org")
    write_order_mail(order_id=bought.pk)
    assert "Payé par carte cadeau : 10,00" in OutgoingMail.objects.get(kind="shop.order").text
    balance = basket.post("/cartes-cadeaux/solde/", {"code": card.plain}, headers=HERE)
    assert "Utilisé" in words(balance)
    assert bought.public_id not in balance.content.decode()  # who gave it does not read what it bought


def test_a_card_pays_all_in_one_gesture(basket, operator):
    card = sold_card(operator)
    known = hidden(order(basket, card_code=card.plain, points="1"), "card_proof", "left")
    name = str(uuid.uuid4())
    there = order(basket, card_code=card.plain, operation=name, **known)["Location"]
    assert "Merci" in words(basket.get(there))
    assert order(basket, card_code=card.plain, operation=name, **known)["Location"] == there, "pressed twice"
    assert order(Client(), card_code=card.plain, operation=name, **known)["Location"] == "/panier/", "nobody else's"
    bought = Order.objects.get(email="lou@example.org")
    assert (bought.state, bought.payments.get().provider) == ("paid", "gift_card")
    assert basket.get(order_path(bought, "order-pay")).status_code == 302
    card.refresh_from_db()
    assert (card.balance_cents, check_ledger().is_right) == (2_460, True)


def test_who_comes_back_from_the_payment_uses_the_card_again(basket, operator):
    card = sold_card(operator, 1_000)
    known = hidden(order(basket, card_code=card.plain, points="1"), "card_proof", "left")
    order(basket, card_code=card.plain, **known)
    again = order(basket, card_code=card.plain, **known)
    assert again.status_code == 302
    assert Order.objects.filter(email="lou@example.org").order_by("pk").values_list("state", flat=True)[0] == "lapsed"
    card.refresh_from_db()
    assert card.balance_cents == 0


def test_a_process_that_stopped_before_the_card_paid_has_a_button(basket, operator, monkeypatch):
    card = sold_card(operator)
    known = hidden(order(basket, card_code=card.plain, points="1"), "card_proof", "left")
    with monkeypatch.context() as patch:
        patch.setattr("rebond.shop.web.views.checkout.pay_by_card", lambda payment: None)
        order(basket, card_code=card.plain, **known)
    pay = order_path(Order.objects.get(email="lou@example.org"), "order-pay")
    assert "Payer avec la carte cadeau" in words(basket.get(pay))
    assert "Merci" in words(basket.post(pay, headers=HERE, follow=True))


def test_codes_of_cards_are_not_guessed_at_the_checkout(basket, operator):
    card = sold_card(operator)
    for wrong in ("ABCD-EFGH-JKMN-PQRT", "x"):
        answer = order(basket, card_code=wrong, points="1")
        assert (answer.status_code, "ne paie rien" in words(answer)) == (422, True)
    GiftCard.objects.update(state="blocked")
    assert "ne paie rien" in words(order(basket, card_code=card.plain, points="1"))
    for _ in range(18):
        answer = order(basket, card_code="x", points="1")
    assert "Trop de codes" in words(answer)
    assert Entry.objects.filter(action="shop.voucher.tried").exists()


# The desk


def test_only_the_operators_finance_reads_it(as_user, client, owner, reader, operator, treasurer):
    assert client.get(DESK).status_code == 302
    assert as_user(owner).get(DESK).status_code == 403
    assert as_user(reader).get(DESK).status_code == 403
    assert as_user(treasurer).get(DESK).status_code == 200


def test_a_day_of_sending_is_told(client, operator):
    card = sold_card(operator, send_on=timezone.localdate())
    assert "partira par mail" in words(client.get(order_path(card.order)))


def test_a_lost_card_is_blocked_and_freed(as_user, operator, treasurer):
    card, tina = sold_card(operator), as_user(treasurer)
    path = f"{DESK}carte/{card.public_id}/"
    assert "Utilisable" in words(tina.get(path))
    assert card.plain not in tina.get(path).content.decode()
    for verb, state in (("block", "blocked"), ("block", "blocked"), ("sell", "blocked"), ("free", "live")):
        assert tina.post(f"{path}etat/", {"verb": verb}).status_code == 302
        card.refresh_from_db()
        assert card.state == state
    dispute = contest_payment(payment=card.order.payments.get())
    tina.post(f"{path}etat/", {"verb": "free"})
    card.refresh_from_db()
    assert card.state == "blocked"
    assert "conteste" in words(tina.get(path))
    decide_dispute(dispute=dispute, is_won=True)
    card.refresh_from_db()
    assert card.state == "live"


def test_another_code_is_asked_for_and_granted(as_user, operator, treasurer, coordinator):
    card, tina = sold_card(operator, 6_000, recipient_email="lou@example.org"), as_user(treasurer)
    path = f"{DESK}carte/{card.public_id}/"
    send_gift_card(card_id=card.pk)
    tina.post(f"{path}code/", {"to": "payer", "operation": str(uuid.uuid4())})
    assert find_card(card.plain) == card  # above 50 € another person grants it
    assert "une autre personne doit dire oui" in words(tina.get(path))
    grant_money(request=MoneyRequest.objects.get(), by=coordinator)
    card.refresh_from_db()
    assert (find_card(card.plain), card.state, card.balance_cents, card.recipient_email) == (None, "live", 6_000, "")
    assert send_gift_card(card_id=card.pk)
    assert OutgoingMail.objects.filter(kind="shop.gift_card").latest("pk").to == "camille@example.org"
    assert check_ledger().is_right


def test_a_small_card_gets_another_code_at_once_once(as_user, operator, treasurer, coordinator):
    card, tina = sold_card(operator, 2_000, recipient_email="lou@example.org"), as_user(treasurer)
    GiftCard.objects.update(state="blocked", expires_on="2020-01-01")
    form = {"to": "recipient", "operation": str(uuid.uuid4())}
    for _ in range(2):
        tina.post(f"{DESK}carte/{card.public_id}/code/", form)
    card.refresh_from_db()
    assert (card.state, card.recipient_email, find_card(card.plain)) == ("live", "lou@example.org", None)
    assert card.expires_on > timezone.localdate()
    assert Entry.objects.filter(action="shop.gift_card.replaced").count() == 1
    GiftCard.objects.update(balance_cents=0)
    tina.post(f"{DESK}carte/{card.public_id}/code/", {"to": "payer", "operation": str(uuid.uuid4())})
    assert Entry.objects.filter(action="shop.gift_card.replaced").count() == 1


def test_the_desk_finds_a_card_by_number_or_whole_address(as_user, operator, treasurer):
    card, tina = sold_card(operator, recipient_email="Lou@example.org"), as_user(treasurer)
    for asked in (card.public_id, card.order.public_id, "lou@example.org", "CAMILLE@example.org"):
        assert card.public_id in tina.get(DESK, {"q": asked}).text, asked
    for asked in ("example.org", "lou", card.plain):
        assert card.public_id not in tina.get(DESK, {"q": asked}).text, asked


def test_another_operators_card_is_unknown(as_user, operator, treasurer):
    card = sold_card(operator)
    other = OrganisationFactory(kind="operator")
    GiftIssuer.objects.update(organisation=other)
    for path in ("", "etat/", "code/"):
        client = as_user(treasurer)
        ask = client.post if path else client.get
        assert ask(f"{DESK}carte/{card.public_id}/{path}").status_code == 404
