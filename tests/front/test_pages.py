import re

import pytest
from bs4 import BeautifulSoup
from django.db.models import F
from django.utils import timezone

from rebond.catalogue.label_choice import COOKIE as LABELS_COOKIE
from rebond.catalogue.models import Collection, CollectionItem, Item
from rebond.core.middleware import LANGUAGE_COOKIE
from rebond.network.models import Organisation
from rebond.shop.queries.keeper import COOKIE as VISITOR_COOKIE
from rebond.workshop.middleware import COOKIE as STATION_COOKIE
from rebond.workshop.middleware import SITE_COOKIE
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.shop.fake_index import FakeIndex

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def index(monkeypatch):
    made = FakeIndex()
    monkeypatch.setattr("rebond.shop.queries.index.get_index", lambda: made)
    return made


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def test_home_shows_real_things_only(client, index, seller):
    empty = soup(client.get("/"))
    assert empty.h1.get_text(" ", strip=True) == "Les objets rebondissent. Les gens aussi."
    assert empty.select(".shelf, .aisles") == []


def test_home_counts_and_shows(client, index, seller):
    SiteFactory(organisation=seller)
    seller.tagline, seller.story = "Trier et réparer", "En 2017, une conserverie."
    seller.save()
    item = ItemFactory(on_sale=True, seller=seller, title="Lampe", price_cents=900)
    ItemFactory(sold=True, seller=seller, weight_g=4200, sold_at=timezone.now())
    chosen = Collection.objects.create(slug="noel", title="Noël à petit prix", is_on_home=True)
    CollectionItem.objects.create(collection=chosen, item=item)

    page = soup(client.get("/"))

    text = page.main.get_text(" ", strip=True)
    assert "1 trouvaille unique" in text
    assert "Noël à petit prix" in text
    assert [li.get_text(" ", strip=True) for li in page.select(".budget li")] == [
        "5 € 0 objet",
        "10 € 1 objet",
        "20 € 1 objet",
        "50 € 1 objet",
    ]
    assert "4,2\u00a0kg" in page.select_one(".impact").get_text()
    assert page.select_one("h2#t-focus").get_text() == seller.name


def test_home_keeps_its_figures_and_loads_its_objects(client, index, seller, django_assert_num_queries):
    ItemFactory(on_sale=True, seller=seller)
    client.get("/")

    with django_assert_num_queries(1):
        response = client.get("/")

    assert response.cookies == {}


def shelves(client):
    page = soup(client.get("/"))
    return {name: [a.get_text() for a in page.select(f"[aria-labelledby='{name}'] h3 a")] for name in SHELVES}


SHELVES = ("t-new", "c-noel", "t-focus")


@pytest.fixture
def told_seller(seller):
    SiteFactory(organisation=seller)
    seller.tagline, seller.story = "Trier et réparer", "En 2017, une conserverie."
    seller.save()
    return seller


@pytest.mark.parametrize("change", ["sold", "suspended", "closed"])
def test_what_left_leaves_the_kept_home_page_at_once(client, index, told_seller, change):
    items = [ItemFactory(on_sale=True, seller=told_seller, title=f"Objet {n:02d}") for n in range(12)]
    chosen = Collection.objects.create(slug="noel", public_id="noel", title="Noël", is_on_home=True)
    for position, item in enumerate(items):
        CollectionItem.objects.create(collection=chosen, item=item, position=position)
    before = shelves(client)
    assert [len(before[name]) for name in SHELVES] == [10, 5, 5]

    if change == "sold":
        Item.objects.filter(title=before["c-noel"][0]).update(state="sold", reserved=1)
        Item.objects.filter(title=before["t-new"][0]).update(state="sold", reserved=1)
        after = shelves(client)
        assert [len(after[name]) for name in SHELVES] == [10, 5, 5]  # spare ones take the free places
        gone = {before["c-noel"][0], before["t-new"][0]}
        assert not gone & {title for titles in after.values() for title in titles}
    elif change == "suspended":
        Organisation.objects.filter(pk=told_seller.pk).update(seller_state="suspended")
        assert shelves(client) == {name: [] for name in SHELVES}
    else:
        today = timezone.localdate()
        told_seller.closures.create(starts_on=today, ends_on=today, hides_items=True)
        assert shelves(client) == {name: [] for name in SHELVES}


def test_fresh_finds_are_free(client, index, seller, django_assert_num_queries):
    items = [ItemFactory(on_sale=True, seller=seller, title=f"Objet {n:02d}") for n in range(16)]
    batch = ItemFactory(on_sale=True, seller=seller, title="Lot de verres", quantity=6, reserved=5)
    Item.objects.filter(pk__in=[item.pk for item in items[-4:]]).update(reserved=1)
    held = {item.title for item in items[-4:]}

    first = shelves(client)["t-new"]
    assert len(first) == 10
    assert not held & set(first)
    assert batch.title in first

    Item.objects.filter(title=first[1]).update(reserved=F("quantity"))  # taken while the choice is kept
    with django_assert_num_queries(1):
        second = shelves(client)["t-new"]
    assert len(second) == 10
    assert first[1] not in second


