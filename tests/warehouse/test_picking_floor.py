"""From a wave to the cart: walks laid, objects scanned, slots, what is missing; two persons never on one order."""

import datetime
import uuid

import pytest
from django.utils import timezone

from rebond.warehouse.actions import planning
from rebond.warehouse.actions.parcel import drop_lines, leave_parcel
from rebond.warehouse.actions.pick import miss_line, pick_line, put_off
from rebond.warehouse.actions.places import Plan, run_places
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.slot_full import use_second_slot
from rebond.warehouse.actions.wave import make_wave, stop_wave
from rebond.warehouse.errors import (
    NothingToPick,
    NotInRound,
    NotYourRound,
    ParcelStays,
    WaveStateForbids,
    WrongObject,
    WrongSlot,
)
from rebond.warehouse.models import Parcel, PickLine, Place, Round, Wave
from rebond.warehouse.queries.waves import left_on_cart, lines_of_round
from rebond.workshop.actions.step import Hands, undo_step
from rebond.workshop.actions.task import take_task
from rebond.workshop.errors import NotUndoable, TaskTaken
from rebond.workshop.models import Step, Task
from tests.factories.network import SiteFactory
from tests.factories.warehouse import ParcelFactory, PickLineFactory, PlaceFactory
from tests.factories.workshop import WorkerFactory
from tests.racing import race

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


@pytest.fixture
def shelves(site):
    """Two aisles of five bays of two levels: A-01-1 … B-05-2."""
    from rebond.core.models import Job

    plan = {"zone": "", "aisles": ["A", "B"], "bays": 5, "levels": 2, "bins": 0, "capacity": None, "goods": ""}
    job = Job.objects.create(kind="warehouse.places", total=Plan("", ("A", "B"), 5, 2).total)
    run_places(job_id=job.pk, site_id=site.pk, plan=plan, by_id=None)
    return {place.label: place for place in Place.objects.storage().filter(site=site)}


@pytest.fixture
def filled(site, shelves, category):
    """Three parcels: two objects, one, one; far from each other and near."""

    def put(parcel, label, title):
        return PickLineFactory(parcel=parcel, item__category=category, item__title=title, place=shelves[label])

    first, second, third = (ParcelFactory(site=site) for _n in range(3))
    put(first, "A-01-1", "Lampe")
    put(first, "B-05-2", "Vase")
    put(second, "A-02-1", "Livre")
    put(third, "B-04-1", "Radio")
    return [first, second, third]


def wave_of(site, *, slots=8, weight_g=None, days=2, by=None):
    leave_by = timezone.now() + datetime.timedelta(days=days)
    wave = make_wave(site=site, leave_by=leave_by, slots=slots, weight_g=weight_g, by=by)
    plan_wave(wave_id=wave.pk)
    wave.refresh_from_db()
    return wave


@pytest.fixture
def wave(site, filled, owner):
    return wave_of(site, by=owner)


@pytest.fixture
def task(wave, awa):
    return take_task(task=Task.objects.get(kind="warehouse.pick"), worker=awa)


def turns(one):
    return [line.title for line in PickLine.objects.filter(parcel__round=one).order_by("turn")]


def line_of(title):
    return PickLine.objects.select_related("item", "parcel").get(title=title)


def take(title, task, hands, **more):
    line = line_of(title)
    return pick_line(line=line, task=task, code=line.item_code, slot=line.parcel.slot, hands=hands(), **more)


def test_a_wave_takes_what_leaves_and_lays_one_walk_past_all_of_it(wave, filled, site, owner):
    one = wave.rounds.get()
    assert (wave.state, one.state, one.number) == ("open", "open", 1)
    assert turns(one) in (["Lampe", "Livre", "Vase", "Radio"], ["Radio", "Vase", "Livre", "Lampe"])
    assert wave.bound_cm <= wave.length_cm <= wave.alone_cm
    assert sorted(Parcel.objects.values_list("slot", flat=True)) == [1, 2, 3]
    task = Task.objects.get()
    assert (task.kind, task.subject_id, task.site) == ("warehouse.pick", one.public_id, site)


def test_a_small_cart_makes_more_rounds_and_no_parcel_is_in_two(site, filled, owner):
    wave = wave_of(site, slots=1, by=owner)
    assert [one.parcels.count() for one in wave.rounds.all()] == [1, 1, 1]
    assert Task.objects.count() == 3


def test_what_weighs_more_than_a_cart_goes_alone(site, filled, owner):
    PickLine.objects.filter(title="Vase").update(grams=40_000)
    wave = wave_of(site, weight_g=20_000, by=owner)
    assert sum(one.parcels.count() for one in wave.rounds.all()) == 3


def test_planned_twice_its_rounds_are_laid_once(wave):
    assert plan_wave(wave_id=wave.pk) == 0
    assert Round.objects.count() == 1


def test_objects_without_a_place_and_sites_without_aisles_are_picked_too(site, owner, category):
    PickLineFactory(parcel=ParcelFactory(site=site), item__category=category, place=None)
    PickLineFactory(parcel=ParcelFactory(site=site), item__category=category, place=PlaceFactory(site=site))
    wave = wave_of(site, by=owner)
    assert wave.rounds.get().parcels.count() == 2


