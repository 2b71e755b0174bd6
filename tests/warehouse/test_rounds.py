"""Rounds at the desk, their pace by site, and the labels of a cart's slots."""

import datetime
import io

import pytest
import zxingcpp
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from rebond.core.pdf import _compile
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.codes import parse_slot_code, slot_code
from rebond.warehouse.models import PickLine, Round, Wave
from rebond.warehouse.queries.labels import slot_rows
from rebond.warehouse.queries.rounds import paces_of
from rebond.workshop.actions.task import finish_task, pause_task, take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]
ROUNDS = "/bureau/stock/tournees/"


@pytest.fixture
def tasks(site, owner, category):
    """Three rounds of one parcel each."""
    for n in range(3):
        place = PlaceFactory(site=site, label=f"A-0{n}-1")
        PickLineFactory(parcel=ParcelFactory(site=site), item__category=category, item__title=f"Livre {n}", place=place)
    leave_by = timezone.now() + datetime.timedelta(days=2)
    plan_wave(wave_id=make_wave(site=site, leave_by=leave_by, slots=1, weight_g=None, by=owner).pk)
    return list(Task.objects.order_by("pk"))


def shown(browser, choice):
    text = browser.get(f"{ROUNDS}?etat={choice}").text
    return [str(one) for one in Round.objects.order_by("pk") if f">{one}</a>" in text]


def test_rounds_are_found_by_how_far_they_are(tasks, awa, as_user, owner):
    first, second, third = (str(one) for one in Round.objects.order_by("pk"))
    take_task(task=tasks[0], worker=awa)
    take_task(task=tasks[1], worker=awa)
    pause_task(task=tasks[1], worker=awa)
    desk = as_user(owner)
    assert [shown(desk, choice) for choice in ("en-cours", "en-pause", "a-prendre", "finies")] == [
        [first], [second], [third], [],
    ]  # fmt: skip
    finish_task(task=tasks[0])
    Round.objects.filter(number=1).update(state="done", ended_on=timezone.localdate())
    assert (shown(desk, "finies"), shown(desk, "")) == ([first], [first, second, third])
    assert "Awa" in desk.get(f"{ROUNDS}?etat=en-pause").text


def test_another_organisation_sees_no_round(tasks, as_user, stranger):
    assert shown(as_user(stranger), "") == []


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_of_rounds_costs_the_same_for_one_and_three(number, tasks, as_user, owner, django_assert_num_queries):
    Task.objects.all().delete()
    keys = list(Round.objects.order_by("pk").values_list("pk", flat=True))[number:]
    PickLine.objects.filter(parcel__round__in=keys).update(state="gone")
    Wave.objects.get().parcels.filter(round__in=keys).update(round=None, slot=None)
    Round.objects.filter(pk__in=keys).delete()
    desk = as_user(owner)
    desk.get(ROUNDS)
    with django_assert_num_queries(7):
        text = desk.get(ROUNDS).text
    assert sum(f">{one}</a>" in text for one in Round.objects.all()) == number


def step(worker, site, line, day, seconds):
    at = timezone.make_aware(datetime.datetime.combine(day, datetime.time(9))) + datetime.timedelta(seconds=seconds)
    Step.objects.create(
        kind="warehouse.pick", organisation=worker.organisation, site=site, worker=worker, status=worker.status,
        day=day, started_at=at, ended_at=at, subject_kind="catalogue.item", subject_id="X", data={"line": line},
    )  # fmt: skip


def test_the_pace_is_a_site_s_and_never_of_fewer_than_three_people(tasks, site, awa, seller):
    last_monday = timezone.localdate() - datetime.timedelta(days=timezone.localdate().weekday() + 7)
    lines = list(PickLine.objects.order_by("pk").values_list("pk", flat=True))
    people = [awa, *(WorkerFactory(organisation=seller, status="cddi") for _n in range(2))]
    for worker, line in zip(people[:2], lines, strict=False):
        for seconds in (0, 20, 50, 2_000):  # the last one came after a break
            step(worker, site, line, last_monday, seconds)
    assert paces_of(seller) == []
    step(people[2], site, lines[2], last_monday, 0)
    [pace] = paces_of(seller)
    assert (pace.site, pace.seconds, pace.stops) == ("L’entrepôt", 25, 4)
    step(people[2], site, lines[2], timezone.localdate(), 5)  # this week is not over
    assert paces_of(seller)[0].stops == 4


# --- labels of slots ---


@pytest.mark.parametrize("number", [1, 7, 42, 100])
def test_a_slot_s_code_says_its_number(number):
    assert parse_slot_code(slot_code(number)) == number
    assert parse_slot_code(f" {slot_code(number).lower()} ") == number


@pytest.mark.parametrize("text", ["", "7", "SLOT07", "SLOT00A", slot_code(7).replace("7", "8"), f"{slot_code(7)}X"])
def test_what_is_no_slot_s_code_is_refused(text):
    assert parse_slot_code(text) is None


def test_every_label_of_a_cart_is_read_back():
    labels = slot_rows(24, "Les Ateliers")
    png = _compile("warehouse/places_sheet", {"title": "x", "labels": labels}, format="png", ppi=203.0)
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("L"))
    assert sorted(parse_slot_code(code.text) for code in found) == list(range(1, 25))


def test_the_sheet_is_printed_from_the_list(as_user, owner, stranger):
    answer = as_user(owner).get(f"{ROUNDS}cases.pdf?cases=30")
    pages = PdfReader(io.BytesIO(answer.content)).pages
    assert (answer["Content-Type"], len(pages), slot_code(30) in pages[1].extract_text()) == (
        "application/pdf",
        2,
        True,
    )
    assert as_user(owner).get(f"{ROUNDS}cases.pdf?cases=rien").status_code == 200


def test_the_slot_is_scanned_instead_of_touched(site, owner, category, awa, device):
    for n in range(2):
        PickLineFactory(
            parcel=ParcelFactory(site=site),
            item__category=category,
            item__title=f"Livre {n}",
            place=PlaceFactory(site=site),
        )
    leave_by = timezone.now() + datetime.timedelta(days=2)
    plan_wave(wave_id=make_wave(site=site, leave_by=leave_by, slots=4, weight_g=None, by=owner).pk)
    task = take_task(task=Task.objects.get(), worker=awa)
    browser = Client()
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    browser.post(reverse("workshop:badge"), {"code": issue_badge(worker=awa, by=owner)[1]})
    line = PickLine.objects.select_related("parcel").order_by("pk").first()
    where = reverse("warehouse:pick", args=[task.public_id])
    assert "Code de la case" in browser.get(f"{where}?objet={line.item_code}").text
    wrong = browser.post(where, {"code": slot_code(3 - line.parcel.slot), "thing": line.item_code})
    assert (wrong.status_code, Step.objects.count()) == (422, 0)
    assert browser.post(where, {"code": slot_code(line.parcel.slot), "thing": line.item_code}).status_code == 302
    assert Step.objects.get().data["slot"] == line.parcel.slot