@pytest.mark.parametrize(
    ("path", "words_fr", "words_en"),
    [
        ("/comment-ca-marche/", "Un objet, cinq rebonds", "One object, five bounces"),
        ("/conditions/", "Changer d’avis\u00a0: 14\u00a0jours", "Changing your mind: 14 days"),
        ("/confidentialite/", "Les cookies", "Cookies"),
        ("/accessibilite/", "RGAA 4.1.2", "RGAA 4.1.2"),
        ("/mentions-legales/", "Licence".lower(), "free software"),
        ("/impact/", "Objets qui ont trouvé quelqu’un", "Objects that found someone"),
    ],
)
def test_pages_of_words_in_both_languages(client, index, path, words_fr, words_en):
    french, english = client.get(path), client.get(f"{path}?langue=en")

    assert (french.status_code, english.status_code) == (200, 200)
    assert words_fr in french.content.decode()
    assert words_en in english.content.decode()
    assert client.post(path).status_code == 405


@pytest.mark.parametrize("provider", ["", "test"])
def test_the_terms_say_as_much_in_english_as_in_french(client, settings, operator, provider):
    """Section by section, paragraph by paragraph; and what was once missing."""
    settings.PAYMENT_PROVIDER = provider
    french, english = (soup(client.get(f"/conditions/?langue={code}")).main for code in ("fr", "en"))
    for tag in ("h2", "p", "a", "b", "blockquote"):
        assert len(english.find_all(tag)) == len(french.find_all(tag)), tag
    assert [e.get("id") for e in english.find_all(id=True)] == [e.get("id") for e in french.find_all(id=True)]
    said = english.get_text(" ", strip=True)
    for words in ("L. 241-5", "L. 221-18", "A one-of-a-kind object", "used book", "counterfeits", "ivory", "car seats"):
        assert words in said


def test_without_an_operator_nobody_orders_and_the_pages_say_so(client, settings):
    settings.PAYMENT_PROVIDER = "test"
    for path in ("/conditions/?langue=en", "/comment-ca-marche/?langue=en", "/retractation/?langue=en"):
        said = soup(client.get(path)).main.get_text(" ", strip=True)
        assert any(words in said for words in ("not open yet", "buy at the workshop", "does not take orders")), path


@pytest.mark.parametrize("provider", ["", "test"])
def test_pages_of_words_say_whether_one_can_order(client, settings, operator, provider):
    settings.PAYMENT_PROVIDER = provider
    is_open = bool(provider)
    for path, closed, opened in (
        ("/conditions/?langue=fr", "pas encore ouverte", "un mail la confirme"),
        ("/conditions/?langue=en", "not open yet", "a mail confirms it"),
        ("/comment-ca-marche/?langue=fr", "achetez à l’atelier", "Vous payez ensuite"),
        ("/comment-ca-marche/?langue=en", "buy at the workshop", "You then pay"),
    ):
        said = soup(client.get(path)).main.get_text(" ", strip=True)
        assert (opened in said, closed in said) == (is_open, not is_open), path


def test_the_privacy_page_names_every_cookie_and_says_as_much_in_both_languages(client, settings):
    pages = [soup(client.get(f"/confidentialite/?langue={code}")).main for code in ("fr", "en")]
    for tag in ("h2", "p", "tr", "td", "a"):
        assert len(pages[0].find_all(tag)) == len(pages[1].find_all(tag)), tag
    known = {STATION_COOKIE, SITE_COOKIE, VISITOR_COOKIE, LABELS_COOKIE, LANGUAGE_COOKIE, "messages"}
    known |= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME}
    for page, quoted, count in ((pages[0], r"«\s(\w+)\s»", "Huit,"), (pages[1], r"“(\w+)”", "Eight,")):
        told = next(p.get_text() for p in page.find_all("p") if p.get_text().startswith(count))
        assert set(re.findall(quoted, told)) == known
        assert len(known) == 8
    # a cookie set under a name that this test does not know would be missing from the page
    names = {
        name
        for path in (settings.BASE_DIR / "rebond").rglob("*.py")
        for name in re.findall(r"\.set_cookie\(\s*([\w\"]+)", path.read_text(encoding="utf-8"))
    }
    assert names == {"COOKIE", "LANGUAGE_COOKIE", "name"}  # `name`: the kiosk's two


