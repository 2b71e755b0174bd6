import datetime
import json

import pytest
from bs4 import BeautifulSoup
from django.utils import timezone
from django.utils.formats import date_format

from rebond.catalogue.models import ItemSlug, Photo, PhotoAsset
from rebond.catalogue.queries import categories
from rebond.network.models import Agreement, Closure
from rebond.shop.queries.cards import Card
from rebond.shop.queries.delays import next_working_day
from rebond.shop.queries.similar import varied
from rebond.workshop.actions.step import Hands, record_step
from rebond.workshop.photographing import PHOTOGRAPH
from rebond.workshop.writing import WRITE
from tests.factories.catalogue import ItemFactory
from tests.factories.network import OrganisationFactory, SiteFactory
from tests.factories.workshop import StationFactory, WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def path_of(item):
    return f"/objet/{item.slug}-{item.code.lower()}/"


@pytest.fixture
def chair(chairs, seller, index):
    SiteFactory(
        organisation=seller, name="L’entrepôt", address="12 quai de la Filhole", is_pickup_point=True, city="Marmande"
    )
    seller.delivery_modes = ["relay", "pickup"]
    seller.legal_name, seller.siren, seller.mediator = "SCIC Les Ateliers", "823000000", "Médiation du réemploi"
    seller.save()
    Agreement.objects.create(
        organisation=seller,
        operator=OrganisationFactory(kind="operator"),
        kind="brick",
        starts_on=datetime.date(2024, 1, 1),
        signed_on=datetime.date(2023, 12, 1),
        shipping={"relay_cents": 490},
    )
    return ItemFactory(
        on_sale=True,
        seller=seller,
        category=chairs,
        title="Chaise en hêtre",
        slug="chaise-en-hetre",
        price_cents=2500,
        previous_price_cents=3000,
        weight_g=4200,
        is_weight_estimated=True,
        length_mm=420,
        width_mm=455,
        brand="Baumann",
        description="Une chaise des années 60.",
    )


def test_item_page_tells_all_that_the_law_asks(client, chair):
    chair.flaws.create(kind="scratch", part="un pied", detail="Une rayure de 6\u00a0cm", photo_position=4)

    response = client.get(path_of(chair))

    page = soup(response)
    text = page.main.get_text(" ", strip=True)
    assert response.status_code == 200
    assert page.h1.get_text() == "Chaise en hêtre"
    for words in (
        "Prix le plus bas des 30\u00a0jours avant la baisse\u00a0: 30,00\u00a0€",
        "environ 4,2\u00a0kg (estimé)",
        "L\u00a042 × P\u00a045,5\u00a0cm",
        "Rayure, un pied",
        "Une rayure de 6\u00a0cm",
        "voir photo 4",
        "Point relais",
        "4,90\u00a0€",
        "Gratuit",
        "SCIC Les Ateliers",
        "SIREN 823000000",
        "Médiation du réemploi",
        "seconde main, non connu",
        "14\u00a0jours pour changer d’avis",
        "Garantie légale de conformité\u00a0: 2\u00a0ans",
        "Baumann",
        chair.display_code,
    ):
        assert words in text, words
    assert text.count("seconde main, non connu") == 1
    assert page.select_one("button[form=prendre]")["value"] == chair.code
    assert page.select_one(f"a[href='/alertes/nouvelle/{chair.code.lower()}/']") is not None


@pytest.mark.parametrize("certified_at", [None, datetime.datetime(2024, 2, 1, tzinfo=datetime.UTC)])
def test_the_self_certification_is_printed_only_where_it_was_given(client, chair, seller, certified_at):
    seller.certified_at = certified_at
    seller.save()
    text = soup(client.get(path_of(chair))).main.get_text(" ", strip=True)
    assert ("Certifie ne proposer que des produits conformes" in text) is (certified_at is not None)
    text = soup(client.get(f"/vendeurs/{seller.slug}/")).main.get_text(" ", strip=True)
    assert ("Certifie ne proposer que des produits conformes" in text) is (certified_at is not None)


