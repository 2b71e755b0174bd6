"""Picking as pages without JavaScript: the station, and waves at the desk."""

import datetime
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.models import Parcel, PickLine, Wave
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
WAVES = "/bureau/stock/vagues/"


def signed(device, worker, owner):
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    _badge, token = issue_badge(worker=worker, by=owner)
    browser.post(reverse("workshop:badge"), {"code": token})
    return browser


@pytest.fixture
def at_work(device, awa, owner):
    """Awa signed in with her badge on the tablet of the shelves."""
    return signed(device, awa, owner)


@pytest.fixture
def wave(site, owner, category):
    for title, label in (("Lampe", "A-01-1"), ("Livre", "A-02-1")):
        place = PlaceFactory(site=site, label=label)
        PickLineFactory(parcel=ParcelFactory(site=site), item__category=category, item__title=title, place=place)
    leave_by = timezone.now() + datetime.timedelta(days=2)
    made = make_wave(site=site, leave_by=leave_by, slots=8, weight_g=None, by=owner)
    plan_wave(wave_id=made.pk)
    made.refresh_from_db()
    return made


@pytest.fixture
def screen(wave, at_work):
    """The address of the round's screen, taken."""
    task = Task.objects.get()
    return at_work.post(reverse("workshop:task-open", args=[task.public_id])).url


def operation(answer):
    return re.search(r'name="operation" value="([\w-]+)"', answer.text)[1]


def line(title):
    return PickLine.objects.select_related("parcel").get(title=title)


def scan(browser, path, code, **more):
    return browser.post(path, {"code": code, "operation": operation(browser.get(path)), **more})


def test_the_home_screen_proposes_the_round(wave, at_work):
    text = at_work.get("/atelier/").text
    assert "Préparer des commandes" in text
    assert str(wave.rounds.get()) in text


def test_an_object_is_scanned_then_put_in_its_slot(at_work, screen):
    first = line("Lampe")
    page = at_work.get(screen)
    assert 'class="place"' in page.text
    asked = scan(at_work, screen, first.item_code)
    assert asked.url == f"{screen}?objet={first.item_code}"
    held = at_work.get(asked.url)
    assert f"Posez-le dans la case {first.parcel.slot}" in held.text
    wrong = at_work.post(screen, {"code": first.item_code, "slot": 3 - first.parcel.slot, "operation": operation(held)})
    assert (wrong.status_code, f"case {first.parcel.slot}" in wrong.text, line("Lampe").state) == (422, True, "to_pick")
    done = at_work.post(screen, {"code": first.item_code, "slot": first.parcel.slot, "operation": operation(wrong)})
    told = at_work.get(done.url)
    assert ("Annuler" in told.text, line("Lampe").state) == (True, "picked")
    at_work.post(reverse("warehouse:pick-undo", args=[Step.objects.get().public_id]), {"operation": operation(told)})
    assert line("Lampe").state == "to_pick"


def test_the_whole_round_ends_with_what_to_do_with_the_cart(at_work, screen):
    for title in ("Lampe", "Livre"):
        one = line(title)
        done = scan(at_work, screen, one.item_code, slot=one.parcel.slot)
    text = at_work.get(done.url).text
    assert "terminée" in text
    assert all(str(parcel) in text for parcel in Parcel.objects.all())


def test_what_is_scanned_wrong_is_said_gently(at_work, screen, site):
    here, away = line("Lampe").place, line("Livre").place
    for text, words in (
        ("rien", "un autre objet"),
        (here.code, "Bonne place"),
        (away.code, "Allez en A-01-1"),
    ):
        answer = scan(at_work, screen, text)
        assert (answer.status_code, words in answer.text) == (422, True), words
    assert Step.objects.count() == 0


def test_later_it_comes_back_at_the_end(at_work, screen):
    first = line("Lampe")
    at_work.post(
        reverse("warehouse:pick-later", args=[Task.objects.get().public_id]),
        {"line": first.pk, "operation": operation(at_work.get(screen))},
    )
    assert "A-02-1" in at_work.get(screen).text
    assert line("Lampe").skips == 1


def test_not_there_it_is_looked_for_then_its_buyer_is_told(at_work, screen):
    one = line("Lampe")
    path = reverse("warehouse:pick-find", args=[Task.objects.get().public_id, one.pk])
    page = at_work.get(path)
    assert "Cherchez autour" in page.text
    at_work.post(path, {"reason": "missing", "operation": operation(page)})
    assert line("Lampe").state == "missing"
    assert "Livre" in at_work.get(screen).text
    assert at_work.get(path).status_code == 302


def test_somebody_else_s_round_sends_back_home(at_work, screen, device, owner, seller):
    other = signed(device, WorkerFactory(organisation=seller), owner)
    assert other.get(screen).url == "/atelier/"
    assert scan_refused(other, screen)


def scan_refused(browser, screen):
    one = line("Lampe")
    browser.post(screen, {"code": one.item_code, "slot": one.parcel.slot})
    return line("Lampe").state == "to_pick"


def test_a_round_of_another_organisation_is_unknown(at_work, screen, stranger):
    Task.objects.update(organisation=stranger.memberships.get().organisation)
    assert at_work.get(screen).status_code == 404


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_waves_costs_a_fixed_number_of_queries(number, as_user, owner, site, django_assert_num_queries):
    for _n in range(number):
        Wave.objects.create(organisation=site.organisation, site=site, leave_by=timezone.now(), slots=8)
    client = as_user(owner)
    client.get(WAVES)
    with django_assert_num_queries(6):
        client.get(WAVES)


def test_a_wave_is_made_at_the_desk_and_shows_its_rounds(as_user, owner, site, category):
    client, path = as_user(owner), f"{WAVES}nouvelle/"
    wrong = client.post(path, {"site": site.pk, "leave_by": "2999-11-27T16:00", "slots": "8"})
    assert (wrong.status_code, "Aucun colis" in wrong.text) == (422, True)
    PickLineFactory(parcel=ParcelFactory(site=site), item__category=category)
    made = client.post(path, {"site": site.pk, "leave_by": "2999-11-27T16:00", "slots": "8", "weight_kg": "20"})
    wave = Wave.objects.get()
    assert (wave.weight_g, wave.state) == (20_000, "planning")
    assert "hx-trigger" in client.get(made.url).text
    plan_wave(wave_id=wave.pk)
    text = client.get(made.url).text
    assert (str(wave.rounds.get()) in text, "hx-trigger" in text) == (True, False)


def test_a_wave_is_seen_by_readers_changed_by_managers_and_unknown_to_strangers(as_user, owner, reader, stranger, wave):
    path = f"{WAVES}{wave.public_id}/"
    assert [as_user(user).get(path).status_code for user in (owner, reader, stranger)] == [200, 200, 404]
    assert [as_user(user).post(f"{path}fin/").status_code for user in (reader, stranger)] == [403, 404]
    assert as_user(owner).post(f"{path}fin/").status_code == 302
    wave.refresh_from_db()
    assert wave.state == "cancelled"


def test_a_prepared_parcel_leaves_from_the_desk(as_user, owner, reader, site):
    parcel = ParcelFactory(site=site, state="picked")
    PickLineFactory(parcel=parcel, state="picked")
    path = reverse("warehouse-desk:parcel-leave", args=[parcel.public_id])
    assert as_user(reader).post(path).status_code == 403
    assert "Il part" in as_user(owner).get(reverse("warehouse-desk:parcel-detail", args=[parcel.public_id])).text
    as_user(owner).post(path, {"tracking": "6A1"})
    parcel.refresh_from_db()
    assert parcel.state == "left"
