"""Throughput by station and by universe, and lead times, over whole weeks that are over. Sums of finished days only.

Figures of work pass by the rule of `guard.py`; objects' own figures (lead times, what came and went online) tell
nothing of a person.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Sum

from rebond.catalogue.queries import categories
from rebond.network.models import Site
from rebond.workshop.models import Crew, DayFlow, LeadTime, Station, WeekWork
from rebond.workshop.models.figures import CHAIN, CrewSpan
from rebond.workshop.queries.closing import DAY, closed_until
from rebond.workshop.queries.guard import PEOPLE, guarded

WEEKS = (4, 13, 26, 52)  # periods that may be asked
BY_DAY = 4  # weeks over which days may be shown
ALL = "*"


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks, from a Monday to a Sunday."""

    weeks: int
    start: datetime.date
    end: datetime.date

    @property
    def days(self) -> int:
        return (self.end - self.start).days + 1

    @property
    def before(self) -> "Period":
        """The same number of weeks just before."""
        return Period(self.weeks, self.start - DAY * 7 * self.weeks, self.start - DAY)


@dataclass(frozen=True, slots=True)
class Output:
    """Work of one row: `label` is None for what was merged; `people` is how many at least."""

    key: Any
    label: str | None
    done: int
    returned: int
    people: int
    merged: int = 0

    def a_week(self, weeks: int) -> int:
        return round(self.done / weeks) if weeks else 0


@dataclass(frozen=True, slots=True)
class Span:
    """What came and what went online on a day, or in a week."""

    start: datetime.date
    came: int
    left: int


@dataclass(frozen=True, slots=True)
class Lead:
    """Days from arrival to online: half of the objects took `median` or less, nine in ten `ninth` or less.

    `donations` of the `number` are counted from their donation, the others from their first step; `waiting` came and
    are not online yet: they are not in these figures, which may be too short by that. `counts`: (days, how many).
    """

    universe: str | None
    label: str
    number: int
    donations: int
    median: int
    ninth: int
    waiting: int
    counts: tuple[tuple[int, int], ...] = ()


def period_of(site: Site, weeks: int) -> Period | None:
    """The last `weeks` whole weeks whose days are all closed; None where there is none yet."""
    until = closed_until(site.organisation)
    if until is None:
        return None
    end = until if until.weekday() == 6 else until - DAY * (until.weekday() + 1)
    weeks = weeks if weeks in WEEKS else WEEKS[1]
    return Period(weeks, end - DAY * (7 * weeks - 1), end)


def label_of(universe: str) -> str:
    """The universe's name in the reader's language; "" where the object is gone or was never one."""
    node = categories.by_key(universe) if universe else None
    return node.label if node is not None else ""


def _people(site: Site, period: Period, **where: Any) -> Any:
    rows = Crew.objects.filter(site=site, span=CrewSpan.WEEK, start__range=(period.start, period.end), **where)
    return rows.order_by()


def _merged(rows: Sequence[Output]) -> list[Output]:
    """The rows of `guarded`, the merged ones as one last row."""
    alone, few = guarded(rows, lambda row: row.people, lambda row: row.done)
    if few:
        done, returned = sum(row.done for row in few), sum(row.returned for row in few)
        alone.append(Output(None, None, done, returned, max(row.people for row in few), len(few)))
    return alone


def by_station(site: Site, period: Period) -> list[Output]:
    """Steps done at each station: three queries."""
    rows = WeekWork.objects.filter(site=site, week__range=(period.start, period.end)).order_by()
    sums = list(rows.values_list("station").annotate(Sum("done"), Sum("returned")))
    people = dict(
        _people(site, period, universe=ALL, station__isnull=False).values_list("station").annotate(Max("people"))
    )
    names = dict(Station.objects.filter(site=site).order_by("position", "pk").values_list("pk", "name"))
    order = {station: n for n, station in enumerate(names)}
    found = [Output(key, names.get(key, ""), done, back, people.get(key, 0)) for key, done, back in sums]
    return _merged(sorted(found, key=lambda row: order.get(row.key, len(order))))