def test_only_what_leaves_by_then_and_is_in_no_wave(site, filled, wave, owner):
    late = ParcelFactory(site=site, leave_by=timezone.now() + datetime.timedelta(days=9))
    PickLineFactory(parcel=late)
    ParcelFactory(site=SiteFactory(organisation=site.organisation, is_main=False))
    with pytest.raises(NothingToPick):
        wave_of(site, by=owner)
    assert (Wave.objects.count(), Parcel.objects.filter(wave=None).count()) == (1, 2)


def test_the_object_then_its_slot_and_the_last_one_ends_round_and_wave(wave, task, hands, awa):
    step = take("Lampe", task, hands)
    assert (step.kind, step.subject_label, step.data["slot"]) == (
        "warehouse.pick",
        "Lampe",
        line_of("Lampe").parcel.slot,
    )
    assert (line_of("Lampe").state, line_of("Lampe").parcel.state) == ("picked", "asked")
    take("Livre", task, hands)
    assert line_of("Livre").parcel.state == "picked"
    take("Vase", task, hands)
    take("Radio", task, hands)
    wave.refresh_from_db()
    task.refresh_from_db()
    assert (wave.state, wave.rounds.get().state, task.state) == ("done", "done", "done")
    assert set(Parcel.objects.values_list("state", flat=True)) == {"picked"}
    assert Step.objects.filter(kind="warehouse.pick").count() == 4


def test_a_companion_s_steps_keep_no_hour(wave, jo, station):
    task = take_task(task=Task.objects.get(), worker=jo)
    step = take("Lampe", task, lambda: Hands(worker=jo, station=station))
    assert (step.started_at, step.ended_at) == (None, None)


def test_the_same_scan_twice_is_one_step(task, hands):
    line, done = line_of("Lampe"), hands(operation_id=uuid.uuid4())
    facts = {"line": line, "task": task, "code": line.item_code, "slot": line.parcel.slot, "hands": done}
    assert pick_line(**facts) == pick_line(**facts)
    assert Step.objects.count() == 1


def test_another_object_or_another_slot_is_caught_and_nothing_is_written(task, hands):
    line = line_of("Lampe")
    with pytest.raises(WrongObject):
        pick_line(line=line, task=task, code=line_of("Vase").item_code, slot=line.parcel.slot, hands=hands())
    with pytest.raises(WrongSlot) as caught:
        pick_line(line=line, task=task, code=line.item_code, slot=line.parcel.slot + 1, hands=hands())
    assert caught.value.slot == line.parcel.slot
    assert (line_of("Lampe").state, Step.objects.count()) == ("to_pick", 0)


def test_who_has_not_the_round_picks_nothing(task, hands, seller, station):
    other = Hands(worker=WorkerFactory(organisation=seller), station=station)
    line = line_of("Lampe")
    with pytest.raises(NotYourRound):
        pick_line(line=line, task=task, code=line.item_code, slot=line.parcel.slot, hands=other)
    with pytest.raises(TaskTaken):
        take_task(task=Task.objects.get(), worker=other.worker)


def test_put_off_it_comes_back_at_the_end(wave, task, hands):
    put_off(line=line_of("Lampe"), task=task, hands=hands())
    rows = PickLine.objects.filter(state="to_pick").order_by("skips", "turn")
    assert rows.last().title == "Lampe"


@pytest.mark.parametrize("reason", ["missing", "damaged"])
def test_what_is_not_there_is_told_once_and_the_round_goes_on(reason, wave, task, hands):
    from rebond.warehouse.signals import line_missing

    told = []
    line_missing.connect(listen := lambda **facts: told.append((facts["line"].title, facts["line"].state)))
    miss_line(line=line_of("Livre"), task=task, reason=reason, hands=hands())
    miss_line(line=line_of("Livre"), task=task, reason=reason, hands=hands())
    line_missing.disconnect(listen)

    assert told == [("Livre", reason)]
    assert (line_of("Livre").state, line_of("Livre").parcel.state) == (reason, "cancelled")
    task.refresh_from_db()
    assert task.state == "taken"


def test_the_last_one_missing_ends_the_round(wave, task, hands):
    for title in ("Lampe", "Livre", "Vase"):
        take(title, task, hands)
    miss_line(line=line_of("Radio"), task=task, reason="missing", hands=hands())
    wave.refresh_from_db()
    task.refresh_from_db()
    assert (wave.state, task.state) == ("done", "done")


def test_an_unknown_reason_changes_nothing(task, hands):
    miss_line(line=line_of("Livre"), task=task, reason="picked", hands=hands())
    assert line_of("Livre").state == "to_pick"


def test_bought_no_more_while_it_is_walked(task, hands):
    lamp, book = line_of("Lampe"), line_of("Livre")
    drop_lines(order_code=book.parcel.order_code, items=[book.item_id], by=None)
    with pytest.raises(NotInRound):
        pick_line(line=book, task=task, code=book.item_code, slot=book.parcel.slot, hands=hands())
    assert take("Lampe", task, hands).subject_id == lamp.item_code