@pytest.mark.parametrize("change", [{"signed_on": None}, {"ends_on": datetime.date(2024, 6, 30)}])
def test_prices_of_a_draft_or_an_ended_agreement_are_not_shown(client, chair, change):
    Agreement.objects.update(**change)
    text = soup(client.get(path_of(chair))).main.get_text(" ", strip=True)
    assert "Point relais" in text
    assert "4,90" not in text


def test_the_vat_regime_of_the_seller_stands_under_the_price(client, chair, seller):
    seller.attributes.create(kind="vat_regime", value="margin", valid_from=datetime.date(2024, 1, 1))
    page = soup(client.get(path_of(chair)))
    assert "Régime particulier – Biens d’occasion" in page.select_one(".buy .price--xl").parent.parent.get_text()


def test_item_page_costs_a_fixed_number_of_queries(client, chair, chairs, django_assert_num_queries):
    client.get(path_of(chair))
    ItemFactory.create_batch(3, on_sale=True, category=chairs)

    # item and seller, photos, flaws, similar ids (fake index), similar cards, steps; the seller’s facts are kept
    with django_assert_num_queries(6):
        client.get(path_of(chair))


def test_the_journey_is_told_with_the_names_that_may_be_told(client, chair, chairs, seller):
    station = StationFactory(site=seller.sites.get())
    said = WorkerFactory(organisation=seller, first_name="Awa", is_name_public=True, consent_at=timezone.now())
    silent = WorkerFactory(organisation=seller, first_name="Zoltan")
    for worker, kind in ((said, PHOTOGRAPH), (silent, WRITE)):
        record_step(kind=kind, subject=chair, hands=Hands(worker=worker, station=station))
    other = ItemFactory(on_sale=True, category=chairs, seller=seller)

    page = soup(client.get(path_of(chair)))
    told = [(li.h3.get_text(), li.p.get_text()) for li in page.select(".trace li")]

    today = date_format(timezone.localdate(), "j F Y")
    assert told == [("Photographié par Awa", today), ("Décrit par\u00a0une personne de l’équipe", today)]
    assert "Zoltan" not in page.get_text()
    assert soup(client.get(path_of(other))).select(".trace") == []


def test_item_data_for_search_engines(client, chair):
    blocks = [
        json.loads(b.string) for b in soup(client.get(path_of(chair))).select("script[type='application/ld+json']")
    ]

    product, crumbs = blocks
    assert product["@type"] == "Product"
    assert product["offers"]["price"] == "25.00"
    assert product["offers"]["priceCurrency"] == "EUR"
    assert product["offers"]["availability"] == "https://schema.org/InStock"
    assert product["offers"]["itemCondition"] == "https://schema.org/UsedCondition"
    assert product["url" if "url" in product else "sku"] == chair.code
    assert [c["name"] for c in crumbs["itemListElement"]] == ["Accueil", "Meubles", "Chaises", "Chaise en hêtre"]


def test_old_words_in_the_address_redirect_and_the_code_decides(client, chair):
    ItemSlug.objects.create(item=chair, slug="ancienne")

    for path in (
        f"/objet/ancienne-{chair.code.lower()}/",
        f"/objet/{chair.code.lower()}/",
        f"/o/{chair.code}",
        f"/o/{chair.code.lower()}/",
    ):
        response = client.get(path)
        assert (response.status_code, response.url) == (301, path_of(chair)), path
    assert client.get("/objet/chaise-cf222222a/").status_code == 404
    assert client.get("/o/nimporte").status_code == 404


def test_the_size_guide_of_the_category_is_a_fold_under_the_facts(client, chair, chairs):
    other = ItemFactory(on_sale=True, category=chairs.parent, title="Meuble")
    chairs.size_guide = {"name": "Tailles de chaises", "sizes": ["S"], "columns": ["Taille", "cm"], "rows": [["S", 40]]}
    chairs.save()
    categories.categories_did_change()

    assert soup(client.get(path_of(other))).select_one("table") is None
    fold = soup(client.get(path_of(chair))).select_one("details:has(table)")

    assert fold.summary.get_text(strip=True) == "Tailles de chaises"
    assert [cell.get_text() for cell in fold.select("th, td")] == ["Taille", "cm", "S", "40"]


