"""Write the figures of finished days, once, from what was recorded. Run again for the same days, they are the same.

A finished day does not change (steps are undone on their own day only), so a page reads sums of a few rows a day
instead of a year of steps. What they hold is of stages, stations and universes, never of persons (rules.md B9, F8).
"""

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.network.models import Organisation
from rebond.workshop.contributions import arrivals_of
from rebond.workshop.enums import StepResult, TaskState
from rebond.workshop.models import ClosedDays, Crew, DayFlow, LeadTime, WeekWork
from rebond.workshop.models.figures import CHAIN, CrewSpan
from rebond.workshop.queries import closing as read
from rebond.workshop.queries.closing import DAY, ITEM, Way

ALL = "*"
WEEK = datetime.timedelta(days=7)


def monday_of(day: datetime.date) -> datetime.date:
    """The first day of its week."""
    return day - datetime.timedelta(days=day.weekday())


@dataclass(slots=True)
class _Sums:
    """Counters of one week, by the keys of their rows."""

    flow: dict[tuple[int, datetime.date, str, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    work: dict[tuple[int, datetime.date, int | None, str], Counter[str]] = field(
        default_factory=lambda: defaultdict(Counter)
    )
    lead: Counter[tuple[int, datetime.date, str, int, bool]] = field(default_factory=Counter)
    crew: dict[tuple[int, str, datetime.date, int | None, str], set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )


def close_all(*, today: datetime.date | None = None) -> int:
    """Close yesterday, and any day before that was not, of each organisation with stations; returns days written."""
    until = (today or timezone.localdate()) - DAY
    return sum(close_days(organisation=one, until=until) for one in read.organisations_at_work())


def close_days(*, organisation: Organisation, until: datetime.date) -> int:
    """Write the days after those already closed, to `until` included (before today), a week in each transaction."""
    until = min(until, timezone.localdate() - DAY)
    number = 0
    while (start := _next_day(organisation)) is not None and start <= until:
        end = min(monday_of(start) + WEEK - DAY, until)
        with transaction.atomic():
            row = lock_row(ClosedDays.objects.get(organisation=organisation))
            if row.until + DAY == start:  # else another worker wrote it meanwhile
                _write_week(organisation, start, end)
                ClosedDays.objects.filter(pk=row.pk).update(until=end)
                number += (end - start).days + 1
    return number


def _next_day(organisation: Organisation) -> datetime.date | None:
    """The day after those that are closed; None where nothing was ever recorded."""
    until = read.closed_until(organisation)
    if until is None:
        first = read.first_day(organisation)
        if first is None:
            return None
        row, _made = ClosedDays.objects.get_or_create(organisation=organisation, defaults={"until": first - DAY})
        until = row.until
    return until + DAY


def _write_week(organisation: Organisation, start: datetime.date, end: datetime.date) -> None:
    """Some thousands of rows at a time: what is held grows with stations and universes, not with the work done."""
    sums = _Sums()
    for steps in read.steps_between(organisation, monday_of(start), end):
        _count_steps(sums, steps, start)
    _count_tasks(sums, organisation, start, end)
    for codes in read.objects_between(organisation, start, end):
        _count_objects(sums, read.ways_of(codes), start, end)
    _store(sums, organisation, start, end)


def _count_steps(sums: _Sums, steps: Sequence[Any], start: datetime.date) -> None:
    """Work by station and universe; the crews of the days, and of the week from its Monday."""
    universes = read.universes_of({row[6] for row in steps if row[5] == ITEM})
    for day, site, station, _kind, result, subject_kind, subject, worker, partner in steps:
        universe = universes.get(subject, "") if subject_kind == ITEM else ""
        people = {worker, partner} - {None}
        monday = monday_of(day)
        for place in {None, station}:
            for what in {ALL, universe}:
                sums.crew[site, CrewSpan.WEEK, monday, place, what] |= people
        column = "returned" if result == StepResult.RETURNED else "done"
        sums.work[site, monday, station, universe][column] += 1
        if day >= start:
            for place in {None, station}:
                sums.crew[site, CrewSpan.DAY, day, place, ALL] |= people


def _count_tasks(sums: _Sums, organisation: Organisation, start: datetime.date, end: datetime.date) -> None:
    """What came to each stage and left it."""
    for opened in read.tasks_opened(organisation, start, end):
        universes = read.universes_of({row[3] for row in opened if row[2] == ITEM})
        for kind, site, _subject_kind, subject, at in opened:
            sums.flow[site, timezone.localdate(at), kind, universes.get(subject, "")]["came"] += 1
    for ended in read.tasks_ended(organisation, start, end):
        universes = read.universes_of({row[3] for row in ended if row[2] == ITEM})
        for kind, site, _subject_kind, subject, at, day, state in ended:
            column = "left" if state == TaskState.DONE else "gone"
            row = sums.flow[site, day, kind, universes.get(subject, "")]
            row[column] += 1
            row[f"{column}_days"] += max((day - timezone.localdate(at)).days, 0)


def _count_objects(sums: _Sums, ways: dict[str, Way], start: datetime.date, end: datetime.date) -> None:
    """Objects that began the chain, came online, or were withdrawn on the way (each leaves once).

    Lead times are those of the whole week, from the donation where a room knows it.
    """
    mine = {code: way for code, way in ways.items() if way.site_id is not None and way.is_through_the_chain}
    withdrawn = read.first_withdrawals(mine)
    monday = monday_of(start)
    online = [code for code, way in mine.items() if way.online is not None and monday <= way.online <= end]
    arrived = arrivals_of(sorted(online))
    for code, way in mine.items():
        if start <= way.began <= end:
            sums.flow[way.site_id, way.began, CHAIN, way.universe]["came"] += 1  # type: ignore[index]
        gone = withdrawn.get(code)
        if gone is not None and gone >= way.began and (way.online is None or gone < way.online):
            if start <= gone <= end:
                _leave(sums, way, gone, "gone")
        elif way.online is not None and monday <= way.online <= end:
            if way.online >= start:
                _leave(sums, way, way.online, "left")
            days = max((way.online - arrived.get(code, way.began)).days, 0)
            sums.lead[way.site_id, monday, way.universe, days, code in arrived] += 1  # type: ignore[index]


def _leave(sums: _Sums, way: Way, day: datetime.date, column: str) -> None:
    row = sums.flow[way.site_id, day, CHAIN, way.universe]  # type: ignore[index]
    row[column] += 1
    row[f"{column}_days"] += (day - way.began).days


def _store(sums: _Sums, organisation: Organisation, start: datetime.date, end: datetime.date) -> None:
    """The rows of these days, and those of their week, anew."""
    sites = list(organisation.sites.order_by("pk").values_list("pk", flat=True))
    monday = monday_of(start)
    DayFlow.objects.filter(site__in=sites, day__range=(start, end)).delete()
    WeekWork.objects.filter(site__in=sites, week=monday).delete()
    Crew.objects.filter(site__in=sites, span=CrewSpan.DAY, start__range=(start, end)).delete()
    Crew.objects.filter(site__in=sites, span=CrewSpan.WEEK, start=monday).delete()
    LeadTime.objects.filter(site__in=sites, week=monday).delete()
    flow = ("site_id", "day", "stage", "universe")
    work = ("site_id", "week", "station_id", "universe")
    _insert(DayFlow, flow, ((key, dict(counts)) for key, counts in sums.flow.items()))
    _insert(WeekWork, work, ((key, dict(counts)) for key, counts in sums.work.items()))
    crew = ("site_id", "span", "start", "station_id", "universe")
    _insert(Crew, crew, ((key, {"people": len(people)}) for key, people in sums.crew.items()))
    lead = ("site_id", "week", "universe", "days", "is_from_donation")
    _insert(LeadTime, lead, ((key, {"number": number}) for key, number in sums.lead.items()))


def _insert(model: Any, names: Sequence[str], rows: Iterable[tuple[Sequence[Any], dict[str, int]]]) -> None:
    made = [model(**dict(zip(names, key, strict=True)), **counts) for key, counts in rows]
    model.objects.bulk_create(made, batch_size=500)
