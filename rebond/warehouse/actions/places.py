"""Make places in bulk, boxes, and close those that are empty."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.catalogue.queries import categories
from rebond.core.locks import lock_row
from rebond.core.models import Job, JobState
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.warehouse.codes import CONTAINER, PLACE, make_place_code
from rebond.warehouse.enums import CONTAINERS, PlaceKind
from rebond.warehouse.errors import FieldInvalid, PlaceNotEmpty
from rebond.warehouse.models import Place
from rebond.warehouse.tasks import make_many_places

AT_ONCE = 500
MOST = 20_000
CHUNK = 500
MOST_BOXES = 500


@dataclass(frozen=True, slots=True)
class Plan:
    """What to make: aisles by name, so many bays in each, so many levels in each, so many bins on each (0: none).

    `zone` is a short name before all of them, or "". `capacity` and `goods` (a category's key) are those of the
    places that hold things: the bins, or the levels where there is no bin.
    """

    zone: str
    aisles: tuple[str, ...]
    bays: int
    levels: int
    bins: int = 0
    capacity: int | None = None
    goods: str = ""

    @property
    def stored(self) -> int:
        """How many places will hold things."""
        return len(self.aisles) * self.bays * self.levels * max(self.bins, 1)

    @property
    def total(self) -> int:
        """How many places are made, with aisles and bays."""
        aisles, bays = len(self.aisles), len(self.aisles) * self.bays
        return bool(self.zone) + aisles + bays + bays * self.levels * (1 + self.bins)

    def rows(self) -> Iterator[tuple[str, str, str, str]]:
        """(kind, name, label, label of the parent), parents first."""
        start = self.zone
        if self.zone:
            yield PlaceKind.ZONE, self.zone, self.zone, ""
        for aisle in self.aisles:
            label = f"{start}-{aisle}" if start else aisle
            yield PlaceKind.AISLE, aisle, label, start
            for bay in range(1, self.bays + 1):
                in_bay = f"{label}-{bay:02}"
                yield PlaceKind.BAY, f"{bay:02}", in_bay, label
                for level in range(1, self.levels + 1):
                    on_level = f"{in_bay}-{level}"
                    yield PlaceKind.SHELF, str(level), on_level, in_bay
                    for part in range(1, self.bins + 1):
                        yield PlaceKind.BIN, str(part), f"{on_level}-{part}", on_level

    def examples(self) -> list[str]:
        """The labels of the first and the last places that will hold things."""
        last = (
            f"{self.zone + '-' if self.zone else ''}{self.aisles[-1]}-{self.bays:02}-{self.levels}"
            f"{f'-{self.bins}' if self.bins else ''}"
        )
        first = f"{self.zone + '-' if self.zone else ''}{self.aisles[0]}-01-1{'-1' if self.bins else ''}"
        return [first, last]


def check_plan(*, site: Site, plan: Plan) -> None:
    """Raise FieldInvalid where the plan is too big, or where one of its labels is taken at the site."""
    if plan.total > MOST:
        raise FieldInvalid(
            "bays", _("%(n)s places are too many: 20,000 at most at once.") % {"n": f"{plan.total:,}".replace(",", " ")}
        )
    starts = [plan.zone] if plan.zone else list(plan.aisles)
    taken = Place.objects.filter(site=site, label__in=starts).order_by("label").first()
    if taken is not None:
        field = "zone" if plan.zone else "aisles"
        raise FieldInvalid(field, _("%(label)s is there already. Choose another name.") % {"label": taken.label})


@transaction.atomic
def make_places(*, site: Site, plan: Plan, by: Any) -> Job | None:
    """Make the places of `plan`: at once up to 500, else by a task whose job is returned. Raise FieldInvalid."""
    check_plan(site=site, plan=plan)
    if plan.total <= AT_ONCE:
        _write(site, plan, list(plan.rows()), {})
        _told(site, plan, by)
        return None
    job = Job.objects.create(
        kind="warehouse.places",
        owner_kind="network.organisation",
        owner_id=site.organisation.public_id,
        total=plan.total,
        result={"places": plan.stored},
    )
    make_many_places.enqueue(job.pk, site.pk, asdict(plan), by.pk if by else None)
    return job


def run_places(*, job_id: int, site_id: int, plan: dict[str, Any], by_id: int | None) -> None:
    """The worker's part, 500 places at a time; a run after a kill goes on where the last chunk was committed."""
    job = Job.objects.get(pk=job_id)
    if job.is_over:
        return
    site = Site.objects.select_related("organisation").get(pk=site_id)
    made = Plan(**{**plan, "aisles": tuple(plan["aisles"])})
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=job.started_at or timezone.now())
    known: dict[str, Place] = {}
    for number, some in enumerate(batched(made.rows(), CHUNK)):
        if number * CHUNK < job.done:
            continue
        _chunk(job, site, made, some, known)
    with transaction.atomic():
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=timezone.now())
        _told(site, made, User.objects.filter(pk=by_id).first() if by_id is not None else None)