def test_a_sold_item_keeps_its_page(client, chairs, seller, index):
    seller.delivery_modes = ["relay", "pickup"]
    seller.save()
    sold = ItemFactory(sold=True, seller=seller, category=chairs, title="Partie", slug="partie")
    other = ItemFactory(on_sale=True, seller=seller, category=chairs, title="Proche")

    response = client.get(path_of(sold))

    page = soup(response)
    assert response.status_code == 200
    assert "Cet objet a trouvé quelqu’un." in page.select_one(".note").get_text()
    assert "Comment le recevoir" not in page.get_text()
    assert "Expédie en" not in page.get_text()
    assert "https://schema.org/SoldOut" in response.content.decode()
    assert [a["href"] for a in page.select(".shelf h3 a")] == [path_of(other)]


def test_a_withdrawn_item_is_gone_and_a_draft_never_was(client, chairs, seller, index):
    withdrawn = ItemFactory(seller=seller, category=chairs, state="withdrawn", published_at=timezone.now(), slug="r")
    draft = ItemFactory(seller=seller, category=chairs, slug="b")
    never = ItemFactory(seller=seller, category=chairs, state="withdrawn", slug="n")

    gone = client.get(path_of(withdrawn))

    assert gone.status_code == 410
    assert withdrawn.title not in gone.content.decode()
    assert client.get(path_of(draft)).status_code == 404
    assert client.get(path_of(never)).status_code == 404


def test_an_item_of_a_suspended_seller_is_gone(client, chair, seller):
    seller.seller_state = "suspended"
    seller.save()

    assert client.get(path_of(chair)).status_code == 410


@pytest.mark.parametrize(("starts", "days", "told"), [(0, 5, True), (2, 5, True), (10, 12, False)])
def test_closing_days_push_the_delay_that_is_told(client, chair, seller, starts, days, told):
    today = timezone.localdate()
    seller.delivery_modes, seller.ships_in_days = ["home", "relay"], 3
    seller.save()
    in_days = lambda n: today + datetime.timedelta(days=n)  # noqa: E731
    Closure.objects.create(organisation=seller, starts_on=in_days(starts), ends_on=in_days(days))

    text = soup(client.get(path_of(chair))).main.get_text(" ", strip=True)

    assert ("sous 3 jours ouvrés" in text) is not told
    last = today  # of three days that are neither closed nor a weekend or a holiday
    for _n in range(3):
        last = next_working_day(last + datetime.timedelta(days=1))
        while in_days(starts) <= last <= in_days(days):
            last = next_working_day(last + datetime.timedelta(days=1))
    by = date_format(last, "j F")
    assert (f"Part de l’atelier au plus tard le {by}" in text) is told
    assert (f"Expédié au plus tard le {by}" in text) is told
    assert (f"Expédié au plus tard le {by}" in client.get(f"/vendeurs/{seller.slug}/").text) is told


@pytest.mark.parametrize("hides", [True, False])
def test_a_seller_that_hides_its_objects_shows_and_promises_none(client, chair, seller, hides):
    today = timezone.localdate()
    Closure.objects.create(organisation=seller, starts_on=today, ends_on=today, hides_items=hides)

    page = soup(client.get(f"/vendeurs/{seller.slug}/"))

    assert ("Ses objets sont cachés ces jours-là." in page.main.get_text()) is hides
    assert (page.select(".grid-items, .shelf h3") == []) is hides
    assert (page.select(f"a[href='/recherche/?vendeur={seller.slug}']") == []) is hides
    listed = soup(client.get("/vendeurs/")).select_one("ul.tiles").get_text(" ", strip=True)
    assert ("1 objet" in listed) is not hides


def test_closing_days_are_shown(client, chair, seller):
    today = timezone.localdate()
    Closure.objects.create(organisation=seller, starts_on=today, ends_on=today + datetime.timedelta(days=5))

    assert "L’atelier est fermé du" in soup(client.get(path_of(chair))).main.get_text()


