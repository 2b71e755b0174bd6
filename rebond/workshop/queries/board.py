"""The chain of a site at a glance: what waits at each stage, since when, how fast it comes and goes, what blocks.

Counts come from open tasks (one covering index), rates from the finished days of the last two weeks
(`DayFlow`). The number of queries does not depend on the number of rows.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.cache import caches
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.network.models import Site
from rebond.workshop.enums import TaskState
from rebond.workshop.kinds import StepKind, all_kinds
from rebond.workshop.models import DayFlow, Station, Task
from rebond.workshop.queries.closing import ITEM, closed_until

SPAN = 14  # finished days over which rates are taken
FRESH, LATE = datetime.timedelta(days=3), datetime.timedelta(days=7)
CARDS = 3
ON_SALE_SECONDS = 60


@dataclass(slots=True)
class Stage:
    """One column. `oldest` and `median` are moments since when; rates are per day, over `span` finished days."""

    kind: StepKind
    waiting: int = 0
    taken: int = 0
    paused: int = 0
    returned: int = 0
    helped: int = 0
    total: int = 0
    middling: int = 0
    late: int = 0
    oldest: datetime.datetime | None = None
    median: datetime.datetime | None = None
    limit: int | None = None
    came: int = 0
    left: int = 0
    span: int = 0
    stations: list[Station] = field(default_factory=list)
    cards: list[Any] = field(default_factory=list)

    @property
    def fresh(self) -> int:
        return self.total - self.middling - self.late

    @property
    def blocked(self) -> int:
        return self.paused + self.returned + self.helped

    @property
    def is_over(self) -> bool:
        return self.limit is not None and self.total > self.limit

    @property
    def came_a_day(self) -> Decimal:
        return a_day(self.came, self.span)

    @property
    def left_a_day(self) -> Decimal:
        return a_day(self.left, self.span)

    @property
    def is_growing(self) -> bool:
        return self.came > self.left

    @property
    def days_to_empty(self) -> int | None:
        """How long the last one waits at the present pace (Little's law: L / rate); None where nothing leaves."""
        return -(-self.total * self.span // self.left) if self.left and self.span else None


@dataclass(frozen=True, slots=True)
class OnSale:
    """What the chain leads to: objects of the site on sale, since when the oldest and the middle one are."""

    total: int
    oldest: datetime.datetime | None
    median: datetime.datetime | None


def a_day(number: int, days: int) -> Decimal:
    """A rate to one decimal."""
    return (Decimal(number) / days).quantize(Decimal("0.1")) if days else Decimal(0)


def open_tasks(site: Site) -> Any:
    """What waits or is being done, exercises left out."""
    return Task.objects.filter(site=site, ended_on__isnull=True, is_training=False)


def stages_of(site: Site, *, now: datetime.datetime | None = None, with_cards: bool = True) -> list[Stage]:
    """The columns, in the order of the chain: those that have a station here or something that waits."""
    now = now or timezone.now()
    stages = {kind.code: Stage(kind) for kind in all_kinds() if kind.has_queue}
    _count(stages, site, now)
    for station in Station.objects.open().filter(site=site).order_by("position", "pk"):
        for stage in stages.values():
            if station.kind in stage.kind.stations:
                stage.stations.append(station)
                if station.limit is not None:
                    stage.limit = (stage.limit or 0) + station.limit
    shown = [stage for stage in stages.values() if stage.total or stage.stations]
    _rates(shown, site)
    shown = [stage for stage in shown if not _is_idle(stage, shown)]
    for stage in shown:
        _ages(stage, site, with_cards=with_cards)
    return shown


def _is_idle(stage: Stage, stages: Sequence[Stage]) -> bool:
    """Whether nothing of it waits or moved, at a station that does something before it (books known by their code)."""
    others = (one for one in stages if one.kind.order < stage.kind.order)
    shared = any(one.kind.stations & stage.kind.stations for one in others)
    return shared and not (stage.total or stage.came or stage.left)


def _count(stages: dict[str, Stage], site: Site, now: datetime.datetime) -> None:
    waiting = Q(state=TaskState.WAITING)
    rows = open_tasks(site).filter(kind__in=stages).order_by().values("kind")
    counted = rows.annotate(
        total=Count("pk"),
        taken=Count("pk", filter=Q(state=TaskState.TAKEN)),
        paused=Count("pk", filter=Q(state=TaskState.PAUSED)),
        returned=Count("pk", filter=waiting & ~Q(return_reason="")),
        late=Count("pk", filter=Q(created_at__lt=now - LATE)),
        middling=Count("pk", filter=Q(created_at__gte=now - LATE, created_at__lt=now - FRESH)),
        oldest=Min("created_at"),
    )
    for row in counted:
        stage = stages[row.pop("kind")]
        for name, value in row.items():
            setattr(stage, name, value)
        stage.waiting = stage.total - stage.taken - stage.paused
    helped = Task.objects.filter(site=site, state=TaskState.TAKEN, worker__help_call__isnull=False, kind__in=stages)
    for kind, number in helped.order_by().values_list("kind").annotate(n=Count("pk")):
        stages[kind].helped = number


def _rates(stages: Sequence[Stage], site: Site) -> None:
    until = closed_until(site.organisation)
    if until is None:
        return
    since = until - datetime.timedelta(days=SPAN - 1)
    by_kind = {stage.kind.code: stage for stage in stages}
    rows = DayFlow.objects.filter(site=site, stage__in=by_kind, day__range=(since, until)).order_by()
    for stage in stages:
        stage.span = SPAN
    for kind, came, left, gone in rows.values_list("stage").annotate(Sum("came"), Sum("left"), Sum("gone")):
        by_kind[kind].came, by_kind[kind].left = came, left + gone


def _ages(stage: Stage, site: Site, *, with_cards: bool) -> None:
    """The middle one, and the oldest ones as cards: the index holds them in this order."""
    if not stage.total:
        return
    rows = open_tasks(site).filter(kind=stage.kind.code).order_by("created_at")
    middle = (stage.total - 1) // 2
    stage.median = next(iter(rows.values_list("created_at", flat=True)[middle : middle + 1]), None)
    if with_cards:
        stage.cards = list(rows.select_related("worker")[:CARDS])


def with_items(tasks: Sequence[Task]) -> None:
    """Each task of an object gets it as `item` (None for the others): one query."""
    codes = {task.subject_id for task in tasks if task.subject_kind == ITEM}
    rows = Item.objects.filter(code__in=codes).only("code", "title", "cover", "cover_color")
    items = {item.code: item for item in rows.order_by("pk")}
    for task in tasks:
        task.item = items.get(task.subject_id) if task.subject_kind == ITEM else None  # type: ignore[attr-defined]


def bottleneck(stages: Sequence[Stage]) -> Stage | None:
    """The stage that holds the chain up; None where each queue empties within a day.

    First those where more came than left over the last finished days, else all; among them the one whose last task
    waits the longest at the present pace (a queue that nothing leaves waits for ever).
    """
    waiting = [stage for stage in stages if stage.total and stage.span]

    def wait(stage: Stage) -> float:
        return float("inf") if stage.days_to_empty is None else stage.days_to_empty

    slow = [stage for stage in waiting if wait(stage) > 1]
    growing = [stage for stage in slow if stage.is_growing]
    return max(growing or slow, key=lambda stage: (wait(stage), stage.total), default=None)


def on_sale(site: Site) -> OnSale:
    """Counted again once a minute at most: half a million of them take some tens of milliseconds."""
    key = f"workshop.board.sale.{site.pk}"
    known: OnSale | None = caches["local"].get(key)
    if known is None:
        rows = Item.objects.filter(site=site, state=ItemState.ON_SALE).order_by("published_at")
        total = rows.order_by().count()
        dates = rows.values_list("published_at", flat=True)
        oldest, median = dates.first(), next(iter(dates[max(total - 1, 0) // 2 :][:1]), None)
        known = OnSale(total, oldest, median)
        caches["local"].set(key, known, ON_SALE_SECONDS)
    return known