def test_legal_notice_names_the_operator(client, operator):
    SiteFactory(organisation=operator, address="1 rue du Réemploi")
    operator.email = "bonjour@rebond.example"
    operator.save()

    text = soup(client.get("/mentions-legales/")).main.get_text()

    assert operator.name in text
    assert "1 rue du Réemploi" in text
    assert "bonjour@rebond.example" in text


def test_footer_has_no_dead_link(client, index, seller):
    page = soup(client.get("/"))

    paths = {a["href"].partition("#")[0] for a in page.select("footer a")}
    assert len(paths) > 8
    for path in paths - {"?langue=en"}:
        assert client.get(path).status_code == 200, path


def test_sitemaps_cover_ids_by_ranges(client, seller, django_assert_num_queries):
    item = ItemFactory(on_sale=True, seller=seller, slug="lampe")
    ItemFactory(sold=True, seller=seller)
    ItemFactory(on_sale=True, seller=OrganisationFactory(seller_state="suspended"))
    far = ItemFactory(pk=120_000, on_sale=True, seller=seller, slug="loin")

    index = client.get("/sitemap.xml").content.decode()
    assert index.count("<loc>") == 4
    first = b"".join(client.get("/sitemap-objets-1.xml").streaming_content).decode()
    assert first.count("<loc>") == 1
    assert f"http://testserver/objet/lampe-{item.code.lower()}/" in first
    with django_assert_num_queries(2):
        third = b"".join(client.get("/sitemap-objets-3.xml").streaming_content).decode()
    assert f"/objet/loin-{far.code.lower()}/" in third
    assert client.get("/sitemap-objets-4.xml").status_code == 404
    assert client.get("/sitemap-objets-0.xml").status_code == 404
    assert f"/vendeurs/{seller.slug}/" in client.get("/sitemap-pages.xml").content.decode()
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()
    rules = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /panier/", "Disallow: /commande/", "Disallow: /commandes/"} <= set(rules)
    assert rules.index("Allow: /recherche/classement/") < rules.index("Disallow: /recherche/")


@pytest.mark.parametrize("count", [1, 3])
def test_sellers_page_asks_the_same_whatever_the_number(client, db, count, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("rebond.shop.queries.index.count_of_seller", lambda slug: 5)
    for _ in range(count):
        SiteFactory(organisation=OrganisationFactory(admitted=True))
    client.get("/rayons/")

    with django_assert_num_queries(6):  # count, rows, places, points, departments, days off; the index counts objects
        page = soup(client.get("/vendeurs/"))

    assert len(page.select("ul.tiles > li")) == count


def test_sellers_are_found_by_name_town_and_department(client, seller):
    SiteFactory(organisation=seller, city="Marmande", department="47")
    other = OrganisationFactory(admitted=True, name="La Bascule")
    SiteFactory(organisation=other, city="Nantes", department="44")
    OrganisationFactory(name="Pas admise")

    def names(query):
        return [h.get_text() for h in soup(client.get(f"/vendeurs/{query}")).select("ul.tiles h2")]

    assert names("") == ["La Bascule", "Les Ateliers du Confluent"]
    assert names("?q=marmande") == ["Les Ateliers du Confluent"]
    assert names("?q=bascule") == ["La Bascule"]
    assert names("?departement=44") == ["La Bascule"]
    assert names("?departement=75") == []


def test_seller_page(client, seller, index):
    SiteFactory(organisation=seller, name="L’entrepôt", address="12 quai de la Filhole", hours="Mardi, 14 h à 18 h")
    seller.story, seller.tagline, seller.siren = "En 2017, une conserverie.", "38 personnes", "823000000"
    seller.save()
    ItemFactory(on_sale=True, seller=seller, title="Chaise")

    response = client.get("/vendeurs/ateliers-du-confluent/")

    text = soup(response).main.get_text(" ", strip=True)
    for words in ("Les Ateliers du Confluent", "En 2017", "12 quai de la Filhole", "Chaise", "SIREN 823000000"):
        assert words in text
    seller.seller_state = "suspended"
    seller.save()
    assert client.get("/vendeurs/ateliers-du-confluent/").status_code == 404


def test_collections(client, seller):
    item = ItemFactory(on_sale=True, seller=seller, title="Lampe")
    gone = ItemFactory(sold=True, seller=seller, title="Vendue")
    chosen = Collection.objects.create(slug="lumieres", title="Lumières", introduction="Pour l’hiver")
    Collection.objects.create(slug="ete", title="Été", ends_on="2020-09-01")
    hidden = ItemFactory(on_sale=True, seller=OrganisationFactory(seller_state="suspended"), title="Cachée")
    for one in (gone, hidden, item):
        CollectionItem.objects.create(collection=chosen, item=one)

    assert "Lumières" in client.get("/collections/").content.decode()
    assert [a.get_text() for a in soup(client.get("/collections/lumieres/")).select(".grid-items h3 a")] == ["Lampe"]
    assert client.get("/collections/ete/").status_code == 404
