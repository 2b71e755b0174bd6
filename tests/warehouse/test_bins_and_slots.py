"""On the way of a round: a bin that should be empty, an object that does not fit in its slot; both taken back, and kept."""

import datetime
import json
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from rebond.warehouse.actions.count import start_bin
from rebond.warehouse.actions.emptied import say_emptied
from rebond.warehouse.actions.pick import pick_line
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.slot_full import leave_for_next, use_second_slot
from rebond.warehouse.actions.store import store_item
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.errors import NotInRound, NotYourRound, PartOnCart, SlotTaken, WrongSlot
from rebond.warehouse.models import Count, Parcel, PickLine, Wave
from rebond.warehouse.queries.emptied import emptied_by, free_slots, left_empty
from rebond.workshop.actions.offline import give_proof
from rebond.workshop.actions.step import Hands, undo_step
from rebond.workshop.actions.task import take_task
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.errors import NotUndoable
from rebond.workshop.middleware import COOKIE
from rebond.workshop.models import Step, Task
from rebond.workshop.offline import act_kind
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(site, owner, category, awa):
    """A round of two parcels, two objects in the first one, each object in a place of its own."""
    first, second = ParcelFactory(site=site), ParcelFactory(site=site)
    for title, label, parcel in (("Lampe", "A-01-1", first), ("Vase", "A-01-2", first), ("Livre", "A-02-1", second)):
        place = PlaceFactory(site=site, label=label)
        PickLineFactory(parcel=parcel, item__category=category, item__title=title, place=place)
    leave_by = timezone.now() + datetime.timedelta(days=2)
    plan_wave(wave_id=make_wave(site=site, leave_by=leave_by, slots=4, weight_g=None, by=owner).pk)
    return take_task(task=Task.objects.get(), worker=awa)


def line(title):
    return PickLine.objects.select_related("parcel__round__wave", "place__site", "item").get(title=title)


def take(task, title, hands):
    one = line(title)
    return pick_line(line=one, task=task, code=one.item_code, slot=one.cart_slot, hands=hands())


# --- the zero check ---


def test_a_bin_is_asked_about_once_its_last_object_was_taken(task, hands, item, awa):
    lamp = line("Lampe")
    assert emptied_by(lamp.pk) is None, "it lies there still"
    take(task, "Lampe", hands)
    assert emptied_by(lamp.pk) == lamp.place
    PickLineFactory(parcel=line("Livre").parcel, item__category=lamp.item.category, place=lamp.place)
    assert emptied_by(lamp.pk) is None, "another parcel waits for something there"
    PickLine.objects.exclude(title__in=["Lampe", "Vase", "Livre"]).delete()
    store_item(item=item, place=lamp.place, hands=hands())
    assert emptied_by(lamp.pk) is None, "the ledger knows of something there"


def test_places_with_boxes_and_waiting_places_are_not_asked_about(task, site):
    shelf, other = line("Lampe").place, line("Livre").place
    PlaceFactory(site=site, box=True, parent=shelf)
    type(other).objects.filter(pk=other.pk).update(kind="waiting")
    assert left_empty([shelf.pk, other.pk], []) == set()


def test_an_empty_bin_is_a_step_and_nothing_else(task, hands, awa):
    once, place = hands(), line("Lampe").place
    step = say_emptied(place=place, is_empty=True, hands=once)
    assert say_emptied(place=place, is_empty=True, hands=once) == step
    assert (step.data["empty"], Count.objects.count(), Step.objects.count()) == (True, 0, 1)
    undo_step(step=step, hands=hands())
    assert Step.objects.get(undoes=step).worker == awa


def test_what_is_left_is_counted_by_a_count_of_this_place_alone(task, hands):
    once, place = hands(), line("Lampe").place
    step = say_emptied(place=place, is_empty=False, hands=once)
    assert say_emptied(place=place, is_empty=False, hands=once) == step
    count = Count.objects.get()
    assert ([one.place for one in count.bins.all()], step.data["count"]) == ([place], count.public_id)
    again = say_emptied(place=place, is_empty=False, hands=hands())
    assert (again.data["count"], Count.objects.count()) == ("", 1), "it is to be counted already"
    undo_step(step=again, hands=hands())
    undo_step(step=step, hands=hands())
    count.refresh_from_db()
    assert count.state == "closed"


