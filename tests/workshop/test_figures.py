"""The figures of finished days: right against a count by hand, the same when made again, never one person's."""

import datetime
import random

import pytest
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.dates import midnight
from rebond.journal.actions.record import record
from rebond.journal.models import Entry
from rebond.workshop.actions import closing
from rebond.workshop.models import ClosedDays, Crew, DayFlow, LeadTime, Step, Task, WeekWork
from rebond.workshop.models.figures import CHAIN
from rebond.workshop.queries import figures, little
from rebond.workshop.queries.guard import guarded
from tests.factories.catalogue import ItemFactory
from tests.factories.intake import DonationFactory, SortingFactory
from tests.factories.workshop import StationFactory, TaskFactory, WorkerFactory

pytestmark = [pytest.mark.unit, pytest.mark.django_db]
DAY = datetime.timedelta(days=1)
MONDAY = datetime.date(2026, 9, 7)


def at(day, hour=10):
    return midnight(day) + datetime.timedelta(hours=hour)


@pytest.fixture
def table(site):
    return StationFactory(site=site, kind="sorting", name="Table de tri")


@pytest.fixture
def people(seller):
    return [WorkerFactory(organisation=seller, status="cddi") for _n in range(4)]


@pytest.fixture
def step(site, table, people):
    """`step(item, day)`: a real step on an object."""

    def make(item, day, *, kind="intake.sort", worker=None, station=table, **more):
        return Step.objects.create(
            kind=kind,
            organisation=site.organisation,
            site=site,
            station=station,
            worker=worker or people[0],
            status="cddi",
            day=day,
            subject_kind="catalogue.item",
            subject_id=item.code,
            subject_label=item.title,
            **more,
        )

    return make


@pytest.fixture
def thing(seller, site, step, categories):
    """`thing(came, online)`: an object that began the chain on a day, online on another one or not yet."""

    def make(came, online=None, category="chairs", **more):
        facts = {"on_sale": True, "published_at": at(online)} if online else {}
        item = ItemFactory(seller=seller, site=site, category=categories[category], **facts, **more)
        step(item, came)
        return item

    return make


def close(seller, until):
    return closing.close_days(organisation=seller, until=until)


def flow(site, **where):
    rows = DayFlow.objects.filter(site=site, **where)
    names = ("came", "left", "left_days", "gone", "gone_days")
    return tuple(sum(getattr(row, name) for row in rows) for name in names)


def test_an_object_comes_on_its_first_step_and_leaves_when_it_is_online(seller, site, thing, step, table):
    item = thing(MONDAY, MONDAY + 5 * DAY)
    step(item, MONDAY + 2 * DAY, kind="workshop.photograph")

    assert close(seller, MONDAY + 9 * DAY) == 10

    assert flow(site, stage=CHAIN, day=MONDAY) == (1, 0, 0, 0, 0)
    assert flow(site, stage=CHAIN, day=MONDAY + 5 * DAY) == (0, 1, 5, 0, 0)
    assert DayFlow.objects.filter(stage=CHAIN).count() == 2
    assert [(row.week, row.days, row.number, row.is_from_donation) for row in LeadTime.objects.all()] == [
        (MONDAY, 5, 1, False)
    ]
    assert list(WeekWork.objects.values_list("week", "station", "done")) == [(MONDAY, table.pk, 2)]


def test_a_delay_is_counted_from_the_donation_where_it_is_known(seller, site, thing, categories):
    item = thing(MONDAY, MONDAY + 5 * DAY)
    donation = DonationFactory(site=site, day=MONDAY - 3 * DAY)
    SortingFactory(site=site, donation=donation, item=item, outcome="online", category=categories["chairs"])

    close(seller, MONDAY + 6 * DAY)

    row = LeadTime.objects.get()
    assert (row.days, row.is_from_donation) == (8, True)
    assert flow(site, stage=CHAIN, day=MONDAY + 5 * DAY)[2] == 5  # the chain itself begins at the table


def test_what_does_not_count(seller, site, thing, step, people, categories):
    """Exercises, steps undone, and objects that were online before anybody worked on them."""
    late = ItemFactory(seller=seller, site=site, category=categories["chairs"], on_sale=True)
    Item.objects.filter(pk=late.pk).update(published_at=at(MONDAY - 30 * DAY))
    step(late, MONDAY, kind="warehouse.store")
    item = ItemFactory(seller=seller, site=site, category=categories["chairs"])
    step(item, MONDAY, is_training=True)
    undone = step(item, MONDAY + DAY)
    step(item, MONDAY + DAY, result="undone", undoes=undone)

    close(seller, MONDAY + 6 * DAY)

    assert not DayFlow.objects.filter(stage=CHAIN).exists()
    assert list(WeekWork.objects.values_list("done", flat=True)) == [1]
    assert not LeadTime.objects.exists()


