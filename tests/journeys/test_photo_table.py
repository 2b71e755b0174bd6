"""The photo table in a real browser: the camera, the shutter, the next label, and the same without a camera."""

import pytest
from django.conf import settings
from django.test import Client

from rebond.core.images.check import judge
from rebond.workshop.models import Step
from tests.catalogue.pictures import picture_bytes
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.factories.network import SiteFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
GOOD = {
    "width": 640,
    "height": 480,
    "blur": 0.1,
    "light": {"mean": 120, "high": 220, "low": 20, "blown": 0},
    "tilt": {"angle": 0, "agree": 0},
    "cut": 0,
    "glare": 0,
    "turned": 0,
}


@pytest.fixture
def things(seller, owner):
    WorkerFactory(organisation=seller, user=owner)
    category = CategoryFactory(key="clothes", path="clothes", slug="vetements")
    site = SiteFactory(organisation=seller)
    return ItemFactory.create_batch(2, seller=seller, site=site, category=category)


@pytest.fixture
def enter(owner, live_server, monkeypatch):
    monkeypatch.setattr("rebond.workshop.actions.photograph.check_picture", lambda _data: judge(GOOD))

    def go(page):
        client = Client()
        client.force_login(owner, backend="django.contrib.auth.backends.ModelBackend")
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
        page.goto("/atelier/photos/")

    return go


def read(page, code):
    """A reader that types."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def test_two_objects_with_nothing_but_scan_and_shutter(phone, enter, things):
    first, second = things
    phone.context.grant_permissions(["camera"])
    enter(phone)
    read(phone, first.code)
    shutter = phone.get_by_role("button", name="Photo", exact=True)
    for words in ("La face", "Le dos"):
        phone.get_by_role("heading", name=words).wait_for()
        shutter.click()
    phone.get_by_role("heading", name="L’étiquette de la marque").wait_for()
    read(phone, second.code)
    phone.get_by_role("heading", name="La face").wait_for()
    assert second.title in phone.content()
    step = Step.objects.get()
    assert (step.subject_id, len(step.data["photos"])) == (first.code, 2)
    assert first.photos.count() == 2


def test_the_file_of_the_phone_where_there_is_no_camera(phone, enter, things):
    enter(phone)
    read(phone, things[0].code)
    chosen = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(1)}
    phone.get_by_label("Prendre ou choisir la photo").set_input_files(chosen)
    phone.get_by_role("heading", name="Le dos").wait_for()
    phone.get_by_role("button", name="Terminé").click()
    phone.get_by_role("heading", name="Scannez l’étiquette").wait_for()
    phone.get_by_role("button", name="Annuler").click()
    phone.get_by_text("Les photos sont retirées").wait_for()
    assert things[0].photos.count() == 0


def test_a_picture_chosen_before_the_scripts_came_is_sent(phone, enter, things):
    enter(phone)
    waiting = []

    def hold(route):
        waiting.append(route)

    phone.route("**/station*.js", hold)
    phone.get_by_label("Code").first.fill(things[0].code)
    phone.keyboard.press("Enter")
    chosen = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(1)}
    phone.get_by_label("Prendre ou choisir la photo").set_input_files(chosen)
    for _ in range(100):
        if waiting:
            break
        phone.wait_for_timeout(50)
    waiting[0].continue_()
    phone.get_by_role("heading", name="Le dos").wait_for()


def test_plain_forms_do_the_same(without_js, enter, things):
    enter(without_js)
    without_js.get_by_label("Code de l’étiquette").fill(things[0].code)
    without_js.get_by_role("button", name="Entrer").click()
    chosen = {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture_bytes(1)}
    without_js.get_by_label("Prendre ou choisir la photo").set_input_files(chosen)
    without_js.get_by_role("button", name="Envoyer la photo").click()
    without_js.get_by_role("heading", name="Le dos").wait_for()
    without_js.get_by_role("link", name="Passer").click()
    without_js.get_by_role("button", name="Terminé").click()
    without_js.get_by_role("heading", name="Scannez l’étiquette").wait_for()
    assert things[0].photos.count() == 1
