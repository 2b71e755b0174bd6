"""What the closing of finished days reads: a week of an organisation, some thousands of plain rows at a time."""

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import Min
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.network.models import Organisation
from rebond.workshop.enums import StepResult, TaskState
from rebond.workshop.models import ClosedDays, Step, Task

ITEM = "catalogue.item"
DAY = datetime.timedelta(days=1)
BATCH = 500
ROWS = 5_000
Batches = Iterable[Sequence[Any]]
WITHDRAWN = ("catalogue.item.withdrawn", "catalogue.item.deleted")


@dataclass(frozen=True, slots=True)
class Way:
    """An object's way through the chain: where and when it began, its universe, its first day online."""

    site_id: int | None
    began: datetime.date
    universe: str
    online: datetime.date | None

    @property
    def is_through_the_chain(self) -> bool:
        """Whether work on it began before it was online (an object stored years after its sale has no way here)."""
        return self.online is None or self.began <= self.online


def first_day(organisation: Organisation) -> datetime.date | None:
    """The first day of work or of waiting; None where nothing was ever done."""
    step = Step.objects.filter(organisation=organisation).aggregate(day=Min("day"))["day"]
    task = Task.objects.filter(organisation=organisation).aggregate(at=Min("created_at"))["at"]
    days = [day for day in (step, task and timezone.localdate(task)) if day]
    return min(days, default=None)


def closed_until(organisation: Organisation) -> datetime.date | None:
    """The last day whose figures are written; None before the first closing."""
    return ClosedDays.objects.filter(organisation=organisation).values_list("until", flat=True).first()


def organisations_at_work() -> Iterable[Organisation]:
    """Those that have stations."""
    return Organisation.objects.filter(sites__stations__isnull=False).distinct().order_by("pk")


def steps_between(organisation: Organisation, start: datetime.date, end: datetime.date) -> Batches:
    """(day, site, station, kind, result, subject kind, subject, worker, partner) of real steps, both days included."""
    names = ("day", "site_id", "station_id", "kind", "result", "subject_kind", "subject_id", "worker_id", "partner_id")
    return _in_batches(_steps(organisation, start, end).order_by("pk").values_list(*names))


def _steps(organisation: Organisation, start: datetime.date, end: datetime.date) -> Any:
    return Step.objects.real().filter(organisation=organisation, day__range=(start, end), site__isnull=False)


def _in_batches(rows: Any) -> Batches:
    """Read from the database as they are wanted: a week of steps never lies in memory whole."""
    return batched(rows.iterator(chunk_size=ROWS), ROWS)


def objects_between(organisation: Organisation, start: datetime.date, end: datetime.date) -> Iterator[Sequence[str]]:
    """Codes, each once, of the objects that had a step, came online (any day of the week) or were withdrawn.

    What a batch finds again is left out by asking about the batch: nothing is kept of those before it. The kind of
    subject is looked at here: in SQL it leads SQLite to the index of all subjects.
    """
    monday = start - datetime.timedelta(days=start.weekday())
    published = _published(organisation, monday, end)
    worked = _steps(organisation, monday, end).order_by("pk").values_list("pk", "subject_kind", "subject_id")
    for some in _in_batches(worked):
        codes = {subject for _pk, kind, subject in some if kind == ITEM}
        yield sorted(codes - _worked_before(codes, organisation, monday, end, below=some[0][0]))
    for some in _in_batches(published.order_by("pk").values_list("code", flat=True)):
        yield sorted(set(some) - _worked_before(some, organisation, monday, end))
    withdrawn = _withdrawn(organisation, start, end)
    for some in _in_batches(withdrawn.order_by("pk").values_list("pk", "subject_id")):
        found = {subject for _pk, subject in some}
        found -= _those(withdrawn.filter(pk__lt=some[0][0]), "subject_id", found)
        found -= _those(published, "code", found)
        yield sorted(found - _worked_before(found, organisation, monday, end))


