"""Two scans put anything away."""

import datetime
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.journal.actions.record import day_only
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.places import (
    Plan,
    change_place,
    close_place,
    fresh_codes,
    make_boxes,
    make_places,
    run_places,
)
from rebond.warehouse.actions.store import move_item, store_box, store_item
from rebond.warehouse.codes import display_place_code, make_place_code, parse_place_code
from rebond.warehouse.errors import (
    BoxInItself,
    FieldInvalid,
    NothingLeft,
    PlaceClosed,
    PlaceElsewhere,
    PlaceFull,
    PlaceHoldsNothing,
    PlaceNotEmpty,
)
from rebond.warehouse.models import Holding, Movement, Place
from rebond.warehouse.queries.places import lying, places_of, suggest_place, units_under, way_to
from rebond.workshop.actions.step import Hands, undo_step
from rebond.workshop.actions.task import open_task
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind
from tests.factories.network import SiteFactory
from tests.factories.warehouse import PlaceFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]


def place_of(item):
    return [(one.place.label, one.units) for one in lying(item)]


def test_storing_is_one_step_and_one_movement(make_item, shelf, hands, site, owner):
    item = make_item(quantity=2)
    task = open_task(kind="warehouse.store", subject=item, site=site, by=owner)
    done = store_item(item=item, place=shelf, hands=hands())
    assert done.is_new
    assert done.step.data["label"] == "A-03-2"
    assert place_of(item) == [("A-03-2", 2)]
    movement = Movement.objects.get(reason="stored")
    assert (movement.units, movement.grams, movement.step) == (2, 1_000, done.step)
    task.refresh_from_db()
    assert task.state == "done"
    assert check_stock().is_right


def test_what_was_not_missing_is_asked_for_among_the_missing_once(make_item, shelf, hands):
    with CaptureQueriesContext(connection) as asked:
        store_item(item=make_item(), place=shelf, hands=hands())
    assert sum("warehouse_stockout" in one["sql"] for one in asked) == 1


def test_the_same_operation_sent_twice_is_one_act(item, shelf, other_shelf, hands):
    operation = uuid.uuid4()
    first = store_item(item=item, place=shelf, hands=hands(operation_id=operation))
    again = store_item(item=item, place=other_shelf, hands=hands(operation_id=operation))
    assert (again.step, again.is_new) == (first.step, False)
    assert place_of(item) == [("A-03-2", 1)]


def test_a_second_scan_of_the_same_place_changes_nothing(item, shelf, hands, site, owner):
    store_item(item=item, place=shelf, hands=hands())
    task = open_task(kind="warehouse.store", subject=item, site=site, by=owner)
    again = store_item(item=item, place=shelf, hands=hands())
    assert (again.step, again.is_new) == (None, False)
    assert Movement.objects.filter(reason="stored").count() == 1
    task.refresh_from_db()
    assert task.state == "done"


def test_an_exercise_moves_nothing(item, shelf, hands, site, owner):
    open_task(kind="warehouse.store", subject=item, site=site, by=owner, is_training=True)
    done = store_item(item=item, place=shelf, hands=hands())
    assert done.step.is_training
    undo_step(step=done.step, hands=hands())
    assert place_of(item) == [("waiting", 1)]


def test_a_companion_leaves_a_day_and_no_hour(item, shelf, jo, station):
    with day_only(is_on=True):
        store_item(item=item, place=shelf, hands=Hands(worker=jo, station=station))
    movement = Movement.objects.get(reason="stored")
    assert movement.is_day_only
    assert timezone.localtime(movement.at).time() == datetime.time(0)


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"closed_on": datetime.date(2026, 1, 1)}, PlaceClosed),
        ({"is_storage": False}, PlaceHoldsNothing),
        ({"capacity": 1}, PlaceFull),
    ],
)
def test_a_place_that_cannot_take_it_says_why(make_item, shelf, hands, change, error):
    item = make_item(quantity=2)
    Place.objects.filter(pk=shelf.pk).update(**change)
    with pytest.raises(error):
        store_item(item=item, place=shelf, hands=hands())
    assert not Step.objects.exists()
    assert place_of(item) == [("waiting", 2)]


def test_a_place_of_another_site_is_refused(item, hands, seller):
    elsewhere = PlaceFactory(site=SiteFactory(organisation=seller, is_main=False))
    with pytest.raises(PlaceElsewhere):
        store_item(item=item, place=elsewhere, hands=hands())