def test_an_object_withdrawn_on_the_way_is_gone_once(seller, site, owner, thing):
    item = thing(MONDAY)
    entry = record("catalogue.item.withdrawn", subject=item, by=owner, organisation=seller)
    Entry.objects.filter(pk=entry.pk).update(at=at(MONDAY + 3 * DAY))
    sold = thing(MONDAY, MONDAY + DAY)
    again = record("catalogue.item.withdrawn", subject=sold, by=owner, organisation=seller)
    Entry.objects.filter(pk=again.pk).update(at=at(MONDAY + 4 * DAY))

    close(seller, MONDAY + 6 * DAY)

    assert flow(site, stage=CHAIN) == (2, 1, 1, 1, 3)


def test_tasks_come_and_leave_their_stage(seller, site, thing):
    item = thing(MONDAY, MONDAY + 4 * DAY)
    facts = {"site": site, "kind": "workshop.write", "subject_id": item.code}
    TaskFactory(**facts, created_at=at(MONDAY), state="done", ended_on=MONDAY + 3 * DAY)
    TaskFactory(**facts, created_at=at(MONDAY), state="cancelled", ended_on=MONDAY + DAY)
    TaskFactory(**facts, created_at=at(MONDAY + DAY))
    TaskFactory(site=site, kind="workshop.write", created_at=at(MONDAY), is_training=True)

    close(seller, MONDAY + 6 * DAY)

    assert flow(site, stage="workshop.write") == (3, 1, 3, 1, 1)
    assert set(DayFlow.objects.filter(stage="workshop.write").values_list("universe", flat=True)) != {""}


def test_closing_again_gives_the_same_and_day_by_day_too(seller, site, thing):
    draw = random.Random(7)
    for _n in range(12):
        came = MONDAY + DAY * draw.randint(0, 9)
        thing(came, came + DAY * draw.randint(0, 6) if draw.random() < 0.8 else None)
    tables = (DayFlow, WeekWork, LeadTime, Crew)

    def rows():
        skipped = {"id"}
        return [
            sorted(
                repr([value for name, value in sorted(row.items()) if name not in skipped])
                for row in model.objects.values()
            )
            for model in tables
        ]

    close(seller, MONDAY + 20 * DAY)
    once = rows()
    assert close(seller, MONDAY + 20 * DAY) == 0
    for model in (*tables, ClosedDays):
        model.objects.all().delete()
    for n in range(21):
        close(seller, MONDAY + n * DAY)
    assert rows() == once


def test_today_is_never_closed(seller, thing):
    thing(timezone.localdate())
    assert close(seller, timezone.localdate() + 5 * DAY) == 0
    assert not DayFlow.objects.exists()


def test_all_organisations_with_stations_are_closed(seller, thing, stranger):
    thing(timezone.localdate() - 2 * DAY)
    assert closing.close_all() == 2
    assert closing.close_all() == 0


def test_littles_law_is_what_a_count_by_hand_gives(seller, site, thing):
    draw = random.Random(3)
    ways = []
    for _n in range(25):
        came = MONDAY + DAY * draw.randint(0, 40)
        online = came + DAY * draw.randint(0, 12) if draw.random() < 0.85 else None
        thing(came, online)
        ways.append((came, online))
    close(seller, MONDAY + 60 * DAY)
    period = figures.Period(4, MONDAY + 7 * DAY, MONDAY + 34 * DAY)

    row = next(one for one in little.checks_of(site, period) if one.kind is None)

    days = [period.start + DAY * n for n in range(period.days)]
    there = [sum(a <= day and (b is None or b > day) for a, b in ways) for day in days]
    gone = [(b - a).days for a, b in ways if b is not None and period.start <= b <= period.end]
    came = sum(period.start <= a <= period.end for a, _b in ways)
    assert (row.area, row.came, row.left, row.left_days) == (sum(there), came, len(gone), sum(gone))
    # the law itself, exactly: stays cut at the edges of the window
    cut = sum(
        (min(b or period.end + DAY, period.end + DAY) - max(a, period.start)).days
        for a, b in ways
        if a <= period.end and (b is None or b > period.start)
    )
    assert row.area == cut


def test_littles_two_sides_and_what_a_gap_means():
    period = figures.Period(1, MONDAY, MONDAY + 6 * DAY)
    steady = {MONDAY - 2 * DAY + DAY * n: (3, 3 if n > 1 else 0, 6 if n > 1 else 0) for n in range(9)}
    row = little.little_of(steady, period, None)
    assert (row.average, row.rate, row.stay, row.product) == (6, 3, 2, 6)
    assert (row.gap_percent, row.verdict) == (0, "steady")

    growing = {MONDAY + DAY * n: (5, 1, 0) for n in range(7)}
    assert little.little_of(growing, period, None).verdict == "growing"
    melting = {MONDAY - DAY: (20, 0, 0)} | {MONDAY + DAY * n: (1, 3, 30) for n in range(7)}
    assert little.little_of(melting, period, None).verdict == "melting"
    stale = {MONDAY - DAY: (9, 0, 0)} | {MONDAY + DAY * n: (1, 1, 0) for n in range(7)}
    assert little.little_of(stale, period, None).verdict == "older"
    fresh = {MONDAY - DAY: (9, 0, 0)} | {MONDAY + DAY * n: (2, 2, 30) for n in range(7)}
    assert little.little_of(fresh, period, None).verdict == "clearing"
    assert little.little_of({MONDAY: (1, 0, 0)}, period, None).verdict == "unknown"


