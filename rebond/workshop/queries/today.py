"""Today at a site: how much came and went, who is at which station, in which state its tablets are.

People are told by their first name and station, from the badges read today: no hour, no status, no number of tasks
for anybody (rules.md B9, F8).
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import caches
from django.db.models import Sum
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.dates import midnight
from rebond.network.models import Site
from rebond.workshop.data.chain import PHOTOGRAPH
from rebond.workshop.enums import StepResult
from rebond.workshop.kinds import all_kinds, is_known, kind_of
from rebond.workshop.models import DayFlow, Device, SecurityEvent, Station, Step
from rebond.workshop.models.figures import CHAIN
from rebond.workshop.queries.closing import ITEM, closed_until

SIGNED_IN = ("badge.read", "pin.right", "request.used")
UNSEEN = 7  # days without a touch after which a tablet is told
TREND = 14
FIGURES_SECONDS = 60
DAY = datetime.timedelta(days=1)


@dataclass(slots=True)
class Post:
    """A station today: its tablets, each with whether it was not seen for a week, and the first names of those whose
    badge was last read there.
    """

    station: Station
    devices: list[tuple[Device, bool]] = field(default_factory=list)
    people: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of today beside that of the same day a week ago, and those of the last finished days."""

    today: int
    week_ago: int | None
    trend: tuple[int, ...]

    @property
    def more(self) -> int | None:
        return None if self.week_ago is None else self.today - self.week_ago


def is_unseen(device: Device, today: datetime.date) -> bool:
    """Whether nobody touched it for a week, or ever."""
    return device.seen_on is None or (today - device.seen_on).days >= UNSEEN


def posts_of(site: Site, *, today: datetime.date | None = None) -> list[Post]:
    """Open stations in their order."""
    today = today or timezone.localdate()
    posts = {s.pk: Post(s) for s in Station.objects.open().filter(site=site).order_by("position", "pk")}
    for device in Device.objects.working().filter(station__in=posts).order_by("name", "pk"):
        posts[device.station_id].devices.append((device, is_unseen(device, today)))
    for name, station in people_at(site, today=today).values():
        if station in posts:
            posts[station].people.append(name)
    return list(posts.values())


def people_at(site: Site, *, today: datetime.date | None = None) -> dict[int, tuple[str, int]]:
    """{person: (first name, station)} of those whose badge was read at the site today."""
    rows = SecurityEvent.objects.filter(
        at__gte=midnight(today or timezone.localdate()),
        kind__in=SIGNED_IN,
        worker__ended_on__isnull=True,
        device__station__site=site,
    )
    names = rows.order_by("at", "pk").values_list("worker_id", "worker__first_name", "device__station_id")
    found: dict[int, tuple[str, int]] = {}
    for worker, first_name, station in names:
        found[worker] = (first_name, station)
    return dict(sorted(found.items(), key=lambda one: (one[1][0], one[0])))


def unseen_devices(site: Site, *, today: datetime.date | None = None) -> Sequence[Device]:
    """Tablets that nobody touched for a week: lost, broken or not needed."""
    rows = Device.objects.working().filter(station__site=site, station__closed_at__isnull=True)
    found = rows.select_related("station").order_by("name", "pk")
    return [device for device in found if is_unseen(device, today or timezone.localdate())]


def _first_kinds() -> list[str]:
    """Kinds of steps by which objects come into the chain."""
    before = kind_of(PHOTOGRAPH).order if is_known(PHOTOGRAPH) else 0
    return [kind.code for kind in all_kinds() if kind.order < before]


def came_today(site: Site, *, today: datetime.date) -> int:
    """Objects that came into the chain today. The kind of subject is looked at here: in SQL it leads SQLite to the
    index of all subjects, and a page of 4,000,000 steps took minutes.
    """
    rows = Step.objects.real().filter(organisation=site.organisation_id, day=today, kind__in=_first_kinds(), site=site)
    found = rows.exclude(result=StepResult.RETURNED).order_by().values_list("subject_kind", "subject_id")
    return len({subject for kind, subject in found if kind == ITEM})


def online_today(site: Site, *, today: datetime.date) -> int:
    """Objects of the site first put online today."""
    rows = Item.objects.filter(
        seller=site.organisation_id, state__in=ItemState.values, published_at__gte=midnight(today), site=site
    )
    found: int = rows.count()
    return found


def kept_figures(site: Site) -> dict[str, Figure]:
    """The same as `figures_of`, counted again once a minute at most: for screens that look again by themselves."""
    key = f"workshop.today.{site.pk}.{timezone.localdate()}"
    known: dict[str, Figure] | None = caches["local"].get(key)
    if known is None:
        known = figures_of(site)
        caches["local"].set(key, known, FIGURES_SECONDS)
    return known


def figures_of(site: Site, *, today: datetime.date | None = None) -> dict[str, Figure]:
    """What came and what went online: today, a week ago, and each of the last finished days."""
    today = today or timezone.localdate()
    until = closed_until(site.organisation)
    days = [until - DAY * n for n in range(TREND - 1, -1, -1)] if until else []
    rows: Any = DayFlow.objects.filter(site=site, stage=CHAIN, day__range=(days[0], days[-1])) if days else []
    known: dict[datetime.date, tuple[int, int]] = {}
    if days:
        summed = rows.order_by().values_list("day").annotate(Sum("came"), Sum("left"))
        known = {day: (came, left) for day, came, left in summed}
    ago = today - 7 * DAY
    found = {}
    for place, (name, number) in enumerate(
        (("came", came_today(site, today=today)), ("online", online_today(site, today=today)))
    ):
        trend = tuple(known.get(day, (0, 0))[place] for day in days)
        found[name] = Figure(number, known.get(ago, (0, 0))[place] if ago in days else None, trend)
    return found