def test_nothing_is_left_of_a_sold_object(item, shelf, hands):
    Holding.objects.all().delete()
    Item.objects.filter(pk=item.pk).update(
        state="sold", reserved=1, published_at=item.created_at, sold_at=item.created_at, price_cents=1
    )
    with pytest.raises(NothingLeft):
        store_item(item=item, place=shelf, hands=hands())


def test_undo_puts_the_object_back(item, shelf, hands):
    done = store_item(item=item, place=shelf, hands=hands())
    undo_step(step=done.step, hands=hands())
    assert place_of(item) == [("waiting", 1)]
    assert list(Movement.objects.order_by("pk").values_list("reason", flat=True)) == ["made", "stored", "undone"]
    assert check_stock().is_right


def test_undo_opens_its_task_again(item, shelf, hands, site, owner):
    task = open_task(kind="warehouse.store", subject=item, site=site, by=owner)
    done = store_item(item=item, place=shelf, hands=hands())
    undo_step(step=done.step, hands=hands())
    again = Task.objects.open().get()
    assert (again.kind, again.subject_id, again.site, again != task) == ("warehouse.store", item.code, site, True)


def test_undo_is_refused_once_the_object_left(item, shelf, other_shelf, hands, owner):
    done = store_item(item=item, place=shelf, hands=hands())
    move_item(item=item, place=other_shelf, by=owner)
    with pytest.raises(NotUndoable):
        undo_step(step=done.step, hands=hands())
    assert place_of(item) == [("A-04-1", 1)]


def test_a_whole_box_moves_by_two_scans_without_moving_units(item, box, shelf, other_shelf, hands):
    store_item(item=item, place=box, hands=hands())
    moved = Movement.objects.count()
    done = store_box(box=box, place=shelf, hands=hands())
    box.refresh_from_db()
    assert (box.parent, box.path) == (shelf, f"{shelf.code}/{box.code}/")
    assert Movement.objects.count() == moved
    assert units_under(shelf) == 1
    assert [tile.name for tile in way_to(box)] == ["2", "001"]
    assert not store_box(box=box, place=shelf, hands=hands()).is_new
    undo_step(step=done.step, hands=hands())
    box.refresh_from_db()
    assert (box.parent, box.path) == (None, f"{box.code}/")


def test_a_trolley_carries_its_boxes_along(box, shelf, site, hands):
    trolley = PlaceFactory(site=site, kind="trolley", label="Chariot 001")
    store_box(box=box, place=trolley, hands=hands())
    store_box(box=trolley, place=shelf, hands=hands())
    box.refresh_from_db()
    assert box.path == f"{shelf.code}/{trolley.code}/{box.code}/"


def test_a_box_goes_into_no_box(box, site, hands):
    other = PlaceFactory(site=site, box=True)
    for place in (box, other):
        with pytest.raises(BoxInItself):
            store_box(box=box, place=place, hands=hands())


def test_the_place_suggested_has_room_and_is_near_the_last_one(make_item, site, hands, category):
    places = [PlaceFactory(site=site, label=f"A-0{n}-1", capacity=1) for n in range(1, 5)]
    first, second = make_item(), make_item()
    assert suggest_place(first, site=site).place == places[0]
    store_item(item=first, place=places[1], hands=hands())
    found = suggest_place(second, site=site)
    assert (found.place, found.room) == (places[2], 1)
    assert suggest_place(second, site=site, after="A-03-1").place == places[3]
    kept = PlaceFactory(site=site, label="Z-01-1", goods=category)
    assert suggest_place(second, site=site).place == kept


def test_no_place_no_suggestion(item, site):
    assert suggest_place(item, site=site) is None
    assert suggest_place(item, site=None) is None


def test_places_are_made_in_bulk_with_their_tree(site, owner):
    plan = Plan("R", ("A", "B"), 2, 3, 2, capacity=9)
    assert (plan.total, plan.stored) == (1 + 2 + 4 + 12 + 24, 24)
    assert make_places(site=site, plan=plan, by=owner) is None
    assert Place.objects.count() == plan.total
    assert Place.objects.storage().count() == plan.stored
    last = Place.objects.get(label="R-B-02-3-2")
    assert plan.examples() == ["R-A-01-1-1", last.label]
    assert (last.capacity, last.kind, last.path.count("/")) == (9, "bin", 5)
    assert [tile.name for tile in way_to(last)] == ["R", "B", "02", "3", "2"], "two aisles have a bay of this number"
    with pytest.raises(FieldInvalid):
        make_places(site=site, plan=plan, by=owner)


