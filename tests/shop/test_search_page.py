import datetime

import pytest
from bs4 import BeautifulSoup
from django.http import QueryDict
from django.utils import timezone, translation

from rebond.catalogue.data.colours import ENGLISH
from rebond.catalogue.models import CategoryAttribute, CategorySlug
from rebond.catalogue.search import Facet, FacetValue
from rebond.catalogue.web.forms.item import COLOURS
from rebond.network.models import Closure, Organisation
from rebond.shop.queries.english import completed, in_french
from rebond.shop.queries.labels import value_label
from rebond.shop.queries.params import read_params
from tests.factories.catalogue import CategoryFactory, ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def titles(response):
    return [a.get_text() for a in soup(response).select(".grid-items h3 a")]


def test_search_shows_what_matches(client, index, chairs, seller):
    ItemFactory(on_sale=True, seller=seller, category=chairs, title="Lampe rouge", place="Nantes (44)")
    ItemFactory(on_sale=True, seller=seller, category=chairs, title="Chaise bleue")
    ItemFactory(seller=seller, category=chairs, title="Lampe en brouillon")

    response = client.get("/recherche/?q=lampe")

    assert response.status_code == 200
    assert titles(response) == ["Lampe rouge"]
    page = soup(response)
    assert page.h1.get_text() == "«\u00a0lampe\u00a0»"
    assert page.find(id="q")["value"] == "lampe"
    assert "Nantes (44)" in page.select_one(".item-body").get_text()
    assert page.select_one("a[href='/recherche/classement/']") is not None
    assert page.select_one("link[rel=canonical]")["href"] == "http://testserver/recherche/"
    assert page.select_one("meta[name=robots]")["content"] == "noindex, follow"


@pytest.mark.parametrize("count", [1, 3])
def test_search_asks_the_database_once_for_its_cards(client, index, chairs, seller, count, django_assert_num_queries):
    ItemFactory.create_batch(count, on_sale=True, seller=seller, category=chairs)
    found = index.search
    made = []
    client.get("/recherche/")
    result = found(index.queries[-1])
    index.search = lambda query: made.append(query) or result

    with django_assert_num_queries(1):
        response = client.get("/recherche/")

    assert len(titles(response)) == count
    assert len(made) == 1


def test_search_sets_no_cookie_and_holds_no_token(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs)

    response = client.get("/recherche/?q=chaise")

    assert response.cookies == {}
    assert b"csrfmiddlewaretoken" not in response.content
    assert response["Vary"] == "HX-Request, HX-History-Restore-Request, Cookie"


def test_search_filters_combine_and_show_as_chips(client, index, chairs, seller):
    ItemFactory(on_sale=True, category=chairs, title="Bonne", condition="good", price_cents=1000)
    ItemFactory(on_sale=True, category=chairs, title="Neuve", condition="like_new", price_cents=9000)

    response = client.get("/recherche/?etat=bon-etat&etat=comme-neuf&prix_max=50&tri=prix-croissant&rayon=meubles")

    assert titles(response) == ["Bonne"]
    query = index.queries[-1]
    assert query.filters == {"category": ("furniture",), "condition": ("good", "like_new")}
    assert (query.price_min, query.price_max, query.sort) == (None, 5000, "price_asc")
    chips = {a.contents[0].strip(): a["href"] for a in soup(response).select("a.chip--x")}
    assert set(chips) == {"Meubles", "Bon état", "Comme neuf", "Jusqu’à 50,00\u00a0€"}
    assert chips["Bon état"] == "/recherche/?rayon=meubles&etat=comme-neuf&prix_max=50&tri=prix-croissant"


def aisles_offered(page):
    """(label, depth, chosen) of the filter's categories; depth None for a link up."""
    found = []
    for row in page.select("details[data-key=category] .check"):
        box = row.find("input")
        depth = int(row.get("style", "0")[-1])
        found.append((row.span.get_text(), depth if box else None, bool(box) and box.has_attr("checked")))
    return found


