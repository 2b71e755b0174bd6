"""The basket in a browser without JavaScript: forms, refusals, what others see."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone

from rebond.catalogue.actions.item import withdraw_item
from rebond.catalogue.models import Item
from rebond.shop.actions.basket import take_item
from rebond.shop.models import Alert, BasketLine, LaterLine
from rebond.shop.queries.keeper import Keeper
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def chair(chairs, seller, index):
    return ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise en hêtre", price_cents=2500)


def path_of(item):
    return f"/objet/{item.slug}-{item.code.lower()}/"


def main(response):
    return BeautifulSoup(response.content, "html.parser").main


def words(response):
    return main(response).get_text(" ", strip=True)


def take_button(response):
    return main(response).select_one("button[form=prendre]")


def add(client, item, **data):
    return client.post("/panier/ajout/", {"code": item.code} | data, headers=HERE)


def test_a_guest_takes_an_object_from_its_page(client, chair):
    button = take_button(client.get(path_of(chair)))
    assert (button.get_text(strip=True), button["value"]) == ("Ajouter au panier", chair.code)

    response = add(client, chair)

    assert (response.status_code, response["Location"]) == (302, "/panier/")
    assert client.cookies["visiteur"]["httponly"]
    text = words(client.get("/panier/"))
    line = BasketLine.objects.get()
    hour = timezone.localtime(line.ends_at)
    assert f"Gardé pour vous jusqu’à {hour.hour}\u00a0h\u00a0{hour:%M}" in text
    assert "Colis\u00a01" in text
    assert "25,00\u00a0€" in text


def test_sent_twice_it_is_one_object(client, chair):
    for _ in range(2):
        add(client, chair)
    assert BasketLine.objects.count() == 1
    assert Item.objects.get(pk=chair.pk).reserved == 1


def test_the_button_of_a_page_puts_nothing_of_a_batch_back(client, seller, chairs):
    batch = ItemFactory(seller=seller, category=chairs, on_sale=True, quantity=4)
    add(client, batch, n="3")
    add(client, batch)
    assert (BasketLine.objects.get().quantity, Item.objects.get(pk=batch.pk).reserved) == (3, 3)
    add(client, batch, n="1")
    assert BasketLine.objects.get().quantity == 1


def test_the_other_visitor_sees_until_when_and_may_be_told(client, chair, as_user):
    add(as_user(), chair)

    page = client.get(path_of(chair))

    limit = timezone.localtime(BasketLine.objects.get().limit_at)
    assert f"acheté ou libre au plus tard à {limit.hour}\u00a0h\u00a0{limit:%M}" in words(page)
    assert take_button(page) is None
    assert main(page).select_one(f"a[href='/alertes/liberation/{chair.code.lower()}/']") is not None
    response = add(client, chair)
    assert response["Location"] == f"/panier/?manque={chair.code}"
    text = words(client.get(response["Location"]))
    assert "dans le panier de quelqu’un" in text
    assert BasketLine.objects.count() == 1


def test_the_alert_waits_for_this_very_object(client, chair):
    path = f"/alertes/liberation/{chair.code.lower()}/"
    form = main(client.get(path))
    assert form.find("input", {"name": "frequency"}) is None
    assert client.post(path, {"email": "pas une adresse"}, headers=HERE).status_code == 422
    assert client.post(path, {"email": "lea@example.org"}, headers=HERE).status_code == 302
    assert (Alert.objects.get().kind, Alert.objects.get().item) == ("freed", chair)
    Item.objects.filter(pk=chair.pk).update(state="sold", reserved=1)
    assert client.get(path).status_code == 404


def test_a_hold_that_is_over_blocks_no_page(client, chair):
    take_item(keeper=Keeper(visitor="x"), item=chair, now=timezone.now() - datetime.timedelta(minutes=21))
    assert take_button(client.get(path_of(chair))) is not None


def test_remove_for_later_and_prolong(client, chair, seller, chairs):
    lamp = ItemFactory(seller=seller, category=chairs, on_sale=True, title="Lampe")
    for item in (chair, lamp):
        add(client, item)
    client.post("/panier/prolongation/", {"code": chair.code}, headers=HERE)
    assert BasketLine.objects.get(item=chair).ends_at == BasketLine.objects.get(item=chair).limit_at

    client.post("/panier/plus-tard/", {"code": chair.code}, headers=HERE)
    client.post("/panier/retrait/", {"code": lamp.code}, headers=HERE)

    assert LaterLine.objects.get().item == chair
    assert list(Item.objects.order_by("pk").values_list("reserved", flat=True)) == [0, 0]
    text = words(client.get("/panier/"))
    assert "n’est plus dans votre panier" in text
    assert "Votre panier est vide" in text


def test_what_ended_may_be_taken_again(client, chair):
    add(client, chair)
    now = timezone.now()
    BasketLine.objects.update(
        taken_at=now - datetime.timedelta(minutes=21),
        ends_at=now - datetime.timedelta(minutes=1),
        limit_at=now + datetime.timedelta(minutes=9),
    )
    text = words(client.get("/panier/"))
    assert "n’est plus gardé pour vous" in text
    assert "Reprendre" in text
    add(client, chair)
    assert BasketLine.objects.get().state == "held"


def test_what_the_seller_withdrew_may_be_taken_out(client, chair, owner, as_user):
    add(client, chair)
    now = timezone.now()
    BasketLine.objects.update(state="lapsed", ended_at=now, ends_at=now, limit_at=now)
    Item.objects.update(reserved=0)
    withdraw_item(item=chair, reason="damaged", by=owner)
    assert "n’est plus en vente" in words(client.get("/panier/"))

    response = client.post("/panier/retrait/", {"code": chair.code}, headers=HERE, follow=True)

    assert "Votre panier est vide" in words(response)
    assert as_user().post("/panier/retrait/", {"code": chair.code}, headers=HERE).status_code == 404


def test_a_number_that_is_not_free_is_refused_at_its_line(client, chair, seller, chairs, as_user):
    batch = ItemFactory(seller=seller, category=chairs, on_sale=True, quantity=4)
    add(client, batch, n="2")
    add(as_user(), batch, n="1")

    response = add(client, batch, n="9")
    page = main(client.get(response["Location"]))

    field = page.select_one(f"#n-{batch.code}")
    assert (field["value"], field["aria-invalid"], field["max"]) == ("9", "true", "3")
    error = page.select_one(f"#{field['aria-describedby']}").get_text(" ", strip=True)
    assert "de 1 à 3" in error
    assert "garde toujours 2" in error
    assert "dans le panier de quelqu’un" not in page.get_text()
    assert sorted(BasketLine.objects.values_list("quantity", flat=True)) == [1, 2]
    assert main(client.get("/panier/")).select_one(".error") is None


def test_what_ended_is_told_for_a_day_and_the_latest_twenty(client, seller, chairs, index, chair):
    add(client, chair)
    basket, now = BasketLine.objects.get().basket, timezone.now()
    for n in range(23):
        ended = now - datetime.timedelta(hours=n + 2 if n < 22 else 25)
        item = ItemFactory(seller=seller, category=chairs, on_sale=True, title=f"Objet {n:02}")
        BasketLine.objects.create(
            basket=basket, item=item, price_cents=100, state="lapsed", taken_at=ended, ends_at=ended, limit_at=ended,
            ended_at=ended,
        )  # fmt: skip

    text = words(client.get("/panier/"))

    told = [n for n in range(23) if f"Objet {n:02}" in text]
    assert told == list(range(20))
    BasketLine.objects.filter(state="lapsed").update(ended_at=now - datetime.timedelta(hours=25))
    assert "n’est plus gardé pour vous" not in words(client.get("/panier/"))


def test_refusals_are_told(client, chair, monkeypatch):
    monkeypatch.setattr("rebond.shop.actions.basket.PERSON_LIMIT", 0)
    response = client.post("/panier/ajout/", {"code": chair.code}, headers=HERE, follow=True)
    assert "30\u00a0objets" in words(response)
    assert BasketLine.objects.count() == 0


@pytest.mark.parametrize("verb", ["ajout", "retrait", "plus-tard", "plus-tard/reprise", "prolongation"])
def test_another_site_a_get_and_an_unknown_object_change_nothing(client, chair, verb):
    path = f"/panier/{verb}/"
    assert client.post(path, {"code": chair.code}).status_code == 403
    assert client.post(path, {"code": chair.code}, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get(path).status_code == 405
    assert client.post(path, {"code": "x" * 99}, headers=HERE).status_code == 404
    assert BasketLine.objects.count() == 0


def test_nobody_empties_another_s_basket(client, chair, as_user):
    add(as_user(), chair)
    for verb in ("retrait", "prolongation"):
        client.post(f"/panier/{verb}/", {"code": chair.code}, headers=HERE)
    client.cookies["visiteur"] = "forged"
    client.post("/panier/retrait/", {"code": chair.code}, headers=HERE)
    assert BasketLine.objects.get().state == "held"


def test_the_personal_fragment_counts_the_basket(as_user, chair):
    user = UserFactory()
    client = as_user(user)
    add(client, chair)
    answer = client.get("/moi/").json()
    assert answer["basket"] == 1
    assert list(answer["held"]) == [chair.code]
    BasketLine.objects.update(ends_at=timezone.now())
    assert client.get("/moi/").json()["basket"] == 0


def test_the_results_keep_the_card_and_say_so(client, chair):
    add(client, chair)
    page = client.get("/recherche/")
    card = main(page).select_one("article.item")
    assert "Dans un panier" in card.get_text(" ", strip=True)


def test_the_basket_is_in_no_cache(client, chair):
    add(client, chair)
    assert "no-store" in client.get("/panier/")["Cache-Control"]
    assert client.get("/panier/", {"manque": "<script>"}).status_code == 200
