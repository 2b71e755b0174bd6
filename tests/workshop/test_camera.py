"""A phone lent to a desk screen as its camera."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.core.images.check import judge
from rebond.workshop.actions.camera import join_camera, offer_camera
from rebond.workshop.actions.photograph import begin_photos
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.errors import CameraClosed
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import CameraPair
from rebond.workshop.queries.camera import pair_of_secret
from tests.catalogue.pictures import picture_bytes
from tests.factories.catalogue import CategoryFactory, ItemFactory
from tests.journeys.test_photo_table import GOOD

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def item(seller, site):
    return ItemFactory(seller=seller, site=site, category=CategoryFactory(key="clothes", path="clothes", slug="v"))


@pytest.fixture
def task(item, jo, station):
    return begin_photos(code=item.code, hands=Hands(worker=jo, station=station))


@pytest.fixture
def desk(device, jo, owner, monkeypatch):
    monkeypatch.setattr("rebond.workshop.actions.photograph.check_picture", lambda _data: judge(GOOD))
    screen = Client()
    screen.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=jo, by=owner)
    screen.post(reverse("workshop:badge"), {"code": token})
    return screen


def text_of(response):
    return response.content.decode().replace("\xa0", " ")


def phone_of(desk, task):
    """Scan what the screen shows."""
    shown = text_of(desk.post(reverse("workshop:photograph-lend", args=[task.public_id])))
    address = re.search(r'aria-label="https?://[^/]+(/atelier/camera/[\w-]+/)"', shown)[1]
    phone = Client()
    assert "avec ce téléphone" in text_of(phone.get(address))
    return phone, phone.post(address, follow=True), address


def test_its_pictures_appear_on_the_screen(desk, task, item, jo):
    shoot = reverse("workshop:photograph-shoot", args=[task.public_id])
    phone, shown, address = phone_of(desk, task)
    assert item.title in text_of(shown)
    assert Client().post(address).status_code == 422  # for one phone
    screen = text_of(desk.get(shoot))
    assert "Le téléphone est la caméra" in screen
    seen = re.search(r"seen=([\w-]+)", screen)[1]
    fragment = {"HTTP_HX_REQUEST": "true"}
    assert desk.get(f"{shoot}?seen={seen}", **fragment).status_code == 204
    photo = SimpleUploadedFile("a.jpg", picture_bytes(1), "image/jpeg")
    taken = phone.post(reverse("workshop:camera"), {"shot": "front", "photo": photo}, follow=True)
    assert "Le dos" in text_of(taken)
    fresh = desk.get(f"{shoot}?seen={seen}", **fragment)
    assert (fresh.status_code, "Le dos" in text_of(fresh)) == (200, True)
    assert item.photos.count() == 1
    news = reverse("workshop:camera-news")
    assert "HX-Redirect" not in phone.get(f"{news}?at={task.public_id}").headers
    assert "HX-Redirect" in phone.get(f"{news}?at=another").headers


def test_it_ends_with_the_person_s_session(desk, task):
    phone, _shown, _address = phone_of(desk, task)
    desk.post(reverse("workshop:leave"))
    assert not CameraPair.objects.exists()
    assert "plus la caméra" in text_of(phone.get(reverse("workshop:camera")))
    photo = SimpleUploadedFile("a.jpg", picture_bytes(1), "image/jpeg")
    assert "plus la caméra" in text_of(phone.post(reverse("workshop:camera"), {"shot": "front", "photo": photo}))


def test_it_is_let_go_at_the_screen(desk, task):
    phone, _shown, _address = phone_of(desk, task)
    desk.post(reverse("workshop:photograph-lend", args=[task.public_id]), {"do": "end"})
    assert "plus la caméra" in text_of(phone.get(reverse("workshop:camera")))


def test_it_opens_nothing_else(desk, task):
    phone, _shown, _address = phone_of(desk, task)
    for name in ("workshop:photograph-shoot", "workshop:task-return"):
        assert phone.get(reverse(name, args=[task.public_id])).status_code in {302, 403, 404}
    assert phone.get(reverse("workshop:me")).status_code in {302, 403}


def test_the_code_lasts_two_minutes_and_the_pair_while_the_desk_is_there(jo, device):
    now = timezone.now()
    late = offer_camera(worker=jo, device=device, now=now - timedelta(minutes=3))
    with pytest.raises(CameraClosed):
        join_camera(token=late, now=now)
    secret = join_camera(token=offer_camera(worker=jo, device=device, now=now), now=now)
    assert pair_of_secret(secret, now=now + timedelta(minutes=1)) is not None
    assert pair_of_secret(secret, now=now + timedelta(minutes=3)) is None  # its screen is silent
    device.revoked_at = now
    device.save()
    assert pair_of_secret(secret, now=now) is None
    assert pair_of_secret("", now=now) is None


def test_nothing_to_photograph_is_told(desk, task, jo):
    phone, _shown, _address = phone_of(desk, task)
    type(task).objects.filter(pk=task.pk).update(state="waiting", worker=None)
    assert "Scannez un objet" in text_of(phone.get(reverse("workshop:camera")))


def test_others_lend_nothing(task, as_user, stranger, reader):
    for user in (None, stranger, reader):
        answer = as_user(user).post(reverse("workshop:photograph-lend", args=[task.public_id]))
        assert answer.status_code in {302, 403, 404}
    assert not CameraPair.objects.exists()
