import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.signals import user_logged_in
from django.test import RequestFactory

from rebond.catalogue.models import Item
from rebond.shop.models import Favourite
from tests.factories.accounts import UserFactory
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
HERE = {"Sec-Fetch-Site": "same-origin"}
NOTHING = {"kept": [], "count": 0, "name": "", "basket": 0, "held": {}}
JSON = HERE | {"Accept": "application/json"}


@pytest.fixture
def item(chairs):
    return ItemFactory(on_sale=True, category=chairs, title="Chaise")


def test_a_guest_keeps_and_forgets_without_javascript(client, item):
    response = client.post("/favoris/ajout/", {"code": item.code}, headers=HERE, follow=True)

    assert response.redirect_chain == [("/favoris/", 302)]
    assert "est dans vos favoris" in response.content.decode()
    assert Favourite.objects.get().user is None
    assert client.cookies["visiteur"]["httponly"]
    client.post("/favoris/ajout/", {"code": item.code}, headers=HERE)
    assert Favourite.objects.count() == 1
    client.post("/favoris/retrait/", {"code": item.code}, headers=HERE)
    client.post("/favoris/retrait/", {"code": item.code}, headers=HERE)
    assert Favourite.objects.count() == 0


def test_a_user_s_favourites_need_no_cookie(as_user, item):
    user = UserFactory()
    client = as_user(user)

    response = client.post("/favoris/ajout/", {"code": item.code}, headers=JSON)

    assert response.json() == {"count": 1}
    assert "visiteur" not in client.cookies
    assert Favourite.objects.get().user == user


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Referer": "https://evil.example/testserver/"},
    ],
)
def test_another_site_can_keep_nothing(client, item, headers):
    response = client.post("/favoris/ajout/", {"code": item.code}, headers=headers)

    assert response.status_code == 403
    assert Favourite.objects.count() == 0


@pytest.mark.parametrize("headers", [{"Origin": "http://testserver"}, {"Referer": "http://testserver/recherche/"}])
def test_older_browsers_are_told_by_origin_or_referer(client, item, headers):
    assert client.post("/favoris/ajout/", {"code": item.code}, headers=headers).status_code == 302


def test_only_items_of_the_shop_are_kept(client, chairs):
    draft = ItemFactory(category=chairs)

    assert client.post("/favoris/ajout/", {"code": draft.code}, headers=HERE).status_code == 404
    assert client.post("/favoris/ajout/", {"code": "x" * 9000}, headers=HERE).status_code == 404
    assert client.get("/favoris/ajout/").status_code == 405


def test_a_forged_cookie_reads_nobody_s_list(client, item):
    client.post("/favoris/ajout/", {"code": item.code}, headers=HERE)
    visitor = Favourite.objects.get().visitor
    client.cookies["visiteur"] = visitor

    assert client.get("/moi/", {"codes": item.code}).json() == NOTHING


def test_me_tells_hearts_count_and_name(as_user, item, chairs):
    user = UserFactory(name="Camille Vasseur")
    client = as_user(user)
    other = ItemFactory(on_sale=True, category=chairs)
    client.post("/favoris/ajout/", {"code": item.code}, headers=HERE)

    response = client.get("/moi/", {"codes": f"{item.code},{other.code}"})

    assert response.json() == NOTHING | {"kept": [item.code], "count": 1, "name": "Camille"}
    assert "no-store" in response["Cache-Control"]


