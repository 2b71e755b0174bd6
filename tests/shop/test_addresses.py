"""Addresses kept in the account: one proposed first, chosen when ordering, nobody else's."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction

from rebond.journal.models import Entry
from rebond.network.models import Agreement
from rebond.shop.actions.address import LIMIT, add_address, change_address, prefer_address, remove_address
from rebond.shop.errors import AddressesFullError, AddressKnownError
from rebond.shop.models import Order, SavedAddress
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
HOME = {
    "name": "Camille Vasseur",
    "phone": "06 39 98 00 01",
    "address": "18 rue de la Libération",
    "postal_code": "47200",
    "city": "Marmande",
}
WORK = HOME | {"address": "2 place du Marché", "postal_code": "42000", "city": "Saint-Étienne"}


@pytest.fixture
def buyer(db):
    return UserFactory(name="Camille Vasseur")


@pytest.fixture
def chair(chairs, seller, index, settings):
    settings.PAYMENT_PROVIDER = "test"
    SiteFactory(organisation=seller, is_main=True, city="Marmande", department="47")
    seller.delivery_modes = ["home"]
    seller.save()
    Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"home_cents": 690},
    )
    return ItemFactory(seller=seller, category=chairs, on_sale=True, price_cents=2500)


def soup(response):
    return BeautifulSoup(response.content, "html.parser").main


def test_the_first_address_is_proposed_first_then_the_one_that_is_chosen(buyer):
    home, work = add_address(user=buyer, fields=HOME), add_address(user=buyer, fields=WORK)
    assert list(SavedAddress.objects.values_list("pk", "is_default")) == [(home.pk, True), (work.pk, False)]
    prefer_address(address=work, by=buyer)
    assert list(SavedAddress.objects.filter(is_default=True)) == [work]
    remove_address(address=work, by=buyer)
    assert SavedAddress.objects.get(is_default=True) == home
    actions = Entry.objects.order_by("pk").values_list("action", "subject_label")
    verbs = ("added", "added", "preferred", "removed")
    assert [action for action, _label in actions] == [f"shop.address.{verb}" for verb in verbs]
    assert "Libération" not in str(list(actions))  # the journal is for ever


def test_the_same_address_twice_is_one_and_two_defaults_are_refused(buyer):
    made = add_address(user=buyer, fields=HOME)
    assert add_address(user=buyer, fields=HOME) == made
    assert SavedAddress.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedAddress.objects.create(user=buyer, **WORK, is_default=True)
    other = add_address(user=buyer, fields=WORK)
    with pytest.raises(AddressKnownError):
        change_address(address=other, fields=HOME, by=buyer)
    assert SavedAddress.objects.get(pk=other.pk).city == "Saint-Étienne"


def test_an_account_keeps_twenty(buyer):
    for number in range(LIMIT):
        add_address(user=buyer, fields=HOME | {"address": f"{number} rue du Port"})
    with pytest.raises(AddressesFullError):
        add_address(user=buyer, fields=WORK)
    assert SavedAddress.objects.count() == LIMIT


def test_the_pages_add_change_and_take_away(as_user, buyer):
    client = as_user(buyer)
    assert "Aucune adresse" in soup(client.get("/adresses/")).get_text()
    wrong = client.post("/adresses/nouvelle/", HOME | {"city": "Tours"}, headers=HERE)
    assert (wrong.status_code, SavedAddress.objects.count()) == (422, 0)
    client.post("/adresses/nouvelle/", HOME | {"city": "marmande"}, headers=HERE)
    made = SavedAddress.objects.get()
    assert (made.city, made.is_default) == ("Marmande", True)
    client.post(f"/adresses/{made.public_id}/", WORK | {"city": "st etienne"}, headers=HERE)
    made.refresh_from_db()
    assert made.city == "Saint-Étienne"
    client.post(f"/adresses/{made.public_id}/suppression/", headers=HERE)
    client.post(f"/adresses/{made.public_id}/suppression/", headers=HERE)
    assert not SavedAddress.objects.exists()


def test_nobody_else_sees_or_touches_them(as_user, client, buyer, stranger):
    made = add_address(user=buyer, fields=HOME)
    other = as_user(stranger)
    for path in ("", "preference/", "suppression/"):
        assert other.post(f"/adresses/{made.public_id}/{path}", WORK, headers=HERE).status_code == 404
    assert soup(other.get("/adresses/")).find("address") is None
    assert client.get("/adresses/").status_code == 302
    assert SavedAddress.objects.get().city == "Marmande"


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_a_fixed_number_of_queries(as_user, buyer, n, django_assert_num_queries):
    for number in range(n):
        add_address(user=buyer, fields=HOME | {"address": f"{number} rue du Port"})
    client = as_user(buyer)
    client.get("/adresses/")
    with django_assert_num_queries(3):
        assert len(soup(client.get("/adresses/")).select("address")) == n


def order(client, **changes):
    page = soup(client.get("/commande/"))
    hidden = {field["name"]: field.get("value", "") for field in page.select("form.split > input[type=hidden]")}
    return client.post(
        "/commande/",
        hidden | {"email": "camille@example.org", "has_read": "on", "parcel_1": "home", "total": "3190"} | changes,
        headers=HERE,
    )


def test_a_saved_address_is_chosen_when_ordering_without_typing(as_user, buyer, chair):
    client = as_user(buyer)
    add_address(user=buyer, fields=HOME)
    work = add_address(user=buyer, fields=WORK)
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    ticked = soup(client.get("/commande/")).select_one("input[name=saved][checked]")
    assert ticked["value"] == SavedAddress.objects.get(is_default=True).public_id
    assert order(client, saved=work.public_id).status_code == 302
    made = Order.objects.get()
    assert (made.address, made.postal_code, made.city, made.phone) == tuple(
        WORK[name] for name in ("address", "postal_code", "city", "phone")
    )
    remove_address(address=work, by=buyer)
    assert Order.objects.get().city == "Saint-Étienne"


def test_somebody_elses_address_is_not_one(as_user, buyer, chair):
    theirs = add_address(user=UserFactory(), fields=WORK)
    client = as_user(buyer)
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    assert order(client, saved=theirs.public_id).status_code == 422
    assert not Order.objects.exists()


def test_another_address_is_kept_where_the_buyer_ticks_it(as_user, buyer, chair):
    client = as_user(buyer)
    add_address(user=buyer, fields=HOME)
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    assert order(client, saved="", keeps="on", **WORK).status_code == 302
    assert SavedAddress.objects.filter(user=buyer, city="Saint-Étienne").count() == 1


def test_a_guest_is_asked_for_no_account_and_keeps_nothing(client, chair):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    page = soup(client.get("/commande/"))
    assert page.select("input[name=saved], input[name=keeps]") == []
    assert order(client, keeps="on", **HOME).status_code == 302
    assert not SavedAddress.objects.exists()


def test_enter_orders_the_first_button_of_the_form_is_the_orders(client, chair):
    """A key in a field presses the form's first button: it must not be the one that looks for pick-up points."""
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    first = soup(client.get("/commande/")).select_one("form.split button")
    assert (first["type"], first.get("name"), first["tabindex"]) == ("submit", None, "-1")