@pytest.fixture
def aisles_filled(chairs):
    """Furniture with chairs, stools below and tables; books beside. One object in each of the four."""
    root = chairs.parent
    stools = CategoryFactory(
        key="stools", slug="tabourets", path="furniture/chairs/stools", name="Tabourets", parent=chairs, depth=2
    )
    tables = CategoryFactory(
        key="tables", slug="tables", path="furniture/tables", name="Tables", parent=root, depth=1, position=9
    )
    books = CategoryFactory(key="books", slug="livres", path="books", name="Livres", position=9)
    for category in (chairs, stools, tables, books):
        ItemFactory(on_sale=True, category=category, title=f"Objet {category.key}")


def test_the_aisle_filter_goes_down_and_up_the_tree(client, index, aisles_filled):
    top = soup(client.get("/recherche/?q=objet"))
    assert aisles_offered(top) == [("Meubles", 0, False), ("Livres", 0, False)]

    inside = soup(client.get("/recherche/?q=objet&rayon=meubles"))
    assert aisles_offered(inside) == [
        ("Meubles", 0, True),
        ("Chaises", 1, False),
        ("Tables", 1, False),
        ("Livres", 0, False),
    ]

    # Without scripts both boxes are sent: the most precise one wins, and what is above becomes the way back.
    deeper = client.get("/recherche/?q=objet&rayon=meubles&rayon=chaises")
    assert index.queries[-1].filters == {"category": ("chairs",)}
    assert sorted(titles(deeper)) == ["Objet chairs", "Objet stools"]
    assert aisles_offered(soup(deeper)) == [
        ("Meubles", None, False),
        ("Chaises", 1, True),
        ("Tabourets", 2, False),
        ("Tables", 1, False),
        ("Livres", 0, False),
    ]
    up = soup(deeper).select_one("details[data-key=category] a.check--up")["href"]
    assert up == "/recherche/?q=objet&rayon=meubles"


def test_an_aisle_page_filters_by_what_is_below_it(client, index, aisles_filled):
    page = soup(client.get("/rayons/meubles/?rayon=chaises"))

    assert aisles_offered(page) == [("Chaises", 0, True), ("Tabourets", 1, False), ("Tables", 0, False)]


def many(key, number):
    return Facet(key, tuple(FacetValue(f"{n:02d}", 200 - n) for n in range(1, number + 1)))


def test_a_long_list_is_told_whole_on_demand(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs)
    index.extra_facets = {"department": many("department", 90), "brand": many("brand", 20)}

    page = soup(client.get("/recherche/"))
    group = page.select_one("details[data-key=department]")
    assert len(group.select("input[type=checkbox]")) == 8
    assert len(page.select("details[data-key=brand] input[type=checkbox]")) == 20
    assert page.select_one("details[data-key=brand] .whole-link") is None
    link = group.select_one("a.whole-link")
    assert link["href"] == link["hx-get"] == "/recherche/?tous=departement"
    assert index.queries[-1].whole == ""

    whole = soup(client.get(link["href"])).select_one("details[data-key=department]")
    assert index.queries[-1].whole == "department"
    assert whole.has_attr("open")
    assert [box["value"] for box in whole.select("input[type=checkbox]")] == [f"{n:02d}" for n in range(1, 91)]
    assert whole.select_one("input[type=hidden]").attrs == {"type": "hidden", "name": "tous", "value": "departement"}
    assert whole.select_one("[data-rebond-narrow]").get("name") is None


def test_a_chosen_value_of_a_long_list_stays_in_sight(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs)
    index.extra_facets = {"department": many("department", 90)}

    page = soup(client.get("/recherche/?departement=88"))

    boxes = page.select("details[data-key=department] input[type=checkbox]")
    assert [box["value"] for box in boxes if box.has_attr("checked")] == ["88"]
    assert len(boxes) == 9


@pytest.mark.parametrize("name", ["rayons", "a.", "a.<script>", "x" * 300, "a.wood"])
def test_an_unknown_list_asked_whole_changes_nothing(client, index, chairs, name):
    ItemFactory(on_sale=True, category=chairs)

    assert client.get("/recherche/", {"tous": name}).status_code == 200
    assert index.queries[-1].whole in {"", "attr.wood"}