def test_a_round_of_which_all_is_cancelled_is_over(wave, task):
    for line in PickLine.objects.select_related("parcel"):
        drop_lines(order_code=line.parcel.order_code, items=[line.item_id], by=None)
    wave.refresh_from_db()
    task.refresh_from_db()
    assert (wave.state, wave.rounds.get().state, task.state) == ("done", "done", "done")


def test_undone_it_is_picked_again_even_when_the_round_was_over(wave, task, hands, awa):
    for title in ("Lampe", "Livre", "Vase"):
        take(title, task, hands)
    step = take("Radio", task, hands)
    undo_step(step=step, hands=hands())
    wave.refresh_from_db()
    assert (line_of("Radio").state, line_of("Radio").parcel.state) == ("to_pick", "asked")
    assert (wave.state, wave.rounds.get().state) == ("open", "open")
    again = take_task(task=Task.objects.open().get(kind="warehouse.pick"), worker=awa)
    take("Radio", again, hands)
    wave.refresh_from_db()
    assert wave.state == "done"


def test_what_left_cannot_be_undone(wave, task, hands, owner):
    step = take("Livre", task, hands)
    parcel = line_of("Livre").parcel
    left = leave_parcel(parcel=parcel, by=owner)
    assert (left.state, line_of("Livre").state) == ("left", "gone")
    with pytest.raises(NotUndoable):
        undo_step(step=step, hands=hands())
    assert leave_parcel(parcel=parcel, by=owner).state == "left"


def test_what_is_not_prepared_does_not_leave(wave, filled, owner):
    with pytest.raises(ParcelStays):
        leave_parcel(parcel=filled[0], by=owner)


def test_a_wave_that_is_stopped_frees_what_nobody_took(wave, task, hands, owner, site):
    take("Livre", task, hands)
    stop_wave(wave=wave, by=owner)
    task.refresh_from_db()
    assert task.state == "cancelled"
    assert Parcel.objects.filter(wave=None, round=None, slot=None).count() == 2
    with pytest.raises(NotInRound):
        take("Lampe", task, hands)
    with pytest.raises(WaveStateForbids):
        stop_wave(wave=wave, by=owner)
    assert wave_of(site, by=owner).rounds.get().parcels.count() == 2


def test_what_is_on_the_cart_of_a_stopped_wave_is_said_and_the_next_cart_has_its_own_slots(
    wave, task, hands, owner, site
):
    for title, slot in (("Lampe", 7), ("Vase", 8)):  # of one parcel
        use_second_slot(line=line_of(title), task=task, slot=slot, hands=hands())
    lamp = line_of("Lampe")
    pick_line(line=lamp, task=task, code=lamp.item_code, slot=7, hands=hands())
    take("Livre", task, hands)  # whole: it keeps its slot
    stop_wave(wave=wave, by=owner)
    task.refresh_from_db()
    assert [(slot, line.title) for slot, line in left_on_cart(task)] == [(7, "Lampe")]
    assert set(PickLine.objects.values_list("slot", flat=True)) == {None}
    one = wave_of(site, by=owner).rounds.get()
    assert {line.title: line.state for line in lines_of_round(one)} == {
        "Lampe": "picked",
        "Vase": "to_pick",
        "Radio": "to_pick",
    }
    Parcel.objects.filter(round=one).update(state="packed")
    assert left_on_cart(task) == []


def test_a_cart_whose_parcels_were_cancelled_while_it_was_laid_is_no_round(site, filled, owner, monkeypatch):
    first, second, third = filled
    real = planning._laid

    def laid(*asked):
        found = real(*asked)
        drop_lines(order_code=third.order_code, items=third.lines.values_list("item", flat=True), by=owner)
        return found

    monkeypatch.setattr(planning, "_laid", laid)
    wave = wave_of(site, slots=1, by=owner)
    rounds = {one.number: one.parcels.get() for one in wave.rounds.all()}
    assert (sorted(rounds), set(rounds.values()), Task.objects.count()) == ([1, 2], {first, second}, 2)


@pytest.mark.django_db(transaction=True)
def test_waves_made_at_once_share_no_parcel(site, filled, owner):
    def make():
        make_wave(site=site, leave_by=timezone.now() + datetime.timedelta(days=2), slots=8, weight_g=None, by=owner)

    raised = race([make] * 3)

    assert [type(error) for error in raised] == [NothingToPick] * 2
    assert (Wave.objects.count(), Parcel.objects.filter(wave__isnull=False).count()) == (1, 3)


@pytest.mark.django_db(transaction=True)
def test_two_people_never_get_one_round(site, filled, owner, seller):
    wave_of(site, by=owner)
    task = Task.objects.get()
    workers = [WorkerFactory(organisation=seller) for _n in range(4)]

    raised = race([lambda one=one: take_task(task=Task.objects.get(pk=task.pk), worker=one) for one in workers])

    assert [type(error) for error in raised] == [TaskTaken] * 3
