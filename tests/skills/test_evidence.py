"""The log of finished days: for whom, what it says, and that nothing of it changes (decision 59; rules.md B9, F8)."""

import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from rebond.people.actions.consent import give_consent, withdraw_consent
from rebond.people.models import Consent, Person
from rebond.skills.actions.evidence import write_all, write_evidence
from rebond.skills.data.cards import LEVELS, card_of_kind, cards, version
from rebond.skills.enums import Level
from rebond.skills.models import Evidence, EvidenceDays
from rebond.skills.queries.members import LogRule, rule_of, rule_today
from rebond.workshop.actions.step import Hands, record_step
from rebond.workshop.kinds import all_kinds
from rebond.workshop.models import Step, WorkerSkill
from rebond.workshop.queries.closing import universe_of
from tests.factories.catalogue import ItemFactory
from tests.factories.people import person_of
from tests.factories.workshop import StationFactory, WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
WRITE, PHOTO, REVIEW, STORE = "workshop.write", "workshop.photograph", "workshop.review", "warehouse.store"
ONE = datetime.timedelta(days=1)


@pytest.fixture
def station(seller):
    return StationFactory(site__organisation=seller, kind="writing")


@pytest.fixture
def chair(seller):
    return ItemFactory(seller=seller)


def days_ago(number):
    return timezone.localdate() - ONE * number


def at(number):
    """A moment of that day, away from midnight."""
    return timezone.make_aware(datetime.datetime.combine(days_ago(number), datetime.time(12)))


def followed(seller, *, kind="cddi_aci", opened=30, **worker):
    """Somebody at the stations whose file was opened `opened` days ago."""
    worker = WorkerFactory(organisation=seller, **worker)
    person = person_of(seller, user=worker.user, kind=kind)
    Person.objects.filter(pk=person.pk).update(opened_at=at(opened))
    return worker, person


def step(worker, station, item, kind=WRITE, ago=1, **more):
    facts = {"subject_kind": "catalogue.item", "subject_id": item.code, "organisation": worker.organisation}
    facts |= {"site": station.site, "station": station, "worker": worker, "status": worker.status}
    return Step.objects.create(kind=kind, day=days_ago(ago), **facts | more)


def write(seller):
    return write_evidence(organisation=seller, until=days_ago(1))


def test_each_kind_of_work_has_one_card_with_four_observable_levels():
    kinds = {
        kind.code for kind in all_kinds() if kind.code.partition(".")[0] in {"intake", "workshop", "warehouse", "shop"}
    }
    assert kinds == set(card_of_kind())
    assert [level.value for level in Level] == list(LEVELS)
    for card in cards().values():
        assert len(card.levels) == len(LEVELS)
        assert all(card.criteria(level) for level in LEVELS), card.code
        assert card.rome, card.code
    assert version() == "2026-11"


@pytest.mark.parametrize(
    ("kinds", "worker", "rule"),
    [
        ({"cddi_aci"}, "cddi", LogRule.TOLD),
        ({"learner"}, "learner", LogRule.TOLD),
        ({"companion"}, "companion", LogRule.ASKED),
        ({"cddi_aci"}, "companion", LogRule.ASKED),
        ({"companion", "learner"}, "learner", LogRule.ASKED),
        ({"eiti"}, "cddi", LogRule.ASKED),
        ({"volunteer"}, "volunteer", LogRule.ASKED),
        ({"candidate"}, "cddi", LogRule.NEVER),
        (set(), "cddi", LogRule.NEVER),
        ({"cdi_inclusion"}, "staff", LogRule.NEVER),
    ],
)
def test_the_status_that_asks_first_decides(kinds, worker, rule):
    assert rule_of(kinds, worker) == rule


def test_a_finished_day_is_counted_once_and_today_is_not(seller, station, chair):
    awa, person = followed(seller)
    kim, _other = followed(seller, first_name="Kim")
    WorkerSkill.objects.create(worker=kim, kind=WRITE, level="able")
    step(awa, station, chair)
    step(awa, station, chair, partner=kim, partner_status="cddi")
    step(awa, station, chair, is_training=True)
    step(awa, station, chair, result="returned")
    step(awa, station, chair, ago=0)
    undone = step(awa, station, chair)
    step(awa, station, chair, result="undone", undoes=undone)

    assert write(seller) == 2
    assert write_all() == 0
    line = person.evidence.get()
    assert (line.day, line.kind, line.station) == (days_ago(1), WRITE, station)
    assert (line.done, line.learning, line.together) == (2, 2, 1)
    assert line.universes == [universe_of(chair.category_id)]
    assert _other.evidence.values_list("done", "learning", "together").get() == (1, 0, 1)
    assert EvidenceDays.objects.get(organisation=seller).until == days_ago(1)