def test_price_steps_tell_how_many_and_choose_themselves(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs, price_cents=700)
    steps = (FacetValue("0-500", 3), FacetValue("500-1000", 1200), FacetValue("10000-", 40, is_exact=False))
    index.extra_facets = {"price": Facet("price", steps)}

    def rows(address):
        return [
            (a.span.get_text(), a.select_one(".n").get_text(), a["href"], a.get("aria-current"))
            for a in soup(client.get(address)).select(".steps-price a")
        ]

    assert rows("/recherche/?etat=bon-etat") == [
        ("Moins de 5\u00a0€", "3", "/recherche/?etat=bon-etat&prix_max=4%2C99", None),
        ("5 à 10\u00a0€", "1\u00a0200", "/recherche/?etat=bon-etat&prix_min=5&prix_max=9%2C99", None),
        ("100\u00a0€ et plus", "+40", "/recherche/?etat=bon-etat&prix_min=100", None),
    ]
    chosen = rows("/recherche/?prix_min=5&prix_max=9,99")
    assert chosen[1][2:] == ("/recherche/", "true")
    assert index.queries[-1].price_max == 999


@pytest.mark.parametrize(
    "query", ["", "q=l%27été+%26+bois", "etat=bon-etat&tri=recents", "prix_min=5&tri=prix-croissant&page=3"]
)
def test_addresses_written_in_a_row_are_those_written_one_by_one(db, query):
    params = read_params(QueryDict(query))
    priced, paged = params.priced_url(), params.paged_url()
    for low, high in ((None, None), (500, None), (None, 999), (250, 99_999)):
        assert priced(low, high) == params.url(price_min=low, price_max=high)
    for page in (1, 2, 17):
        assert paged(page) == params.url(page=page)


def test_words_left_out_are_told(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs, title="Chaise zzzzqq")
    told = "Aucun objet n’a tous les mots de «\u00a0chaise zzzzqq\u00a0»"

    assert told not in client.get("/recherche/?q=chaise zzzzqq").text
    index.is_partial = True
    assert told in soup(client.get("/recherche/?q=chaise zzzzqq")).select_one("#results .note").get_text()
    assert "Quand aucun objet ne les a tous" in client.get("/recherche/classement/").text


def test_search_fragment_is_the_page_after_the_swap(client, index, chairs):
    ItemFactory.create_batch(3, on_sale=True, category=chairs)

    whole = client.get("/recherche/?etat=bon-etat")
    part = client.get("/recherche/?etat=bon-etat", headers={"HX-Request": "true"})

    whole, part = soup(whole), soup(part)
    assert part.find("header") is None
    assert str(part.find(id="results")) == str(whole.find(id="results"))
    swapped = part.find(attrs={"hx-swap-oob": "innerHTML:#filters-body"})
    assert swapped.decode_contents().split() == whole.find(id="filters-body").decode_contents().split()


def test_the_back_button_gets_a_whole_page(client, index, chairs, settings):
    settings.PUBLIC_CACHE_SECONDS = 5
    ItemFactory(on_sale=True, category=chairs)
    htmx = {"HX-Request": "true"}

    assert soup(client.get("/recherche/", headers=htmx)).find("header") is None
    back = soup(client.get("/recherche/", headers=htmx | {"HX-History-Restore-Request": "true"}))

    assert back.find("header") is not None
    assert back.find(attrs={"hx-swap-oob": True}) is None


def test_search_pages_are_bounded(client, index, chairs):
    ItemFactory.create_batch(25, on_sale=True, category=chairs)

    assert len(titles(client.get("/recherche/"))) == 24
    second = client.get("/recherche/?page=2")
    assert len(titles(second)) == 1
    assert soup(second).select_one(".pager [aria-current]").get_text() == "2"
    assert client.get("/recherche/?page=3").status_code == 404
    assert client.get("/recherche/?page=99999999999999").status_code == 200  # not a page number: the first