def test_empty_where_the_ledger_says_otherwise_is_counted_too(task, hands, item):
    place = line("Lampe").place
    store_item(item=item, place=place, hands=hands())
    assert say_emptied(place=place, is_empty=True, hands=hands()).data["count"] == Count.objects.get().public_id


def test_a_count_that_somebody_began_is_not_taken_back(task, hands, jo):
    step = say_emptied(place=line("Lampe").place, is_empty=False, hands=hands())
    start_bin(bin=Count.objects.get().bins.get(), hands=Hands(worker=jo))
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands())
    assert Count.objects.get().state == "open"


# --- a slot that is full ---


def test_a_second_slot_is_where_the_object_goes_then(task, hands):
    once, lamp = hands(), line("Lampe")
    assert free_slots(lamp.parcel.round) == [3, 4]
    step = use_second_slot(line=lamp, task=task, slot=3, hands=once)
    assert use_second_slot(line=lamp, task=task, slot=3, hands=once) == step
    assert (line("Lampe").cart_slot, line("Vase").cart_slot, free_slots(lamp.parcel.round)) == (
        3,
        lamp.parcel.slot,
        [4],
    )
    with pytest.raises(SlotTaken):
        use_second_slot(line=line("Vase"), task=task, slot=3, hands=hands())
    with pytest.raises(WrongSlot):
        pick_line(line=lamp, task=task, code=lamp.item_code, slot=lamp.parcel.slot, hands=hands())
    assert take(task, "Lampe", hands).data["slot"] == 3
    with pytest.raises(NotInRound):
        use_second_slot(line=line("Lampe"), task=task, slot=4, hands=hands())


def test_a_second_slot_is_given_back(task, hands):
    step = use_second_slot(line=line("Lampe"), task=task, slot=4, hands=hands())
    undo_step(step=step, hands=hands())
    assert line("Lampe").slot is None
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands())


def test_a_parcel_left_for_the_next_wave_is_in_it(task, hands, owner, site):
    once, book = hands(), line("Livre")
    step = leave_for_next(line=book, task=task, hands=once)
    assert leave_for_next(line=book, task=task, hands=once) == step
    parcel = line("Livre").parcel
    assert (parcel.wave, parcel.round, parcel.slot, line("Livre").turn) == (None, None, None, None)
    with pytest.raises(NotInRound):
        take(task, "Livre", hands)
    made = make_wave(site=site, leave_by=parcel.leave_by, slots=4, weight_g=None, by=owner)
    assert list(Parcel.objects.filter(wave=made)) == [parcel]
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands())


def test_the_round_is_over_with_the_last_parcel_that_left_it_and_open_again_when_it_is_back(task, hands):
    take(task, "Lampe", hands)
    take(task, "Vase", hands)
    step = leave_for_next(line=line("Livre"), task=task, hands=hands())
    assert (Task.objects.get(pk=task.pk).state, Wave.objects.get().state) == ("done", "done")
    undo_step(step=step, hands=hands())
    book = line("Livre")
    assert (book.parcel.slot, book.turn, Wave.objects.get().state) == (2, 3, "open")
    assert Task.objects.open().filter(kind="warehouse.pick").count() == 1


def test_a_parcel_partly_on_the_cart_stays_on_it(task, hands):
    take(task, "Vase", hands)
    with pytest.raises(PartOnCart):
        leave_for_next(line=line("Lampe"), task=task, hands=hands())
    assert line("Lampe").parcel.round is not None


def test_only_who_has_the_round_says_so(task, jo, station):
    with pytest.raises(NotYourRound):
        leave_for_next(line=line("Livre"), task=task, hands=Hands(worker=jo, station=station))
    with pytest.raises(NotYourRound):
        use_second_slot(line=line("Livre"), task=task, slot=3, hands=Hands(worker=jo, station=station))
    assert (line("Livre").slot, Step.objects.count()) == (None, 0)


# --- at the station ---