def test_what_a_reader_found_goes_to_the_author_on_the_day_of_the_reading(seller, station, chair):
    awa, writer = followed(seller)
    kim, photographer = followed(seller, first_name="Kim")
    lou, reader = followed(seller, first_name="Lou")
    step(kim, station, chair, kind=PHOTO, ago=4)
    step(awa, station, chair, ago=3)
    step(lou, station, chair, kind=REVIEW, ago=2, result="returned", data={"outcome": "returned", "reason": "text"})
    step(awa, station, chair, ago=2)
    step(lou, station, chair, kind=REVIEW, ago=1, data={"outcome": "corrected", "fields": ["title"]})
    write(seller)

    found = ("day", "done", "accepted", "corrected", "returned")
    assert list(writer.evidence.order_by("day").values_list(*found)) == [
        (days_ago(3), 1, 0, 0, 0),
        (days_ago(2), 1, 0, 0, 1),
        (days_ago(1), 0, 0, 1, 0),
    ]
    assert list(photographer.evidence.order_by("day").values_list(*found)) == [
        (days_ago(4), 1, 0, 0, 0),
        (days_ago(1), 0, 1, 0, 0),
    ]
    assert list(reader.evidence.order_by("day").values_list("done", flat=True)) == [1, 1]


def test_pictures_given_back_are_the_photographers(seller, station, chair):
    awa, person = followed(seller)
    lou = WorkerFactory(organisation=seller)
    step(awa, station, chair, kind=PHOTO, ago=2)
    step(lou, station, chair, ago=2)
    step(lou, station, chair, kind=REVIEW, result="returned", data={"outcome": "returned", "reason": "photos"})
    write(seller)
    assert list(person.evidence.order_by("day").values_list("done", "returned")) == [(1, 0), (0, 1)]


def test_nothing_of_a_companion_is_counted_before_they_ask_nor_after_they_stop(seller, station, chair):
    jo, person = followed(seller, kind="companion", status="companion")
    for ago in range(1, 9):
        step(jo, station, chair, kind=STORE, ago=ago)
    assert rule_today(person) == LogRule.ASKED
    write_evidence(organisation=seller, until=days_ago(7))
    assert not Evidence.objects.exists()

    give_consent(person=person, kind="skills", how="paper", given_on=days_ago(5), by=None)
    withdraw_consent(person=person, kind="skills", by=None)
    Consent.objects.update(withdrawn_on=days_ago(2))
    write(seller)
    assert list(person.evidence.order_by("day").values_list("day", flat=True)) == [days_ago(n) for n in (5, 4, 3)]


def test_nothing_is_counted_without_a_file_before_it_or_for_permanent_staff(seller, station, chair):
    stranger = WorkerFactory(organisation=seller)
    boss, _file = followed(seller, status="staff")
    late, person = followed(seller, opened=2)
    for ago in range(1, 5):
        for worker in (stranger, boss, late):
            step(worker, station, chair, ago=ago)
    write(seller)
    assert {line.person for line in Evidence.objects.all()} == {person}
    assert person.evidence.count() == 2


def test_a_day_costs_the_same_whatever_was_done(seller, station, chair):
    awa, _person = followed(seller, opened=1)
    counts = []
    for number in (1, 1, 9):  # the first one reads the tree of categories too
        EvidenceDays.objects.all().delete()
        for _time in range(number):
            step(awa, station, chair, kind=STORE)
            step(awa, station, chair, kind=REVIEW, data={"outcome": "accepted"})
        with CaptureQueriesContext(connection) as asked, transaction.atomic():
            write(seller)
            transaction.set_rollback(True)
        counts.append(len(asked))
    assert counts[1] == counts[2] <= 25


def test_a_step_costs_nothing_more_for_the_log(seller, station, chair):
    """The same statements for somebody with a log and for somebody without: it is read from finished days."""
    awa, _person = followed(seller)
    without = WorkerFactory(organisation=seller)
    counts = []
    for worker in (without, awa, without, awa):
        with CaptureQueriesContext(connection) as asked:
            record_step(kind=PHOTO, subject=chair, hands=Hands(worker, station))
        counts.append(len(asked))
    assert counts[2] == counts[3]
    assert not Evidence.objects.exists()


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_a_line(seller, station, chair, change):
    awa, person = followed(seller)
    step(awa, station, chair)
    write(seller)
    rows = Evidence.objects.filter(person=person)
    with pytest.raises(IntegrityError, match="stays as it is"), transaction.atomic():
        rows.update(done=99) if change == "update" else rows.delete()
    Person.objects.filter(pk=person.pk).update(left_on=timezone.localdate())
    if change == "delete":  # with the file of somebody who has left, for the end of its time
        assert rows.delete()[0] == 1
