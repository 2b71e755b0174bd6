"""Photos of an item in a real browser: with the upload module, and without JavaScript."""

import pytest
from django.conf import settings
from django.test import Client

from rebond.catalogue.models import Photo
from tests.catalogue.pictures import picture_bytes
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def file(number, name=None, data=None):
    return {"name": name or f"vue-{number}.jpg", "mimeType": "image/jpeg", "buffer": data or picture_bytes(number)}


def enter(page, user, live_server):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])


@pytest.fixture
def address(seller):
    return f"/bureau/objets/{ItemFactory(seller=seller).code.lower()}/photos/"


def tiles(page):
    return page.get_by_role("list", name="Photos dans l’ordre de la page").get_by_role("listitem")


def test_several_are_sent_one_is_refused_and_a_removal_is_undone(desk, owner, address, live_server):
    enter(desk, owner, live_server)
    desk.goto(address)
    desk.get_by_label("Choisir des photos").set_input_files([file(1), file(0, "note.jpg", b"pas une image"), file(2)])
    tiles(desk).nth(1).wait_for()
    refused = desk.locator(".upload")
    assert refused.count() == 1
    assert "note.jpg" in refused.inner_text()
    assert "n’est pas une photo" in refused.inner_text()

    first, second = Photo.objects.order_by("position").values_list("pk", flat=True)
    desk.get_by_role("button", name="Photo 2 : en faire la photo principale").click()
    desk.locator(f".photo-tile:first-child[data-photo='{second}']").wait_for()
    desk.get_by_role("textbox", name="Ce qu’elle montre").first.fill("Le dos")
    desk.get_by_role("button", name="Photo 2 : retirer").click()
    desk.get_by_role("button", name="Annuler").click()
    tiles(desk).nth(1).wait_for()
    assert list(Photo.objects.order_by("position").values_list("alt", flat=True)) == ["Le dos", ""]
    assert Photo.objects.filter(pk=first).count() == 0  # it came back as a new row, the same picture
    assert "note.jpg" in desk.locator(".upload").inner_text()


def test_the_same_forms_work_without_javascript(without_js, owner, address, live_server):
    enter(without_js, owner, live_server)
    without_js.goto(address)
    without_js.get_by_label("Choisir des photos").set_input_files([file(1), file(2)])
    without_js.get_by_role("button", name="Envoyer").click()
    without_js.get_by_text("2 photos ajoutées.").wait_for()
    without_js.get_by_role("button", name="Photo 2 : une place avant").click()
    without_js.get_by_role("button", name="Photo 1 : retirer").click()
    without_js.get_by_role("button", name="Annuler").click()
    assert tiles(without_js).count() == 2
