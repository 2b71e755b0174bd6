"""What a visitor does in the shop, with and without JavaScript."""

import pytest

from rebond.shop.models import Favourite
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.shop.fake_index import FakeIndex

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def shop(monkeypatch, transactional_db):
    made = FakeIndex()
    monkeypatch.setattr("rebond.shop.queries.index.get_index", lambda: made)
    category = CategoryFactory(key="lamps", slug="lampes", name="Lampes", name_en="Lamps")
    for n, condition in enumerate(("good", "good", "like_new")):
        ItemFactory(
            on_sale=True,
            category=category,
            title=f"Lampe {n}",
            slug=f"lampe-{n}",
            condition=condition,
            price_cents=1000 * (n + 1),
        )


def test_filters_and_hearts_without_leaving_the_page(shop, desk, axe):
    desk.goto("/recherche/")
    desk.get_by_role("checkbox", name="Comme neuf").check()
    desk.wait_for_url("**/recherche/?etat=comme-neuf")
    desk.get_by_role("heading", name="Lampe 2").wait_for()
    assert desk.get_by_role("checkbox", name="Comme neuf").evaluate("e => e === document.activeElement")

    heart = desk.get_by_role("button", name="Garder Lampe 2 dans mes favoris")
    heart.click()
    desk.locator('[data-rebond-me="count"]', has_text="1").wait_for()
    desk.reload()
    desk.locator('button[aria-pressed="true"]').wait_for()
    assert Favourite.objects.count() == 1
    assert axe(desk) == []


def test_a_visitor_without_javascript_filters_and_keeps(shop, without_js):
    without_js.goto("/recherche/?etat=comme-neuf")
    without_js.get_by_role("button", name="Garder Lampe 2 dans mes favoris").click()

    without_js.get_by_text("est dans vos favoris").wait_for()
    without_js.get_by_role("button", name="Retirer Lampe 2 de mes favoris").click()
    without_js.get_by_text("n’est plus dans vos favoris").wait_for()
    assert Favourite.objects.count() == 0


def test_on_a_phone_the_filters_are_a_sheet(shop, phone, axe):
    phone.goto("/recherche/")
    phone.get_by_role("button", name="Filtrer").click()
    phone.get_by_role("checkbox", name="Bon état").check()
    phone.wait_for_url("**/recherche/?etat=bon-etat")
    assert axe(phone) == []
    phone.get_by_role("button", name="Voir les objets").click()
    phone.get_by_role("heading", name="Lampe 0").wait_for()
    assert not phone.locator("#filtres").is_visible()