def test_me_costs_a_first_visit_nothing(client, db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/moi/?codes=CF4K792TX").json() == NOTHING


def test_favourites_merge_at_sign_in(client, item, chairs):
    user = UserFactory()
    both = ItemFactory(on_sale=True, category=chairs)
    Favourite.objects.create(user=user, item=both)
    for one in (item, both):
        client.post("/favoris/ajout/", {"code": one.code}, headers=HERE)
    request = RequestFactory().get("/")
    request.COOKIES["visiteur"] = client.cookies["visiteur"].value

    user_logged_in.send(type(user), request=request, user=user)
    user_logged_in.send(type(user), request=request, user=user)

    assert set(Favourite.objects.values_list("user", "visitor", "item")) == {
        (user.pk, "", item.pk),
        (user.pk, "", both.pk),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_favourites_page_asks_the_same_whatever_the_number(as_user, chairs, count, django_assert_num_queries):
    user = UserFactory()
    for item in ItemFactory.create_batch(count, on_sale=True, category=chairs):
        Favourite.objects.create(user=user, item=item)
    client = as_user(user)
    client.get("/favoris/")

    with django_assert_num_queries(5):  # session, user, count, ids, cards
        page = BeautifulSoup(client.get("/favoris/").content, "html.parser")

    assert len(page.select(".grid-items > li")) == count


def test_ten_thousand_favourites_survive(as_user, chairs, django_assert_num_queries):
    user = UserFactory()
    item = ItemFactory(on_sale=True, category=chairs)
    copies = [
        ItemFactory.build(category=chairs, seller=item.seller, code=f"ZZ{n:07d}", on_sale=True) for n in range(10_000)
    ]
    made = type(item).objects.bulk_create(copies, batch_size=500)
    Favourite.objects.bulk_create([Favourite(user=user, item=one) for one in made], batch_size=1000)
    client = as_user(user)

    page = BeautifulSoup(client.get("/favoris/?page=417").content, "html.parser")

    assert "10\u00a0000 objets" in page.get_text()
    assert len(page.select(".grid-items > li")) == 16


def test_a_sold_favourite_stays_and_says_so(as_user, chairs):
    user = UserFactory()
    Favourite.objects.create(user=user, item=ItemFactory(sold=True, category=chairs))

    page = BeautifulSoup(as_user(user).get("/favoris/").content, "html.parser")

    assert page.select_one(".item--gone .tag").get_text() == "Parti"
    assert "1 vient de partir" in page.get_text()


def test_a_withdrawn_favourite_is_shown_as_gone_and_may_be_taken_out(client, as_user, item):
    client.post("/favoris/ajout/", {"code": item.code}, headers=HERE)
    Item.objects.filter(pk=item.pk).update(state="withdrawn")

    page = BeautifulSoup(client.get("/favoris/").content, "html.parser")

    assert page.select_one(".item--gone .tag").get_text() == "Parti"
    assert "1 vient de partir" in page.get_text()
    assert page.select_one("[action='/favoris/retrait/'] button")["value"] == item.code
    assert as_user().post("/favoris/retrait/", {"code": item.code}, headers=HERE).status_code == 404
    client.post("/favoris/retrait/", {"code": item.code}, headers=HERE)
    assert client.get("/moi/").json()["count"] == 0


def test_seen_gives_cards_in_the_browser_s_order(client, chairs):
    one, two = ItemFactory.create_batch(2, on_sale=True, category=chairs)

    page = BeautifulSoup(client.get("/favoris/vus/", {"codes": f"{two.code},{one.code},zz"}).content, "html.parser")

    assert [b["value"] for b in page.select("button")] == [two.code, one.code]


def test_objects_of_a_suspended_seller_are_gone_from_favourites_and_seen(client, chairs, seller):
    kept = ItemFactory(on_sale=True, category=chairs, seller=seller, title="Chaise suspendue")
    other = ItemFactory(on_sale=True, category=chairs, title="Chaise voisine")
    sold = ItemFactory(sold=True, category=chairs, title="Chaise partie")
    for item in (kept, other, sold):
        client.post("/favoris/ajout/", {"code": item.code}, headers=HERE)
    seller.seller_state = "suspended"
    seller.save()

    page = BeautifulSoup(client.get("/favoris/").content, "html.parser")
    seen = BeautifulSoup(client.get(f"/favoris/vus/?codes={kept.code},{other.code}").content, "html.parser")

    rows = {a.h3.get_text(): "Parti" in a.get_text() for a in page.select(".grid-items article")}
    assert rows == {"Chaise suspendue": True, "Chaise voisine": False, "Chaise partie": True}
    assert [h3.get_text() for h3 in seen.select("h3")] == ["Chaise voisine"]


def test_the_code_of_a_suspended_sellers_object_leads_to_the_results(client, index, chairs, seller):
    item = ItemFactory(on_sale=True, category=chairs, seller=seller, gtin="9782070360024")
    sold = ItemFactory(sold=True, category=chairs, seller=seller)
    assert client.get(f"/recherche/?q={item.code}").status_code == 302

    seller.seller_state = "suspended"
    seller.save()

    for text in (item.code, item.gtin):
        assert client.get(f"/recherche/?q={text}").status_code == 200
    assert client.get(f"/recherche/?q={sold.code}").status_code == 302  # its page stays, and says that it is sold
