"""Put aside from the basket: free for others at once, kept across devices, taken again where still free."""

import datetime

import pytest
from bs4 import BeautifulSoup
from django.test import RequestFactory
from django.utils import timezone

from rebond.catalogue.actions.item import withdraw_item
from rebond.catalogue.models import Item
from rebond.shop.actions import later as acting
from rebond.shop.actions.basket import merge_baskets, prolong_line, take_item
from rebond.shop.actions.later import forget_later, save_for_later, take_from_later
from rebond.shop.actions.retention import forget_old_traces
from rebond.shop.errors import HeldLongEnoughError, ItemTakenError, LaterFullError
from rebond.shop.models import Basket, BasketLine, LaterLine
from rebond.shop.queries.keeper import COOKIE, Keeper, signed
from rebond.shop.queries.later import asides
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
NOW = timezone.now()
AMINA, BEN = Keeper(visitor="amina"), Keeper(visitor="ben")


def after(minutes):
    return NOW + datetime.timedelta(minutes=minutes)


@pytest.fixture
def chair(chairs, seller, index):
    return ItemFactory(seller=seller, category=chairs, on_sale=True, title="Chaise en hêtre", price_cents=2500)


def reserved(item):
    return Item.objects.get(pk=item.pk).reserved


def words(client):
    page = client.get("/panier/")
    return BeautifulSoup(page.content, "html.parser").main.get_text(" ", strip=True)


def test_put_aside_it_is_free_for_others_and_once_in_the_list(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    for _ in range(2):
        save_for_later(keeper=AMINA, item=chair, now=after(1))

    assert (reserved(chair), BasketLine.objects.get().state, LaterLine.objects.get().item) == (0, "released", chair)
    take_item(keeper=BEN, item=chair, now=after(2))
    found = asides(AMINA, after(3))
    assert [(row.state, row.until) for row in found] == [
        ("held", BasketLine.objects.get(basket__visitor="ben").limit_at)
    ]


def test_taken_again_it_leaves_the_list_with_what_is_left_of_its_hour(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    save_for_later(keeper=AMINA, item=chair, now=after(12))

    line = take_from_later(keeper=AMINA, item=chair, now=after(13))

    assert (line.state, line.limit_at, LaterLine.objects.count(), reserved(chair)) == ("held", after(31), 0, 1)


def test_what_somebody_else_has_stays_in_the_list(chair):
    save_for_later(keeper=AMINA, item=chair, now=NOW)
    take_item(keeper=BEN, item=chair, now=after(1))
    with pytest.raises(ItemTakenError):
        take_from_later(keeper=AMINA, item=chair, now=after(2))
    assert (LaterLine.objects.count(), reserved(chair)) == (1, 1)


def test_putting_aside_begins_no_new_time(chair):
    take_item(keeper=AMINA, item=chair, now=NOW)
    prolong_line(keeper=AMINA, item=chair, now=after(10))
    save_for_later(keeper=AMINA, item=chair, now=after(29.5))
    with pytest.raises(HeldLongEnoughError):
        take_from_later(keeper=AMINA, item=chair, now=after(29.6))
    assert LaterLine.objects.count() == 1


def test_the_list_is_full_at_a_hundred(seller, chair, monkeypatch):
    monkeypatch.setattr(acting, "LIMIT", 1)
    other = ItemFactory(seller=seller, on_sale=True)
    take_item(keeper=AMINA, item=other, now=NOW)
    save_for_later(keeper=AMINA, item=chair, now=NOW)
    with pytest.raises(LaterFullError):
        save_for_later(keeper=AMINA, item=other, now=NOW)
    assert (reserved(other), LaterLine.objects.count()) == (1, 1)
    save_for_later(keeper=AMINA, item=chair, now=NOW)


def test_a_guest_who_signs_in_keeps_the_list_each_object_once(chair, seller, client):
    user = UserFactory()
    both = ItemFactory(seller=seller, on_sale=True)
    for keeper, item in ((AMINA, chair), (AMINA, both), (Keeper(user=user), both)):
        save_for_later(keeper=keeper, item=item, now=NOW)
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = signed("amina")

    merge_baskets(visitor="amina", user=user, now=after(1))

    assert sorted(row.item_id for row in LaterLine.objects.filter(basket__user=user)) == sorted([chair.pk, both.pk])
    assert (LaterLine.objects.count(), Basket.objects.count()) == (2, 1)


def test_out_of_the_list_once_and_nobody_else_s(chair):
    save_for_later(keeper=AMINA, item=chair, now=NOW)
    assert not forget_later(keeper=BEN, item=chair)
    assert [forget_later(keeper=AMINA, item=chair) for _ in range(2)] == [True, False]


def test_a_visitor_s_list_goes_with_the_basket_after_a_year(chair):
    save_for_later(keeper=AMINA, item=chair, now=NOW)
    forget_old_traces(now=after(367 * 24 * 60))
    assert LaterLine.objects.count() == 0


def test_the_page_moves_it_aside_and_back_without_javascript(client, chair):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    client.post("/panier/plus-tard/", {"code": chair.code}, headers=HERE)
    Item.objects.filter(pk=chair.pk).update(price_cents=2000)
    text = words(client)
    assert "Pour plus tard\u00a0: 1\u00a0objet" in text
    assert "25,00\u00a0€ quand vous l’avez mis de côté, 20,00\u00a0€ maintenant" in text
    assert "Votre panier est vide" in text
    assert reserved(chair) == 0

    client.post("/panier/plus-tard/reprise/", {"code": chair.code}, headers=HERE)

    assert (reserved(chair), LaterLine.objects.count()) == (1, 0)
    assert "Pour plus tard\u00a0:" not in words(client)


def test_the_page_says_that_it_is_not_free(client, chair, as_user):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    client.post("/panier/plus-tard/", {"code": chair.code}, headers=HERE)
    as_user().post("/panier/ajout/", {"code": chair.code}, headers=HERE)

    client.post("/panier/plus-tard/reprise/", {"code": chair.code}, headers=HERE)

    text = words(client)
    assert "n’est pas libre" in text
    assert "dans le panier de quelqu’un" in text
    assert LaterLine.objects.count() == 1


def test_what_left_the_shop_is_listed_and_may_be_taken_out(client, chair, owner):
    client.post("/panier/ajout/", {"code": chair.code}, headers=HERE)
    client.post("/panier/plus-tard/", {"code": chair.code}, headers=HERE)
    withdraw_item(item=chair, reason="damaged", by=owner)
    assert "n’est plus en vente" in words(client)
    client.post("/panier/plus-tard/retrait/", {"code": chair.code}, headers=HERE)
    assert LaterLine.objects.count() == 0


def test_a_visitor_without_a_basket_puts_nothing_aside(client, chair):
    for verb in ("plus-tard", "plus-tard/reprise", "plus-tard/retrait"):
        client.post(f"/panier/{verb}/", {"code": chair.code}, headers=HERE)
    assert (LaterLine.objects.count(), BasketLine.objects.count()) == (0, 0)


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_two_queries(seller, n, django_assert_num_queries):
    for _ in range(n):
        item = ItemFactory(seller=seller, on_sale=True)
        save_for_later(keeper=AMINA, item=item, now=NOW)
        take_item(keeper=BEN, item=item, now=NOW)
    with django_assert_num_queries(2):
        assert len(asides(AMINA, after(1))) == n