def test_a_vanished_or_sold_id_never_breaks_a_page(client, index, chairs):
    kept = ItemFactory(on_sale=True, category=chairs, title="Restée")
    sold = ItemFactory(sold=True, category=chairs)
    index.extra_ids = (987654321, sold.pk)

    assert titles(client.get("/recherche/")) == [kept.title]


def test_nothing_found_offers_wider_searches_an_alert_and_neighbours(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs, title="Vélo de ville")

    response = client.get("/recherche/?q=vélo+cargo")

    page = soup(response)
    assert response.status_code == 200
    assert [(a.contents[0].strip(), a["href"]) for a in page.select("a.chip")] == [("vélo", "/recherche/?q=v%C3%A9lo")]
    assert page.select_one("a[href='/alertes/nouvelle/?q=v%C3%A9lo+cargo']") is not None
    assert [a.get_text() for a in page.select(".shelf h3 a")] == ["Vélo de ville"]


def test_index_away_says_so(client, index, chairs):
    index.is_away = True

    response = client.get("/recherche/?q=lampe")

    assert response.status_code == 503
    assert "remise en ordre" in response.content.decode()


@pytest.mark.parametrize(("typed", "hit"), [("cf-4k7 92t-x", True), ("CF4K792TX", True), ("CF-AAA AAA-A", False)])
def test_a_code_leads_to_its_object(client, index, chairs, seller, typed, hit):
    from rebond.core.codes import make_code

    code = make_code("CF", "4K792T")
    ItemFactory(on_sale=True, category=chairs, seller=seller, code=code, slug="chaise", title="Chaise")
    typed = typed.replace("X", code[-1]).replace("x", code[-1].lower()) if hit else typed

    response = client.get("/recherche/", {"q": typed})

    if hit:
        assert (response.status_code, response.url) == (302, f"/objet/chaise-{code.lower()}/")
    else:
        assert response.status_code == 200


def test_an_isbn_leads_to_its_only_copy(client, index, chairs):
    one = ItemFactory(on_sale=True, category=chairs, gtin="9782070360024", slug="l-etranger")

    assert client.get("/recherche/?q=2-07-036002-4").url == f"/objet/l-etranger-{one.code.lower()}/"

    ItemFactory(on_sale=True, category=chairs, gtin="9782070360024")
    assert client.get("/recherche/?q=9782070360024").status_code == 200


def test_aisle_filters_below_and_keeps_old_addresses(client, index, chairs):
    ItemFactory(on_sale=True, category=chairs, title="Chaise")
    ItemFactory(on_sale=True, category=CategoryFactory(key="books", slug="livres"), title="Livre")
    CategorySlug.objects.create(slug="mobilier", category=chairs.parent)

    response = client.get("/rayons/meubles/")

    assert titles(response) == ["Chaise"]
    page = soup(response)
    assert [a.get_text() for a in page.select("nav.chips a")] == ["Chaises"]
    assert page.select_one("link[rel=canonical]")["href"] == "http://testserver/rayons/meubles/"
    assert page.select_one("link[hreflang=en]")["href"] == "http://testserver/rayons/meubles/?langue=en"
    assert page.select_one("meta[name=robots]") is None
    moved = client.get("/rayons/mobilier/?tri=recents")
    assert (moved.status_code, moved.url) == (301, "/rayons/meubles/?tri=recents")
    narrowed = client.get("/recherche/?rayon=mobilier")
    assert narrowed.context["params"].filters == client.get("/recherche/?rayon=meubles").context["params"].filters != {}
    assert client.get("/rayons/inconnu/").status_code == 404


