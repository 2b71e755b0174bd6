"""What a seller does at the desk, from the first word of a card to its last day on sale."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from rebond.accounts.actions.user import create_user
from rebond.catalogue.actions.item import change_item
from rebond.catalogue.models import Item
from tests.catalogue.pictures import picture_bytes
from tests.factories.catalogue import ItemFactory
from tests.factories.network import MembershipFactory
from tests.journeys.steps import PASSWORD, Door, ErrorSummary, ItemForm, Results, enter, work

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("index")]


def address(name, item):
    return reverse(f"catalogue:{name}", args=[item.code.lower()])


def test_a_chair_from_its_card_to_its_last_day(seller, desk, sound):
    user = create_user(email="olivia@example.org", password=PASSWORD, name="Olivia Martin", is_verified=True)
    MembershipFactory(user=user, organisation=seller, role="manager")
    desk.goto("/bureau/objets/nouveau/")
    Door(desk).sign_in("olivia@example.org")
    form = ItemForm(desk)
    form.choose_category("Chaises")
    form.title.fill("Chaise bistrot en hêtre")
    form.description.fill("Assise refaite par Karim.")
    form.condition("Très bon état").check()
    form.seats.fill("1")
    form.save()
    summary = ErrorSummary(desk)
    assert "Prix" in summary.wait().inner_text()
    sound(desk)
    assert (form.title.input_value(), form.description.input_value(), form.seats.input_value()) == (
        "Chaise bistrot en hêtre",
        "Assise refaite par Karim.",
        "1",
    )
    assert form.condition("Très bon état").is_checked()
    form.price.fill("24,50")
    form.save()

    desk.get_by_text("Enregistré.").wait_for()
    files = [{"name": f"vue-{n}.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(n)} for n in (1, 2)]
    desk.get_by_label("Choisir des photos").set_input_files(files)
    desk.get_by_role("list", name="Photos dans l’ordre de la page").get_by_role("listitem").nth(1).wait_for()
    sound(desk)
    desk.get_by_role("button", name="Mettre en vente").click()
    desk.get_by_text("Il est en vente").wait_for()
    work()
    desk.goto("/recherche/?q=bistrot")
    assert Results(desk).titles() == ["Chaise bistrot en hêtre"]
    desk.goto("/bureau/objets/nouveau/")
    assert form.title.input_value() == ""

    item = Item.objects.get()
    desk.goto(address("item-detail", item))
    desk.get_by_role("button", name="Autres actions").click()
    desk.get_by_role("link", name="Retirer de la vente").click()
    desk.get_by_role("button", name="Retirer de la vente").click()
    summary.wait()
    sound(desk)
    desk.get_by_role("radio", name="Mis en ligne par erreur").check()
    desk.get_by_role("button", name="Retirer de la vente").click()
    desk.get_by_text("Il est retiré.").wait_for()
    work()
    desk.goto("/recherche/?q=bistrot")
    assert Results(desk).titles() == []
    desk.goto(address("item-detail", item))
    desk.get_by_role("button", name="Mettre en vente").click()
    desk.get_by_text("Il est en vente").wait_for()
    item.refresh_from_db()
    assert (item.state, item.price_cents, item.attributes["seats"]) == ("on_sale", 2450, 1)


def test_prices_of_many_are_changed_and_their_labels_printed(seller, owner, categories, desk, sound, live_server):
    for n, is_on_sale in enumerate((True, True, False)):
        fields = {"title": f"Chaise {n}", "price_cents": 2000, "on_sale": is_on_sale}
        ItemFactory(seller=seller, category=categories["chairs"], **fields)
    enter(desk, owner, live_server)
    desk.goto("/bureau/objets/")
    for n in (0, 1):
        desk.get_by_role("checkbox", name=f"Choisir Chaise {n}").check()
    desk.get_by_text("2 · ").wait_for()
    sound(desk)
    desk.get_by_role("button", name="Prix").click()
    desk.get_by_role("heading", name="Changer le prix de 2 objets").wait_for()
    desk.get_by_role("spinbutton", name="Pourcentage").fill("-10")
    sound(desk)
    desk.get_by_role("button", name="Changer les prix").click()
    desk.get_by_text("2 objets modifiés.").wait_for()
    assert list(Item.objects.order_by("title").values_list("price_cents", flat=True)) == [1800, 1800, 2000]

    desk.get_by_role("checkbox", name="Choisir toute la page").check()
    desk.get_by_role("button", name="Étiquettes").click()
    desk.get_by_role("heading", name="3 étiquettes à imprimer").wait_for()
    sound(desk)
    desk.get_by_role("radio", name="Planches A4").check()
    with desk.context.expect_event("response", lambda r: r.request.method == "POST") as printed:
        desk.get_by_role("button", name="Faire les étiquettes").click()
    assert (printed.value.status, printed.value.headers["content-type"]) == (200, "application/pdf")


def test_words_survive_a_session_that_ended(seller, desk, categories):
    user = create_user(email="olivia@example.org", password=PASSWORD, name="Olivia Martin", is_verified=True)
    MembershipFactory(user=user, organisation=seller, role="manager")
    desk.goto("/bureau/objets/nouveau/")
    Door(desk).sign_in("olivia@example.org")
    form = ItemForm(desk)
    form.choose_category("Chaises")
    form.title.fill("Chaise d’école")
    form.condition("Bon état").check()
    form.seats.fill("1")
    form.price.fill("12,50")
    Session.objects.all().delete()
    form.save()
    desk.get_by_role("heading", name="Entrer").wait_for()
    assert Item.objects.count() == 0
    Door(desk).sign_in("olivia@example.org")

    desk.wait_for_url("**/bureau/objets/nouveau/")
    form.seats.wait_for()
    found = (form.title.input_value(), form.seats.input_value(), form.price.input_value())
    assert found == ("Chaise d’école", "1", "12,50")
    form.save()
    desk.get_by_role("heading", name="Chaise d’école").wait_for()
    assert list(Item.objects.values_list("title", "price_cents", "attributes__seats")) == [("Chaise d’école", 1250, 1)]
    desk.goto("/bureau/objets/nouveau/")
    assert form.title.input_value() == ""


def test_the_second_of_two_editors_is_told_and_keeps_her_words(
    seller, owner, colleague, categories, desk, sound, live_server
):
    item = ItemFactory(seller=seller, category=categories["chairs"], title="Chaise", color="Vert")
    enter(desk, owner, live_server)
    desk.goto(address("item-change", item))
    form = ItemForm(desk)
    form.title.fill("Chaise paillée")
    change_item(item=item, changes={"title": "Chaise à bascule"}, version=item.version, by=colleague)
    form.save()

    notice = desk.get_by_role("alert")
    notice.wait_for()
    assert "Chaise à bascule" in notice.inner_text()
    assert notice.evaluate("e => e === document.activeElement")
    assert form.title.input_value() == "Chaise paillée"
    sound(desk)
    item.refresh_from_db()
    assert item.title == "Chaise à bascule"
    form.save()
    desk.get_by_text("Enregistré.").wait_for()
    item.refresh_from_db()
    assert (item.title, item.color) == ("Chaise paillée", "Vert")