def test_more_than_500_places_are_a_task_that_may_be_killed(site, owner):
    plan = Plan("", ("A", "B", "C"), 40, 5)
    job = make_places(site=site, plan=plan, by=owner)
    asked = {"job_id": job.pk, "site_id": site.pk, "by_id": owner.pk}
    values = {"zone": "", "aisles": ["A", "B", "C"], "bays": 40, "levels": 5, "bins": 0, "capacity": None, "goods": ""}
    run_places(plan=values, **asked)
    run_places(plan=values, **asked)
    job.refresh_from_db()
    assert (job.state, job.done, Place.objects.count()) == ("done", plan.total, plan.total)
    assert Place.objects.filter(parent__isnull=True).count() == 3


def test_more_than_20_000_places_are_refused(site, owner):
    with pytest.raises(FieldInvalid):
        make_places(site=site, plan=Plan("", ("A", "B", "C", "D"), 200, 20, 2), by=owner)


def test_boxes_take_the_next_numbers(site, owner):
    assert [box.name for box in make_boxes(site=site, kind="box", number=2, by=owner)] == ["001", "002"]
    assert make_boxes(site=site, kind="box", number=1, by=owner)[0].name == "003"
    for wrong in ({"kind": "shelf", "number": 1}, {"kind": "box", "number": 501}):
        with pytest.raises(FieldInvalid):
            make_boxes(site=site, by=owner, **wrong)


def test_a_code_drawn_twice_is_drawn_again(site, owner, monkeypatch):
    taken = PlaceFactory(site=site, code="P222222F").code
    drawn = iter([taken, "P333333T", "P333333T", "P444444A"])
    monkeypatch.setattr("rebond.warehouse.actions.places.make_place_code", lambda letter: next(drawn))
    assert sorted(fresh_codes("P", 2)) == ["P333333T", "P444444A"]


def test_a_place_closes_once_it_is_empty(item, shelf, other_shelf, hands, owner):
    store_item(item=item, place=shelf, hands=hands())
    with pytest.raises(PlaceNotEmpty):
        close_place(place=shelf, by=owner)
    assert close_place(place=other_shelf, by=owner).closed_on
    assert close_place(place=other_shelf, by=owner).closed_on
    assert list(places_of(shelf.organisation, fill="vides").exclude(kind="waiting")) == []


def test_a_capacity_is_one_at_least(shelf, owner, category):
    assert change_place(place=shelf, capacity=3, goods="", by=owner).capacity == 3
    with pytest.raises(FieldInvalid):
        change_place(place=shelf, capacity=0, goods="", by=owner)


def test_codes_of_places_find_every_wrong_sign():
    code = make_place_code("P")
    assert parse_place_code(f"https://rebond.example/l/{code.lower()}/") == code
    assert parse_place_code(display_place_code(code)) == code
    for n in range(1, 8):
        for sign in "23456789ABCDEFGHJKMNPQRTUVWXYZ":
            wrong = code[:n] + sign + code[n + 1 :]
            assert (parse_place_code(wrong) == code) == (wrong == code)
            assert wrong == code or parse_place_code(wrong) is None


def test_any_code_is_told_for_what_it_is(item, shelf, box, seller):
    def kind(text):
        return resolve(text, seller).kind

    assert resolve(item.display_code, seller).subject == item
    assert resolve(f"https://rebond.example/o/{item.code}", seller).subject == item
    assert (kind(shelf.code.lower()), resolve(shelf.code, seller).label) == (ScanKind.PLACE, "A-03-2")
    assert kind(box.display_code) == ScanKind.BOX
    assert kind("RBABCDEFGHJKMNPQRSTUVWXYZ23456") == ScanKind.BADGE
    assert kind("978-2-07-036822-8") == ScanKind.ISBN
    assert kind("73513537") == ScanKind.EAN
    for text in ("", "bonjour", "CF4K792TY", "73513538", "x" * 5_000):
        assert kind(text) == ScanKind.UNKNOWN


def test_another_organisation_knows_none_of_it(item, shelf, box, stranger):
    theirs = stranger.memberships.get().organisation
    for code in (item.code, shelf.code, box.code):
        found = resolve(code, theirs)
        assert (found.kind, found.subject) == (ScanKind.UNKNOWN, None)
    assert not Place.objects.visible_to(stranger).exists()