def test_aisle_offers_the_attributes_of_its_category(client, index, chairs):
    CategoryAttribute.objects.create(
        category=chairs,
        key="wood",
        name="Bois",
        name_en="Wood",
        type="choice",
        choices=[{"key": "oak", "fr": "Chêne", "en": "Oak"}, {"key": "beech", "fr": "Hêtre", "en": "Beech"}],
        is_filterable=True,
    )
    ItemFactory(on_sale=True, category=chairs, title="En chêne", attributes={"wood": "oak"})
    ItemFactory(on_sale=True, category=chairs, title="En hêtre", attributes={"wood": "beech"})
    from rebond.catalogue.queries.categories import categories_did_change

    categories_did_change()

    page = soup(client.get("/rayons/chaises/"))
    labels = [s.get_text() for s in page.select("input[name='a.wood'] + span")]
    assert sorted(labels) == ["Chêne", "Hêtre"]
    assert titles(client.get("/rayons/chaises/?a.wood=oak")) == ["En chêne"]
    assert "Bois" in [s.get_text(strip=True) for s in page.select("details.fold > summary")]


def test_all_aisles_lists_the_tree(client, chairs):
    page = soup(client.get("/rayons/"))

    assert [a.get_text() for a in page.select(".aisle-card h2 a")] == ["Meubles"]
    assert [a["href"] for a in page.select(".aisle-card ul a")] == ["/rayons/chaises/"]


def test_aisles_that_hold_nothing_lead_nobody(client, chairs):
    furniture = chairs.parent
    CategoryFactory(parent=furniture, depth=1, path="furniture/tables", key="tables", slug="tables", name="Tables")
    ItemFactory(on_sale=True, category=chairs)

    links = [a["href"] for a in soup(client.get("/rayons/")).select(".aisle-card ul a")]
    chips = [a["href"] for a in soup(client.get("/rayons/meubles/")).select("nav.chips a")]

    assert links == chips == ["/rayons/chaises/"]


def test_aisles_are_all_shown_while_the_shop_is_empty(client, chairs):
    CategoryFactory(parent=chairs.parent, depth=1, path="furniture/tables", key="tables", slug="tables", name="Tables")

    links = [a["href"] for a in soup(client.get("/rayons/")).select(".aisle-card ul a")]

    assert sorted(links) == ["/rayons/chaises/", "/rayons/tables/"]


def test_suggestions_give_addresses(client, index, chairs):
    rows = client.get("/recherche/suggestions/?q=chaise").json()["rows"]

    assert rows == [
        {"label": "Chaises", "kind": "Rayon", "url": "/rayons/chaises/"},
        {"label": "Les Ateliers", "kind": "Vendeur", "url": "/vendeurs/ateliers-du-confluent/"},
        {"label": "chaise en hêtre", "kind": "", "url": "/recherche/?q=chaise+en+h%C3%AAtre"},
    ]
    assert client.get("/recherche/suggestions/?q=c").json() == {"rows": []}


def test_suggestions_end_with_titles_of_objects_on_sale(client, index, chairs):
    one = ItemFactory(on_sale=True, category=chairs, title="Chaise en hêtre", slug="chaise-en-hetre", price_cents=2500)
    sold = ItemFactory(category=chairs, title="Chaise vendue", state="sold")
    same = ItemFactory(on_sale=True, category=chairs, title="Chaise en hêtre", price_cents=1900)
    others = [ItemFactory(on_sale=True, category=chairs, title=f"Chaise {n}") for n in ("bleue", "rouge", "verte")]

    rows = client.get("/recherche/suggestions/?q=chaise").json()["rows"]

    assert [row["label"] for row in rows[-3:]] == ["Chaise en hêtre", "Chaise bleue", "Chaise rouge"]
    assert rows[-3] == {
        "label": "Chaise en hêtre",
        "kind": "25,00\u00a0€",
        "url": f"/objet/chaise-en-hetre-{one.code.lower()}/",
    }
    shown = {row["url"] for row in rows}
    assert not [item for item in (sold, same, others[2]) if any(item.code.lower() in url for url in shown)]
    assert client.get(rows[-3]["url"]).status_code == 200