def test_co2_is_an_estimate_with_its_calculation(client, chair, chairs):
    from rebond.catalogue.queries.categories import categories_did_change

    chairs.co2_factor_g, chairs.co2_source, chairs.co2_source_en = 18_600, "ADEME, juillet 2026", "ADEME, July 2026"
    chairs.save()
    categories_did_change()

    page = soup(client.get(path_of(chair)))
    shown = page.select_one(".impact").get_text(" ", strip=True).replace("CO 2 e", "CO2e")
    assert "≈ 9,2 kg CO2e" in shown  # 18 600 × 60 % − 1 650 − 266 = 9 244 g
    assert "ADEME, juillet 2026" in shown
    assert "60\u00a0%" in shown
    table = soup(client.get("/impact/co2/")).main.get_text(" ", strip=True)
    assert "ADEME, juillet 2026" in table
    assert "60\u00a0%" in table
    assert "1\u00a0650" in table
    assert "266\u00a0g" in table
    assert "à domicile" in table


def test_co2_in_english_names_its_sources_in_english(client, chair, chairs):
    from rebond.catalogue.queries.categories import categories_did_change

    chairs.co2_factor_g, chairs.co2_source, chairs.co2_source_en = 18_600, "ADEME, juillet 2026", "ADEME, July 2026"
    chairs.save()
    categories_did_change()

    for path in (path_of(chair), "/impact/co2/"):
        said = soup(client.get(path, {"langue": "en"})).main.get_text(" ", strip=True)
        assert "ADEME, July 2026" in said, path
        assert "juillet" not in said, path


def test_the_estimate_takes_transport_and_packaging_off():
    """rules.md E3: factor × substitution − transport − packaging; nothing under half a kilo."""
    from types import SimpleNamespace

    from rebond.shop.queries.co2 import estimate_co2

    def node(grams):
        made = SimpleNamespace(co2_factor_g=grams, source="ADEME", label="Polos")
        made.path = [made]
        return made

    assert estimate_co2(node(10_000)).avoided_g == 10_000 * 6 // 10 - 1_650 - 266
    assert estimate_co2(node(4_000)) is None  # 484 g
    assert estimate_co2(node(4_100)).avoided_g == 544
    assert estimate_co2(None) is None


@pytest.mark.parametrize(("language", "words"), [("fr", "compte"), ("en", "without an account")])
def test_the_online_withdrawal_is_announced_with_its_place(client, chair, language, words):
    """L221-5, L221-21, D221-5 (rules.md F2): that it exists, and where, before the contract."""
    said = soup(client.get(path_of(chair), {"langue": language})).select_one("#retour").get_text(" ", strip=True)
    assert "renoncer au contrat ici" in said
    assert words in said
    terms = soup(client.get("/conditions/", {"langue": language})).select_one("#en-ligne").get_text(" ", strip=True)
    assert "renoncer au contrat ici" in terms
    assert "confirmer la rétractation" in terms


def test_item_in_english(client, chair):
    page = soup(client.get(path_of(chair), {"langue": "en"}))

    assert page.html["lang"] == "en"
    assert "14 days to change your mind" in page.main.get_text()
    assert page.select_one("link[rel=canonical]")["href"] == f"http://testserver{path_of(chair)}?langue=en"


def test_similar_objects_do_not_repeat_a_picture_before_the_others():
    rest = ("slug", "Title", 100, None, "good", "on_sale", "Agen", None)
    cards = [Card(n, 1, f"C{n}", *rest, cover, "", "", 1) for n, cover in enumerate(["a", "a", "", "b", "", "b"])]

    assert [card.id for card in varied(cards)] == [0, 2, 3, 4, 1, 5]


def test_a_flaw_touched_on_a_photo_is_marked_there_and_named(client, chair):
    asset = PhotoAsset.objects.create(sha256="b" * 64, width=1000, height=2000, renditions=[480, 720])
    Photo.objects.create(item=chair, asset=asset, position=0)
    chair.flaws.create(kind="scratch", part="un pied", photo_position=1, spot_x=250, spot_y=800)
    chair.flaws.create(kind="stain", photo_position=7, spot_x=1, spot_y=1)  # that photo is gone
    shown = client.get(path_of(chair)).content.decode()
    assert shown.count("flaw-marks") == 1
    assert '<circle cx="250" cy="1600" r="66"/>' in shown
    assert 'aria-label="1: Rayure, un pied"' in shown