def test_the_books_are_proved_by_counting_the_queue(seller, site, thing):
    thing(MONDAY)
    for n in range(3):
        TaskFactory(site=site, kind="workshop.write", created_at=at(MONDAY + DAY * n))
    TaskFactory(site=site, kind="workshop.write", created_at=at(MONDAY), state="done", ended_on=MONDAY + DAY)
    close(seller, MONDAY + 6 * DAY)
    period = figures.period_of(site, 4)

    row = next(one for one in little.checks_of(site, period) if one.kind and one.kind.code == "workshop.write")
    assert (row.booked, row.counted, row.is_proved) == (3, 3, True)

    Task.objects.filter(ended_on__isnull=True).first().delete()
    row = next(one for one in little.checks_of(site, period) if one.kind and one.kind.code == "workshop.write")
    assert (row.booked, row.counted, row.is_proved) == (3, 2, False)


@pytest.mark.parametrize(
    ("rows", "alone", "merged"),
    [
        ([("a", 3, 10), ("b", 4, 5)], ["a", "b"], []),
        ([("a", 3, 10), ("b", 4, 5), ("c", 1, 7)], ["a"], ["b", "c"]),
        ([("a", 3, 10), ("c", 1, 7)], [], ["a", "c"]),
        ([("a", 2, 10), ("c", 1, 7)], [], ["a", "c"]),
        ([], [], []),
    ],
)
def test_a_row_of_too_few_people_hides_among_others(rows, alone, merged):
    shown, hidden = guarded(rows, lambda row: row[1], lambda row: row[2])
    assert ([row[0] for row in shown], [row[0] for row in hidden]) == (alone, merged)


def test_a_station_of_one_person_is_never_shown_by_itself(seller, site, thing, step, people):
    """Its own figure cannot be found by taking the others from the total either."""
    alone = StationFactory(site=site, kind="photo", name="Table photo")
    writing = StationFactory(site=site, kind="writing", name="Écriture")
    for n, worker in enumerate(people):
        item = thing(MONDAY + n * DAY)
        step(item, MONDAY, worker=worker)
        step(item, MONDAY, worker=worker, station=writing, kind="workshop.write")
        step(item, MONDAY, worker=worker, station=writing, kind="workshop.write")
        step(item, MONDAY + DAY, station=alone, kind="workshop.photograph")
    close(seller, MONDAY + 6 * DAY)
    period = figures.Period(1, MONDAY, MONDAY + 6 * DAY)

    rows = figures.by_station(site, period)

    assert [row.label for row in rows] == ["Table de tri", None] or [row.label for row in rows] == ["Écriture", None]
    assert rows[-1].merged == 2
    assert sum(row.done for row in rows) == Step.objects.count()
    assert not figures.may_show_days(site, period)  # on Tuesday one person worked


def test_days_are_shown_where_three_worked_on_each(seller, site, step, people, categories):
    item = ItemFactory(seller=seller, site=site, category=categories["chairs"])
    for day in (MONDAY, MONDAY + DAY):
        for worker in people[:3]:
            step(item, day, worker=worker)
    close(seller, MONDAY + 6 * DAY)
    assert figures.may_show_days(site, figures.Period(1, MONDAY, MONDAY + 6 * DAY))
    assert not figures.may_show_days(site, figures.Period(13, MONDAY, MONDAY + 6 * DAY))


def test_lead_times_by_department_with_those_that_wait(seller, site, thing):
    for days in (1, 2, 3, 10):
        thing(MONDAY, MONDAY + DAY * days)
    thing(MONDAY)
    close(seller, MONDAY + 13 * DAY)

    whole, rows = figures.lead_times(site, figures.period_of(site, 4))

    assert (whole.number, whole.median, whole.ninth, whole.waiting, whole.donations) == (4, 2, 10, 1, 0)
    assert [(row.number, row.median, row.waiting) for row in rows] == [(4, 2, 1)]
    assert rows[0].label


def test_quantiles():
    assert figures.quantile([(1, 1), (2, 1), (3, 1)], 5) == 2
    assert figures.quantile([(0, 9), (7, 1)], 9) == 0
    assert figures.quantile([], 5) == 0


def test_a_period_is_made_of_whole_weeks_that_are_over(seller, site, thing):
    assert figures.period_of(site, 4) is None
    thing(MONDAY)
    close(seller, MONDAY + 9 * DAY)
    period = figures.period_of(site, 4)
    assert (period.end, period.days, period.start.weekday()) == (MONDAY + 6 * DAY, 28, 0)
    assert figures.period_of(site, 999).weeks == 13


def test_no_table_of_figures_names_a_person():
    """Neither a worker nor a user stands in any of them (rules.md B9, F8)."""
    for model in (DayFlow, WeekWork, LeadTime, Crew, ClosedDays):
        linked = {f.related_model.__name__ for f in model._meta.get_fields() if f.related_model}
        assert not linked & {"Worker", "User"}