@pytest.mark.parametrize("number", [1, 6])
def test_suggestions_read_the_titles_in_one_query(client, index, chairs, number, django_assert_num_queries):
    for n in range(number):
        ItemFactory(on_sale=True, category=chairs, title=f"Chaise {n}")
    client.get("/recherche/suggestions/?q=lampe")
    with django_assert_num_queries(2):  # the second is the test's own index
        rows = client.get("/recherche/suggestions/?q=chaise").json()["rows"]
    assert len(rows) == 3 + min(number, 3)


def test_suggestions_leave_out_what_lists_hide(client, index, chairs):
    """Sellers suspended since, and closing days that hide the objects; the day is asked each time."""
    today = timezone.localdate()
    made = [ItemFactory(on_sale=True, category=chairs, title=f"Chaise {n}") for n in ("bleue", "rouge", "verte")]

    def shown():
        rows = client.get("/recherche/suggestions/?q=chaise").json()["rows"]
        return {row["label"] for row in rows} & {item.title for item in made}

    assert shown() == {"Chaise bleue", "Chaise rouge", "Chaise verte"}

    Organisation.objects.filter(pk=made[0].seller_id).update(seller_state="suspended")
    days = {"starts_on": today, "ends_on": today, "hides_items": True}
    closure = Closure.objects.create(organisation=made[1].seller, **days)
    assert shown() == {"Chaise verte"}

    yesterday = today - datetime.timedelta(days=1)
    Closure.objects.filter(pk=closure.pk).update(starts_on=yesterday, ends_on=yesterday)
    assert shown() == {"Chaise rouge", "Chaise verte"}


def test_ranking_page_tells_the_query_s_own_constants(client, db):
    from rebond.catalogue.search.ranking import ranking_criteria

    page = soup(client.get("/recherche/classement/"))

    assert [h.get_text() for h in page.select(".steps h3")] == [str(c.label) for c in ranking_criteria()]


def test_pages_refuse_other_methods(client, index, chairs):
    for path in ("/recherche/", "/rayons/", "/rayons/meubles/", "/recherche/suggestions/"):
        assert client.post(path).status_code == 405


NASTY = '"><script>alert(1)</script>'


def test_every_shown_field_is_escaped(client, index, seller):
    seller.name = seller.tagline = seller.story = NASTY
    seller.save()
    category = CategoryFactory(key="x", slug="x", name=NASTY, name_en=NASTY, icon=NASTY, tint="ciel", art=NASTY)
    item = ItemFactory(
        on_sale=True,
        seller=seller,
        category=category,
        title=NASTY,
        place=NASTY,
        brand=NASTY,
        color=NASTY,
        description=NASTY,
        cover_color=NASTY[:7],
        cover=NASTY,
        cover_placeholder=NASTY,
        manufacturer=NASTY,
        safety_warnings=NASTY,
        slug="x",
    )
    item.flaws.create(kind="scratch", part=NASTY, detail=NASTY)

    paths = ("/recherche/", "/rayons/", "/rayons/x/", f"/objet/x-{item.code.lower()}/", f"/vendeurs/{seller.slug}/")
    for path in (*paths, "/vendeurs/", "/", f"/recherche/?q={NASTY}", f"/recherche/?marque={NASTY}&a.x={NASTY}"):
        body = client.get(path).content.decode()
        assert "<script>alert" not in body, path


def test_english_words_find_what_is_described_in_french(client, index, chairs, seller):
    CategoryAttribute.objects.create(
        category=chairs, key="color", type="choice", choices=[{"key": "blue", "fr": "Bleue", "en": "Blue"}]
    )
    ItemFactory(on_sale=True, seller=seller, category=chairs, title="Chaises bleues")
    ItemFactory(on_sale=True, seller=seller, category=chairs, title="Blue velvet, disque")

    assert titles(client.get("/recherche/?q=the blue chair&langue=en")) == ["Chaises bleues"]
    assert index.queries[-1].text == "Bleu Chaises"
    assert titles(client.get("/recherche/?q=blue velvet&langue=en")) == ["Blue velvet, disque"]
    assert titles(client.get("/recherche/?q=chair&langue=fr")) == []
    assert soup(client.get("/recherche/?q=chair&langue=en")).find(id="q")["value"] == "chair"


