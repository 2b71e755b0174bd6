"""Little's law, L = λW, for the whole chain and for each of its stages, over a period.

L: how many wait on average, from what came and what left day after day. λ: arrivals a day. W: how many days those
that left had waited, from their own dates. The two sides are equal in a steady chain, and over any window whose
stays are cut at its edges (people.md 4); a gap says that the queue grows or melts, or that old ones leave at last.
`counted` is an independent proof of the books: the queue itself, counted at the end of the last closed day.
"""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum

from rebond.core.dates import midnight
from rebond.network.models import Site
from rebond.workshop.kinds import StepKind, is_known, kind_of
from rebond.workshop.models import DayFlow, Task
from rebond.workshop.models.figures import CHAIN
from rebond.workshop.queries.closing import DAY, closed_until
from rebond.workshop.queries.figures import Period

CLOSE_ENOUGH = 10  # percent


@dataclass(frozen=True, slots=True)
class Little:
    """`area` is in object-days: the sum of how many were there at the end of each day. `kind` None: the whole chain."""

    kind: StepKind | None
    days: int
    area: int
    came: int
    left: int
    left_days: int
    at_start: int
    at_end: int
    booked: int | None = None
    counted: int | None = None

    @property
    def average(self) -> Decimal:
        """L."""
        return _tenth(Decimal(self.area) / self.days)

    @property
    def rate(self) -> Decimal:
        """λ, arrivals a day."""
        return _tenth(Decimal(self.came) / self.days)

    @property
    def stay(self) -> Decimal | None:
        """W, days; None where nothing left."""
        return _tenth(Decimal(self.left_days) / self.left) if self.left else None

    @property
    def product(self) -> Decimal | None:
        """λW, from unrounded values."""
        return _tenth(Decimal(self.came) * self.left_days / (self.left * self.days)) if self.left else None

    @property
    def gap_percent(self) -> int | None:
        """How much L is above λW, in percent of L."""
        if not self.left or not self.area:
            return None
        product = Decimal(self.came) * self.left_days / self.left
        return round(100 * (self.area - product) / self.area)

    @property
    def verdict(self) -> str:
        """Why the two sides agree or not: `steady`; the queue was `growing` or `melting` over the period; else `older`
        (some stay behind) or `clearing` (old ones leave at last); `unknown` where nothing left.
        """
        gap = self.gap_percent
        if gap is None:
            return "unknown"
        if abs(gap) <= CLOSE_ENOUGH:
            return "steady"
        change = 100 * (self.at_end - self.at_start) * self.days
        if abs(change) > CLOSE_ENOUGH * self.area:
            return "growing" if change > 0 else "melting"
        return "older" if gap > 0 else "clearing"

    @property
    def is_proved(self) -> bool | None:
        """Whether the books and the queue agree; None where nobody can count."""
        return None if self.counted is None else self.counted == self.booked


def _tenth(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"))


Days = dict[datetime.date, tuple[int, int, int]]  # came, left or gone, days that these had waited


def read_days(site: Site, until: datetime.date) -> dict[str, Days]:
    """Every closed day of each stage, universes summed: one query."""
    rows = DayFlow.objects.filter(site=site, day__lte=until).order_by()
    columns = ("came", "left", "gone", "left_days", "gone_days")
    found: dict[str, Days] = defaultdict(dict)
    for stage, day, came, left, gone, left_days, gone_days in rows.values_list("stage", "day").annotate(
        *(Sum(name) for name in columns)
    ):
        found[stage][day] = (came, left + gone, left_days + gone_days)
    return found


def little_of(days: Days, period: Period, kind: StepKind | None, **more: Any) -> Little:
    """The two sides of one stage over a period. Pure."""
    there = sum(came - left for day, (came, left, _waited) in days.items() if day < period.start)
    at_start, area, totals = there, 0, [0, 0, 0]
    for n in range(period.days):
        row = days.get(period.start + DAY * n, (0, 0, 0))
        there += row[0] - row[1]
        area += there
        totals = [total + value for total, value in zip(totals, row, strict=True)]
    came, left, left_days = totals
    return Little(kind, period.days, area, came, left, left_days, at_start, there, **more)


def checks_of(site: Site, period: Period) -> list[Little]:
    """The whole chain, then its stages in order: four queries."""
    until = closed_until(site.organisation) or period.end
    days = read_days(site, until)
    counted = count_queues(site, until)
    found = [little_of(days.get(CHAIN, {}), period, None)]
    stages = [kind_of(stage) for stage in days if stage != CHAIN and is_known(stage)]
    for kind in sorted(stages, key=lambda one: (one.order, one.code)):
        rows = days[kind.code]
        booked = sum(came - left for came, left, _waited in rows.values())
        found.append(little_of(rows, period, kind, booked=booked, counted=counted.get(kind.code, 0)))
    return [row for row in found if row.area or row.came or row.left]


def count_queues(site: Site, day: datetime.date) -> dict[str, int]:
    """Tasks of each kind that were open at the end of `day`, counted one by one in the queue itself: two queries."""
    end = midnight(day + DAY)
    found: dict[str, int] = defaultdict(int)
    open_ones = Task.objects.filter(site=site, ended_on__isnull=True, is_training=False, created_at__lt=end)
    for kind, number in open_ones.order_by().values_list("kind").annotate(n=Count("pk")):
        found[kind] += number
    # Those that ended since, a day's work at most, are sorted out here: with more conditions SQLite reads all tasks.
    ended = Task.objects.filter(organisation=site.organisation_id, ended_on__gt=day).order_by()
    for kind, place, is_training, at in ended.values_list("kind", "site_id", "is_training", "created_at"):
        if place == site.pk and not is_training and at < end:
            found[kind] += 1
    return found