def by_universe(site: Site, period: Period, *, station: int | None = None) -> list[Output]:
    """Steps done on each universe of the catalogue, at one station or at all of them: two queries."""
    where = {} if station is None else {"station": station}
    rows = WeekWork.objects.filter(site=site, week__range=(period.start, period.end), **where).exclude(universe="")
    sums = list(rows.order_by().values_list("universe").annotate(Sum("done"), Sum("returned")))
    crews = _people(site, period, **(where or {"station__isnull": True})).exclude(universe__in=[ALL, ""])
    people = dict(crews.values_list("universe").annotate(Max("people")))
    found = [Output(key, label_of(key) or key, done, back, people.get(key, 0)) for key, done, back in sums]
    return _merged(sorted(found, key=lambda row: (-row.done, row.key)))


def may_show_days(site: Site, period: Period) -> bool:
    """Whether each day of work had PEOPLE people at least."""
    rows = Crew.objects.filter(site=site, span=CrewSpan.DAY, start__range=(period.start, period.end))
    whole = rows.filter(station__isnull=True, universe=ALL)
    return period.weeks <= BY_DAY and not whole.filter(people__lt=PEOPLE).exists()


def spans_of(site: Site, period: Period, *, is_by_day: bool) -> list[Span]:
    """Objects that came and went online, day by day or week by week: one query."""
    rows = DayFlow.objects.filter(site=site, stage=CHAIN, day__range=(period.start, period.end)).order_by()
    step = 1 if is_by_day else 7
    found = {period.start + DAY * n: [0, 0] for n in range(0, period.days, step)}
    for day, came, left in rows.values_list("day").annotate(Sum("came"), Sum("left")):
        start = day if is_by_day else day - DAY * day.weekday()
        found[start][0] += came
        found[start][1] += left
    return [Span(start, came, left) for start, (came, left) in found.items()]


def quantile(counts: Sequence[tuple[int, int]], tenths: int) -> int:
    """The smallest value that `tenths` tenths of all reach at most; `counts` are (value, how many), by value."""
    total = sum(number for _value, number in counts)
    seen = 0
    for value, number in counts:
        seen += number
        if seen * 10 >= total * tenths:
            return value
    return 0


def lead_times(site: Site, period: Period) -> tuple[Lead | None, list[Lead]]:
    """(all objects, each universe, the most numerous first): two queries. None where nothing went online."""
    rows = LeadTime.objects.filter(site=site, week__range=(period.start, period.end)).order_by()
    counts: dict[str, dict[int, list[int]]] = {}
    grouped = rows.values_list("universe", "days", "is_from_donation").annotate(Sum("number"))
    for universe, days, is_from_donation, number in grouped:
        for key in (ALL, universe):
            row = counts.setdefault(key, {}).setdefault(days, [0, 0])
            row[0] += number
            row[1] += number if is_from_donation else 0
    waiting = in_chain(site, period.end)
    found = [_lead(key, by_days, waiting) for key, by_days in counts.items()]
    whole = next((row for row in found if row.universe is None), None)
    return whole, sorted((row for row in found if row.universe is not None), key=lambda row: (-row.number, row.label))


def _lead(key: str, by_days: dict[int, list[int]], waiting: dict[str, int]) -> Lead:
    counts = sorted((days, number) for days, (number, _donations) in by_days.items())
    is_whole = key == ALL
    return Lead(
        universe=None if is_whole else key,
        label="" if is_whole else label_of(key),
        number=sum(number for _days, number in counts),
        donations=sum(donations for _number, donations in by_days.values()),
        median=quantile(counts, 5),
        ninth=quantile(counts, 9),
        waiting=sum(waiting.values()) if is_whole else waiting.get(key, 0),
        counts=tuple(counts),
    )


def in_chain(site: Site, day: datetime.date) -> dict[str, int]:
    """Objects of each universe that had come by the end of `day` and were not online, nor withdrawn."""
    rows = DayFlow.objects.filter(site=site, stage=CHAIN, day__lte=day).order_by().values_list("universe")
    summed = rows.annotate(Sum("came"), Sum("left"), Sum("gone"))
    return {universe: max(came - left - gone, 0) for universe, came, left, gone in summed}
