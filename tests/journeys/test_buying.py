"""What people do in the shop: to search, look, keep, be told and report; by thumb, by keys, without JavaScript."""

import pytest
from django.utils.text import slugify

from rebond.accounts.actions.user import create_user
from rebond.catalogue.actions.photo import add_photos
from rebond.shop.models import Alert, Favourite, Notice
from tests.catalogue.pictures import upload
from tests.factories.catalogue import ItemFactory
from tests.journeys.steps import PASSWORD, Door, ErrorSummary, Results, work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


def put_on_sale(seller, category, title, **fields):
    slug = slugify(title)
    return ItemFactory(on_sale=True, seller=seller, category=category, title=title, slug=slug, **fields)


@pytest.fixture
def lamps(index, seller, owner, categories):
    """Four lamps and a chair on sale; the blue lamp has two photos."""
    from rebond.catalogue.actions.index import mark_items_changed

    kind = categories["desk-lamps"]
    made = [
        put_on_sale(seller, kind, "Lampe bleue", condition="very_good", color="Bleu", price_cents=1800),
        put_on_sale(seller, kind, "Lampe rouge", condition="very_good", color="Rouge", price_cents=2400),
        put_on_sale(seller, kind, "Lampe verte", condition="good", color="Vert", price_cents=3000),
        put_on_sale(seller, kind, "Lampe noire", condition="to_repair", color="Noir", price_cents=600),
        put_on_sale(seller, categories["chairs"], "Chaise en hêtre", price_cents=2500),
    ]
    add_photos(item=made[0], files=[upload(n, size=(900, 700)) for n in (1, 2)], by=owner)
    mark_items_changed(ids=[item.pk for item in made])
    work()
    return made


def test_a_thumb_finds_a_lamp_keeps_it_and_signs_in(lamps, phone, sound):
    create_user(email="nadia@example.org", password=PASSWORD, name="Nadia Benali", is_verified=True)
    results = Results(phone)
    phone.goto("/")
    sound(phone)
    results.field.press_sequentially("lamp")
    phone.get_by_role("option").first.wait_for()
    results.field.press("ArrowDown")
    assert phone.get_by_role("option", selected=True).count() == 1
    results.field.press("Escape")
    results.field.fill("lampe")
    results.field.press("Enter")

    phone.get_by_role("heading", name="« lampe »").wait_for()
    assert results.titles() == ["Lampe bleue", "Lampe noire", "Lampe rouge", "Lampe verte"]
    phone.get_by_role("button", name="Filtrer").click()
    results.option("Très bon état").check()
    phone.wait_for_url("**etat=tres-bon-etat**")
    phone.get_by_text("Couleur", exact=True).click()
    results.option("Bleu").check()
    phone.wait_for_url("**couleur=Bleu**")
    sound(phone)
    phone.get_by_role("button", name="Voir les objets").click()
    results.chips.nth(2).wait_for()
    assert [c.inner_text().split("\n")[0] for c in results.chips.all()][:2] == ["Très bon état", "Bleu"]
    sound(phone)

    phone.get_by_role("link", name="Lampe bleue").click()
    phone.get_by_role("heading", level=1, name="Lampe bleue").wait_for()
    sound(phone)
    phone.get_by_role("link", name="Photo 1 sur 2. Agrandir").click()
    zoom = phone.get_by_role("dialog", name="Photo agrandie")
    zoom.get_by_role("button", name="Photo suivante").click()
    zoom.get_by_text("Photo 2 sur 2").wait_for()
    zoom.get_by_role("button", name="Plus grand").click()
    sound(phone)
    phone.keyboard.press("Escape")

    phone.get_by_role("button", name="Garder dans mes favoris").click()
    phone.locator('[data-rebond-me="count"]', has_text="1").wait_for()
    phone.get_by_role("link", name="Favoris").first.click()
    phone.get_by_role("button", name="Retirer Lampe bleue de mes favoris").wait_for()
    sound(phone)
    phone.get_by_role("link", name="Connectez-vous pour les retrouver partout.").click()
    sound(phone)
    Door(phone).sign_in("nadia@example.org")
    phone.get_by_role("heading", name="Mes favoris").wait_for()
    assert phone.get_by_role("button", name="Retirer Lampe bleue de mes favoris").count() == 1
    assert list(Favourite.objects.values_list("user__name", "item__title")) == [("Nadia Benali", "Lampe bleue")]


