"""A round picked without network: each act is done once, by who did it; nobody takes another's round by a tablet."""

import datetime
import json
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave, stop_wave
from rebond.warehouse.models import PickLine, Wave
from rebond.workshop.actions.offline import give_proof
from rebond.workshop.actions.task import release_task, take_task
from rebond.workshop.actions.worker import set_skill
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Caught, Step, Task
from rebond.workshop.offline import act_kind
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory
from tests.factories.workshop import WorkerFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def task(site, owner, category, awa, request):
    for title, label in (("Lampe", "A-01-1"), ("Livre", "A-02-1")):
        place = PlaceFactory(site=site, label=label)
        PickLineFactory(parcel=ParcelFactory(site=site), item__category=category, item__title=title, place=place)
    if "two" in request.fixturenames:
        request.getfixturevalue("two")  # before the wave is made
    leave_by = timezone.now() + datetime.timedelta(days=2)
    plan_wave(wave_id=make_wave(site=site, leave_by=leave_by, slots=8, weight_g=None, by=owner).pk)
    return take_task(task=Task.objects.get(), worker=awa)


@pytest.fixture
def send(device, awa, task):
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    proof = give_proof(worker=awa, device=device)

    def post(title="Lampe", operation=None, **fields):
        line = PickLine.objects.select_related("parcel").get(title=title)
        found = {"task": task.public_id, "code": line.item_code, "slot": str(line.parcel.slot), **fields}
        facts = {"operation": operation or str(uuid.uuid4()), "act": "warehouse.pick", "proof": proof, "age": "0"}
        answer = browser.post("/atelier/envoi/", {**facts, "fields": json.dumps(found)})
        return answer.json()

    return post


def state(title="Lampe"):
    return PickLine.objects.get(title=title).state


def test_an_object_in_its_slot_is_one_act_and_sent_twice_is_one_step(send, awa):
    operation = str(uuid.uuid4())
    told = send(operation=operation)
    assert (told["state"], state()) == ("done", "picked")
    assert send(operation=operation)["state"] == "done"
    assert Step.objects.get().worker == awa


def test_the_whole_round_ends_when_it_is_sent(send, task):
    send("Lampe")
    send("Livre")
    task.refresh_from_db()
    assert (task.state, Wave.objects.get().state) == ("done", "done")


@pytest.mark.parametrize("fields", [{"slot": "9"}, {"slot": ""}, {"code": "rien"}, {"task": "rien"}])
def test_what_cannot_be_is_refused_and_nothing_is_written(send, fields):
    assert send(**fields)["state"] == "refused"
    assert (state(), Step.objects.count()) == ("to_pick", 0)


def test_a_round_that_came_back_by_itself_is_theirs_again(send, task, awa):
    release_task(task=task, worker=awa)
    assert send()["state"] == "done"


def test_a_round_that_somebody_else_took_is_not(send, task, awa, seller):
    release_task(task=task, worker=awa)
    take_task(task=Task.objects.get(), worker=WorkerFactory(organisation=seller))
    assert (send()["state"], state()) == ("refused", "to_pick")


def test_a_wave_that_was_stopped_is_refused(send, owner):
    stop_wave(wave=Wave.objects.get(), by=owner)
    assert (send()["state"], state()) == ("refused", "to_pick")


def test_the_tablet_takes_along_what_is_left_of_the_person_s_round(task, awa, site, seller, send):
    luggage = act_kind("warehouse.pick").luggage
    lines = {one["label"]: one for one in luggage(awa, site)["picks"]}
    assert set(lines) == {"Lampe", "Livre"}
    assert (lines["Lampe"]["place"], lines["Lampe"]["task"]) == ("A-01-1", task.public_id)
    send("Lampe")
    found = luggage(awa, site)
    assert [one["label"] for one in found["picks"]] == ["Livre"]
    assert found["slots"] == {task.public_id: [1, 2]}, "the cart keeps its slots: the last object is not put anywhere"
    other = WorkerFactory(organisation=seller)
    assert luggage(other, site)["picks"] == []
    Task.objects.update(partner=other)
    assert [one["label"] for one in luggage(other, site)["picks"]] == ["Livre"]


@pytest.fixture
def two(site, category, make_item):
    """Two units of a batch, bought by two persons: one code, two slots."""
    batch = make_item(title="Bols", quantity=2)
    return [PickLineFactory(parcel=ParcelFactory(site=site), item=batch, title="Bols", place=None) for _n in range(2)]


@pytest.mark.parametrize("names_it", [True, False])
def test_units_of_a_batch_go_in_the_slot_of_each(two, send, site, awa, names_it):
    """Without the line's key (an act kept before, or by the page) the slot says which."""
    carried = [one for one in act_kind("warehouse.pick").luggage(awa, site)["picks"] if one["label"] == "Bols"]
    assert len({(one["line"], one["slot"]) for one in carried}) == 2
    for one in reversed(carried):
        fields = {"code": one["code"], "slot": str(one["slot"])} | ({"line": one["line"]} if names_it else {})
        assert send("Lampe", **fields)["state"] == "done"
    assert set(PickLine.objects.filter(title="Bols").values_list("state", flat=True)) == {"picked"}
    assert send("Lampe", code=carried[0]["code"], slot="")["state"] == "refused", "both are taken"


def lessons():
    return sorted(Caught.objects.values_list("worker__first_name", "kind", "code"))


def test_what_the_device_stopped_is_a_lesson_once_for_who_learns(send, awa):
    set_skill(worker=awa, kind="warehouse.pick", level="learning", wish="", by=awa.user)
    operation = str(uuid.uuid4())
    for _time in range(2):
        assert send(operation=operation, stopped="object slot rien")["state"] == "done"
    assert lessons() == [("Awa", "warehouse.pick", "object"), ("Awa", "warehouse.pick", "slot")]


def test_what_is_refused_when_it_is_sent_is_a_lesson_too(send, awa, site):
    set_skill(worker=awa, kind="warehouse.pick", level="learning", wish="", by=awa.user)
    other = PlaceFactory(site=site, label="B-09-1")
    for fields in ({"code": other.code}, {"slot": "9"}, {"slot": "9"}):
        assert send(**fields)["state"] == "refused"
    assert lessons() == [("Awa", "warehouse.pick", "place"), ("Awa", "warehouse.pick", "slot")]
    PickLine.objects.filter(title="Lampe").update(state="dropped")  # bought no more: nobody was wrong
    send()
    assert len(lessons()) == 2


def test_nothing_is_noted_of_who_knows_the_work_nor_of_another_day(send, awa, device, monkeypatch):
    set_skill(worker=awa, kind="warehouse.pick", level="able", wish="", by=awa.user)
    send(slot="9", stopped="object")
    set_skill(worker=awa, kind="warehouse.pick", level="learning", wish="", by=awa.user)
    yesterday = timezone.now() - datetime.timedelta(days=1)
    monkeypatch.setattr("rebond.workshop.actions.offline.moment_of", lambda *_args, **_more: yesterday)
    send(slot="9")
    assert lessons() == []