@transaction.atomic
def _chunk(job: Job, site: Site, plan: Plan, rows: Sequence[Any], known: dict[str, Place]) -> None:
    wanted = {parent for _kind, _name, _label, parent in rows if parent and parent not in known}
    known.update({p.label: p for p in Place.objects.filter(site=site, label__in=wanted).order_by("pk")})
    _write(site, plan, rows, known)
    Job.objects.filter(pk=job.pk).update(done=F("done") + len(rows))


def _write(site: Site, plan: Plan, rows: Sequence[Any], known: dict[str, Place]) -> None:
    """One level after the other, so that parents have their keys."""
    goods = categories.by_key(plan.goods) if plan.goods else None
    deepest = PlaceKind.BIN if plan.bins else PlaceKind.SHELF
    for kind in (PlaceKind.ZONE, PlaceKind.AISLE, PlaceKind.BAY, PlaceKind.SHELF, PlaceKind.BIN):
        made = []
        of_kind = [row for row in rows if row[0] == kind]
        for code, (_kind, name, label, parent) in zip(fresh_codes(PLACE, len(of_kind)), of_kind, strict=True):
            above = known.get(parent)
            holds = kind == deepest
            made.append(
                Place(
                    code=code,
                    organisation_id=site.organisation_id,
                    site=site,
                    parent=above,
                    kind=kind,
                    name=name,
                    label=label,
                    path=f"{above.path if above else ''}{code}/",
                    is_storage=holds,
                    capacity=plan.capacity if holds else None,
                    goods=goods if holds else None,
                )
            )
        Place.objects.bulk_create(made, batch_size=CHUNK)
        known.update({place.label: place for place in made})


def fresh_codes(letter: str, number: int) -> list[str]:
    """Codes that no place has: among 75,000 random ones some five would else be drawn twice."""
    found: set[str] = set()
    while len(found) < number:
        drawn = {make_place_code(letter) for _ in range(number - len(found))} - found
        found |= drawn - set(Place.objects.filter(code__in=drawn).values_list("code", flat=True))
    return list(found)


def _told(site: Site, plan: Plan, by: Any) -> None:
    record("warehouse.places.made", subject=site, by=by, organisation=site.organisation, number=plan.total)


@transaction.atomic
def make_boxes(*, site: Site, kind: str, number: int, by: Any, capacity: int | None = None) -> list[Place]:
    """Boxes or trolleys with the next free numbers of the organisation; they stand nowhere yet. Raise FieldInvalid."""
    if kind not in CONTAINERS:
        raise FieldInvalid("kind", _("Choose boxes or trolleys."))
    if not 1 <= number <= MOST_BOXES:
        raise FieldInvalid("number", _("From 1 to 500 at once."))
    kind = PlaceKind(kind)
    start = Place.objects.filter(organisation_id=site.organisation_id, kind=kind).count()
    made = []
    for n, code in enumerate(fresh_codes(CONTAINER, number), start=start + 1):
        name = f"{n:03}"
        made.append(
            Place(
                code=code,
                organisation_id=site.organisation_id,
                site=site,
                kind=kind,
                name=name,
                label=f"{kind.label} {name}",
                path=f"{code}/",
                is_storage=True,
                capacity=capacity,
            )
        )
    Place.objects.bulk_create(made)
    record("warehouse.places.made", subject=site, by=by, organisation=site.organisation, number=number)
    return made


@transaction.atomic
def change_place(*, place: Place, capacity: int | None, goods: str, by: Any) -> Place:
    """How many units fit (None: nobody counts) and what is kept there (a category's key, or ""). Raise FieldInvalid."""
    if capacity is not None and capacity < 1:
        raise FieldInvalid("capacity", _("One at least, or nothing."))
    Place.objects.filter(pk=place.pk).update(
        capacity=capacity, goods=categories.by_key(goods) if goods else None, version=F("version") + 1
    )
    place.refresh_from_db()
    record("warehouse.place.changed", subject=place, by=by, organisation=place.organisation)
    return place


@transaction.atomic
def close_place(*, place: Place, by: Any) -> Place:
    """Nothing goes there any more; twice is once. Raise PlaceNotEmpty where something lies or stands there."""
    place = lock_row(place)
    if place.holdings.exists() or place.children.filter(closed_on__isnull=True).exists() or place.is_waiting:
        raise PlaceNotEmpty
    if Place.objects.filter(pk=place.pk, closed_on__isnull=True).update(
        closed_on=timezone.localdate(), version=F("version") + 1
    ):
        record("warehouse.place.closed", subject=place, by=by, organisation=place.organisation)
    place.refresh_from_db()
    return place