def test_without_javascript_one_filters_keeps_asks_and_reports(lamps, without_js):
    page = without_js
    page.goto("/")
    page.get_by_role("searchbox", name="Chercher un objet").fill("lampe")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Filtrer").click()
    page.get_by_role("checkbox", name="À réparer").check()
    page.get_by_role("button", name="Voir les objets").click()
    assert Results(page).titles() == ["Lampe noire"]
    page.get_by_role("link", name="Lampe noire").click()
    page.get_by_role("button", name="Garder dans mes favoris").click()
    page.get_by_text("est dans vos favoris").wait_for()
    page.go_back()

    page.get_by_role("link", name="Me prévenir").click()
    page.get_by_label("Votre adresse mail").fill("nadia chez example")
    page.get_by_role("radio", name="Dès qu’un objet arrive").check()
    with page.expect_response("**/alertes/nouvelle/**") as refused:
        page.get_by_role("button", name="Me prévenir").click()
    field = page.get_by_label("Votre adresse mail")
    assert (refused.value.status, field.input_value()) == (422, "nadia chez example")
    assert "adresse" in page.locator(f"#{field.get_attribute('aria-describedby').split()[-1]}").inner_text()
    assert page.get_by_role("radio", name="Dès qu’un objet arrive").is_checked()
    field.fill("nadia@example.org")
    page.get_by_role("button", name="Me prévenir").click()
    page.get_by_text("Nous venons de vous écrire").wait_for()
    assert list(Alert.objects.values_list("email", "frequency")) == [("nadia@example.org", "at_once")]

    page.goto(f"/o/{lamps[3].code}")
    page.get_by_role("link", name="Signaler cet objet").click()
    page.get_by_role("radio", name="La description est fausse").check()
    page.get_by_label("Pourquoi le pensez-vous").fill("Sur la photo, elle n’est pas noire.")
    page.get_by_label("Votre nom").fill("Nadia Benali")
    page.get_by_label("Votre adresse mail").fill("nadia@example.org")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Envoyer le signalement").click()
    page.get_by_text("Merci").first.wait_for()
    assert list(Notice.objects.values_list("reason", "item__title")) == [("misleading", "Lampe noire")]


def focused(page):
    """Name of what has the focus, and whether one sees that it has."""
    return page.evaluate(
        "() => { const e = document.activeElement, s = getComputedStyle(e);"
        " return [(e.getAttribute('aria-label') ?? e.labels?.[0]?.innerText ?? e.innerText).trim(),"
        " s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2]; }"
    )


def walk_to(page, name, key="Tab", most=60):
    """Press `key` until what has the focus is called `name`; each stop on the way is visible."""
    passed = []
    for _ in range(most):
        page.keyboard.press(key)
        found, is_seen = focused(page)
        assert (found, is_seen) == (found, True)
        if found.startswith(name):
            return passed
        passed.append(found)
    raise AssertionError(f"{name} is not reached by {key}: {passed}")


def test_keys_alone_reach_everything(lamps, desk, sound):
    desk.goto("/recherche/?q=lampe")
    assert walk_to(desk, "Aller au contenu") == []
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.id") == "contenu"
    walk_to(desk, "Bon état")
    desk.keyboard.press("Space")
    desk.wait_for_url("**etat=bon-etat**")
    desk.get_by_role("heading", name="Lampe verte").wait_for()
    assert focused(desk)[0].startswith("Bon état")
    walk_to(desk, "Lampe verte")
    desk.keyboard.press("Enter")
    desk.get_by_role("heading", level=1, name="Lampe verte").wait_for()
    walk_to(desk, "Signaler cet objet")
    desk.keyboard.press("Enter")
    desk.get_by_role("button", name="Envoyer le signalement").press("Enter")
    summary = ErrorSummary(desk)
    summary.wait()
    assert summary.has_focus
    sound(desk)
    walk_to(desk, "Qu’est-ce qui ne va pas")
    desk.keyboard.press("Enter")
    assert desk.evaluate("document.activeElement.name") == "reason"


def test_the_shop_speaks_english_and_keeps_the_filters(lamps, phone, sound):
    results = Results(phone)
    phone.goto("/recherche/?q=lampe")
    phone.get_by_role("button", name="Filtrer").click()
    results.option("Bon état").last.check()
    phone.wait_for_url("**etat=bon-etat**")
    phone.get_by_role("button", name="Voir les objets").click()
    phone.get_by_role("link", name="English").click()
    phone.get_by_role("button", name="Filter (1)").wait_for()
    assert phone.locator("html").get_attribute("lang") == "en"
    assert results.titles() == ["Lampe verte"]
    sound(phone)
    phone.get_by_role("link", name="Lampe verte").click()
    phone.get_by_role("button", name="Keep in my favourites").click()
    sound(phone)
    phone.get_by_role("link", name="Favourites").first.click()
    phone.get_by_role("heading", name="My favourites").wait_for()
    phone.get_by_role("link", name="Français").click()
    phone.get_by_role("heading", name="Mes favoris").wait_for()