def test_colours_are_found_and_told_in_english(client, index, chairs, seller):
    item = ItemFactory(on_sale=True, seller=seller, category=chairs, title="Chaises, bleu ciel", color="Bleu")

    assert set(COLOURS) <= set(ENGLISH)
    assert titles(client.get("/recherche/?q=blue chair&langue=en")) == ["Chaises, bleu ciel"]
    assert index.queries[-1].text == "Bleu Chaises"
    assert value_label("color", "Bleu", None) == "Bleu"
    with translation.override("en"):
        assert value_label("color", "Bleu", None) == "Blue"
        assert value_label("color", "Lie-de-vin", None) == "Lie-de-vin"
    path = f"/objet/{item.slug}-{item.code.lower()}/"
    assert "Blue" in client.get(f"{path}?langue=en").text
    assert "Blue" not in client.get(f"{path}?langue=fr").text


@pytest.mark.parametrize(
    ("typed", "french"),
    [
        ("red", "Rouge"),
        ("navy blue coat", "Marine coat"),
        ("gray", "gris"),
        ("orange", "Orange"),
        ("a gold mug", "Doré mug"),
    ],
)
def test_colours_are_put_into_french(db, typed, french):
    assert in_french(typed) == french


def test_english_words_suggest_what_is_described_in_french(client, index, chairs, seller):
    item = ItemFactory(on_sale=True, seller=seller, category=chairs, title="Chaise en hêtre", slug="chaise-en-hetre")

    rows = client.get("/recherche/suggestions/?q=chai&langue=en").json()["rows"]

    assert rows == [
        {"label": "Chairs", "kind": "Aisle", "url": "/rayons/chaises/"},
        {"label": "Les Ateliers", "kind": "Seller", "url": "/vendeurs/ateliers-du-confluent/"},
        {"label": "chair", "kind": "", "url": "/recherche/?q=chair"},
        {"label": "Chaise en hêtre", "kind": "25,00\u00a0€", "url": f"/objet/chaise-en-hetre-{item.code.lower()}/"},
    ]
    assert index.suggested[-1] == "Chaises"
    french = client.get("/recherche/suggestions/?q=chai&langue=fr").json()["rows"]
    assert [row["label"] for row in french[2:]] == ["chai en hêtre", "Chaise en hêtre"]


@pytest.mark.parametrize(
    ("typed", "whole"),
    [
        ("chai", "chair"),
        ("Blue chai", "Blue chair"),
        ("chairs", "chairs"),
        ("dining ta", "dining ta"),
        ("dining tab", "dining table"),
        ("kitchen tab", "kitchen table"),
        ("zzz", "zzz"),
        ("ch", "ch"),
        ("", ""),
        ("   ", "   "),
    ],
)
def test_english_words_are_completed(db, typed, whole):
    for name, english in (
        ("Chaises", "Chairs"),
        ("Tables de repas", "Dining tables"),
        ("Tableaux", "Tableware of art"),
    ):
        CategoryFactory(name=name, name_en=english)
    assert completed(typed) == whole


@pytest.mark.parametrize(
    ("typed", "french"),
    [
        ("mugs", "mugs"),
        ("Cup", "Tasses"),
        ("shelf", "Étagères"),
        ("Ikea shelves", "Ikea Étagères"),
        ("coat racks", "Portemanteaux"),
        ("children's shoes", "Chaussures enfant"),
        ("the", "the"),
        ("", ""),
    ],
)
def test_names_of_aisles_are_put_into_french(db, typed, french):
    for name, english in (
        ("Tasses et mugs", "Cups and mugs"),
        ("Étagères et bibliothèques", "Shelves and bookcases"),
        ("Portemanteaux", "Coat racks"),
        ("Manteaux", "Coats"),
        ("Chaussures enfant", "Children’s shoes"),
    ):
        CategoryFactory(name=name, name_en=english)
    assert in_french(typed) == french