def _worked_before(
    codes: Iterable[str], organisation: Organisation, start: datetime.date, end: datetime.date, *, below: int = 0
) -> set[str]:
    """Those that had a step of the organisation in these days, with a key under `below` (0: any)."""
    found: set[str] = set()
    for some in batched(sorted(codes), BATCH):
        rows = Step.objects.real().filter(subject_kind=ITEM, subject_id__in=some, site__isnull=False).order_by()
        for code, pk, day, owner in rows.values_list("subject_id", "pk", "day", "organisation_id"):
            if owner == organisation.pk and start <= day <= end and (not below or pk < below):
                found.add(code)
    return found


def _those(rows: Any, name: str, codes: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for some in batched(sorted(codes), BATCH):
        found.update(rows.filter(**{f"{name}__in": some}).order_by().values_list(name, flat=True))
    return found


def tasks_opened(organisation: Organisation, start: datetime.date, end: datetime.date) -> Batches:
    """(kind, site, subject kind, subject, moment)."""
    rows = Task.objects.filter(
        organisation=organisation,
        state__in=TaskState.values,
        created_at__gte=midnight(start),
        created_at__lt=midnight(end + DAY),
        is_training=False,
    )
    return _in_batches(rows.order_by("pk").values_list("kind", "site_id", "subject_kind", "subject_id", "created_at"))


def tasks_ended(organisation: Organisation, start: datetime.date, end: datetime.date) -> Batches:
    """(kind, site, subject kind, subject, moment it was opened, day it ended, state)."""
    rows = Task.objects.filter(organisation=organisation, ended_on__range=(start, end), is_training=False)
    names = ("kind", "site_id", "subject_kind", "subject_id", "created_at", "ended_on", "state")
    return _in_batches(rows.order_by("pk").values_list(*names))


def _published(organisation: Organisation, start: datetime.date, end: datetime.date) -> Any:
    """The objects first put online in these days."""
    return Item.objects.filter(
        seller=organisation,
        state__in=ItemState.values,  # all: the index holds them in this order
        published_at__gte=midnight(start),
        published_at__lt=midnight(end + DAY),
    )


def _withdrawn(organisation: Organisation, start: datetime.date, end: datetime.date) -> Any:
    """Entries of the objects withdrawn or deleted in these days."""
    return Entry.objects.filter(
        organisation_id=organisation.public_id,
        at__gte=midnight(start),
        at__lt=midnight(end + DAY),
        action__in=WITHDRAWN,
        subject_kind=ITEM,
    )


def first_withdrawals(codes: Iterable[str]) -> dict[str, datetime.date]:
    """The first day on which each was withdrawn, for those that were."""
    found: dict[str, datetime.date] = {}
    for batch in batched(sorted(set(codes)), BATCH):
        rows = Entry.objects.filter(subject_kind=ITEM, subject_id__in=batch, action__in=WITHDRAWN)
        for code, at in rows.order_by("-at", "-pk").values_list("subject_id", "at"):
            found[code] = timezone.localdate(at)
    return found


def universe_of(category_id: int) -> str:
    """Key of the universe that a category stands in."""
    return categories.ancestors_of(categories.get(category_id))[0].key


def ways_of(codes: Iterable[str]) -> dict[str, Way]:
    """By code, for the objects that had a step and still exist."""
    found: dict[str, Way] = {}
    for batch in batched(sorted(set(codes)), BATCH):
        began: dict[str, tuple[datetime.date, int | None]] = {}
        rows = Step.objects.real().filter(subject_kind=ITEM, subject_id__in=batch).exclude(result=StepResult.RETURNED)
        for code, site, day in rows.order_by().values_list("subject_id", "site_id").annotate(first=Min("day")):
            if code not in began or day < began[code][0]:
                began[code] = (day, site)
        items = Item.objects.filter(code__in=began).order_by("pk")
        for code, category_id, published in items.values_list("code", "category_id", "published_at"):
            first, place = began[code]
            online = timezone.localdate(published) if published else None
            found[code] = Way(place, first, universe_of(category_id), online)
    return found


def universes_of(codes: Iterable[str]) -> dict[str, str]:
    """Universe of each object that exists."""
    found: dict[str, str] = {}
    for batch in batched(sorted(set(codes)), BATCH):
        rows = Item.objects.filter(code__in=batch).order_by("pk").values_list("code", "category_id")
        found.update((code, universe_of(category)) for code, category in rows)
    return found