@pytest.mark.page
class TestStation:
    @pytest.fixture
    def at_work(self, device, awa, owner):
        browser = Client()
        browser.cookies[COOKIE] = "secret-of-the-cookie"
        _badge, token = issue_badge(worker=awa, by=owner)
        browser.post(reverse("workshop:badge"), {"code": token})
        return browser

    def test_the_question_comes_with_the_last_object_and_is_answered_by_one_touch(self, at_work, task, hands):
        where = reverse("warehouse:pick", args=[task.public_id])
        step = take(task, "Lampe", hands)
        assert "A-01-1 est vide maintenant" in at_work.get(f"{where}?fait={step.public_id}").text
        assert "est vide maintenant" not in at_work.get(where).text
        said = {"place": line("Lampe").place.code, "empty": "no", "operation": str(uuid.uuid4())}
        for _twice in range(2):
            answer = at_work.post(f"{where}vide/", said, follow=True)
        assert "va compter cette place" in answer.text
        assert Count.objects.count() == 1

    def test_another_organisation_s_place_is_not_known(self, at_work, task):
        said = {"place": PlaceFactory().code, "empty": "no", "operation": str(uuid.uuid4())}
        assert at_work.post(f"{reverse('warehouse:pick', args=[task.public_id])}vide/", said).status_code == 404
        assert not Step.objects.exists()

    def test_what_does_not_fit_has_two_ways(self, at_work, task, hands):
        lamp = line("Lampe")
        held = at_work.get(f"{reverse('warehouse:pick', args=[task.public_id])}?objet={lamp.item_code}")
        where = reverse("warehouse:pick-full", args=[task.public_id, lamp.pk])
        assert where in held.text
        page = at_work.get(where).text
        assert ("dans la case 3" in page, "prochaine vague" in page) == (True, True)
        taken = at_work.post(where, {"slot": "1", "operation": str(uuid.uuid4())})
        assert (taken.status_code, "Cette case est prise" in taken.text) == (422, True)
        done = at_work.post(where, {"slot": "3", "operation": str(uuid.uuid4())})
        assert "Posez-le dans la case 3" in at_work.get(done.url).text
        take(task, "Vase", hands)
        assert "prochaine vague" not in at_work.get(where).text
        book = reverse("warehouse:pick-full", args=[task.public_id, line("Livre").pk])
        at_work.post(book, {"slot": "", "operation": str(uuid.uuid4())})
        assert line("Livre").parcel.round is None
        assert at_work.get(book).status_code == 404


@pytest.fixture
def send(device, awa, task):
    """Sent later by the tablet."""
    browser = Client(headers={"sec-fetch-site": "same-origin"})
    browser.cookies[COOKIE] = "secret-of-the-cookie"
    proof = give_proof(worker=awa, device=device)

    def post(act, operation=None, **fields):
        facts = {"operation": operation or str(uuid.uuid4()), "act": act, "proof": proof, "age": "0"}
        return browser.post("/atelier/envoi/", {**facts, "fields": json.dumps(fields)}).json()

    return post


@pytest.mark.page
def test_kept_without_network_both_are_done_once(send, task, awa, site):
    assert reverse("warehouse:pick", args=[task.public_id])  # the addresses are loaded, and with them the acts
    carried = {one["label"]: one["empties"] for one in act_kind("warehouse.pick").luggage(awa, site)["picks"]}
    assert carried == {title: line(title).place.code for title in ("Lampe", "Vase", "Livre")}
    operation = str(uuid.uuid4())
    for _twice in range(2):
        assert send("warehouse.empty", operation, place=line("Lampe").place.code, empty="no")["state"] == "done"
    assert Count.objects.count() == 1
    about = {"task": task.public_id, "code": line("Lampe").item_code}
    assert send("warehouse.full", **about, slot="3")["state"] == "done"
    assert send("warehouse.full", **about, slot="3")["state"] == "refused"
    assert send("warehouse.pick", **about, slot="3")["state"] == "done"
    operation = str(uuid.uuid4())
    for _twice in range(2):
        about = {"task": task.public_id, "code": line("Livre").item_code, "slot": ""}
        assert send("warehouse.full", operation, **about)["state"] == "done"
    assert line("Livre").parcel.round is None
    assert send("warehouse.empty", place="rien", empty="yes")["state"] == "refused"
    assert send("warehouse.full", task="rien", code="rien", slot="")["state"] == "refused"
