"""Waves and rounds: what is in them, how far each is, what a picker does next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count as Number
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from rebond.core.counting import how_many
from rebond.core.prepared import Prepared
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import OPEN_PARCELS, ParcelState, PickState, RoundState
from rebond.warehouse.models import Movement, Parcel, PickLine, Round, Wave
from rebond.warehouse.models.cut_off import AT
from rebond.warehouse.queries.cut_offs import cut_off_for
from rebond.workshop.models import Task

SHOWN = 20


@dataclass(frozen=True, slots=True)
class Progress:
    """Lines of a round or a wave: all that are still bought, those done (picked or gone), those missing or damaged."""

    lines: int
    done: int
    missing: int

    @property
    def percent(self) -> int:
        return 100 * (self.done + self.missing) // self.lines if self.lines else 0


def to_pick(wave: Wave) -> list[PickLine]:
    """What its rounds are laid for: lines of its parcels that wait."""
    rows = PickLine.objects.filter(parcel__wave=wave, parcel__state=ParcelState.ASKED, state=PickState.TO_PICK)
    return list(rows.select_related("place").order_by("parcel_id", "pk"))


def waves_of(organisation: Any) -> "QuerySet[Wave]":
    """The organisation's, the latest first."""
    rows: QuerySet[Wave] = Wave.objects.filter(organisation=organisation).select_related("site")
    return rows.order_by("-pk")


def with_numbers(waves: "QuerySet[Wave]") -> "QuerySet[Wave]":
    """Each with `parcel_number` and `round_number`."""
    return waves.annotate(
        parcel_number=how_many(Parcel.objects.all(), "wave"), round_number=how_many(Round.objects.all(), "wave")
    )


def progress_of(waves: Sequence[Wave]) -> dict[int, Progress]:
    """{wave's key: how far it is}: one query."""
    return _progress("parcel__wave", [wave.pk for wave in waves])


def progress_of_rounds(rounds: Sequence[Round]) -> dict[int, Progress]:
    """{round's key: how far it is}: one query."""
    return _progress("parcel__round", [one.pk for one in rounds])


def _progress(path: str, keys: Sequence[int]) -> dict[int, Progress]:
    rows: Any = PickLine.objects.filter(**{f"{path}__in": keys}).exclude(state=PickState.DROPPED).order_by()
    found = rows.values(key=F(path)).annotate(
        n=Number("pk"),
        done=Number("pk", filter=Q(state__in=[PickState.PICKED, PickState.GONE])),
        missing=Number("pk", filter=Q(state__in=[PickState.MISSING, PickState.DAMAGED])),
    )
    made = {row["key"]: Progress(row["n"], row["done"], row["missing"]) for row in found}
    return {key: made.get(key, Progress(0, 0, 0)) for key in keys}


def tasks_of(rounds: Sequence[Round]) -> dict[str, Task]:
    """{round's public id: its open task, with who has it}: one query."""
    rows = Task.objects.open().filter(
        kind=PICK, subject_kind="warehouse.round", subject_id__in=[one.public_id for one in rounds]
    )
    return {task.subject_id: task for task in rows.select_related("worker")}


def waiting_numbers(site_ids: Sequence[int], now: datetime | None = None) -> dict[int, list[tuple[datetime, int]]]:
    """{site: [(departure, parcels in no wave)]}, the nearest first: one query, for the form of a new wave."""
    rows = Parcel.objects.filter(site__in=site_ids, state=ParcelState.ASKED, wave=None).order_by("site", "leave_by")
    found: dict[int, list[tuple[datetime, int]]] = {}
    for site, leave_by, n in rows.values_list("site_id", "leave_by").annotate(n=Number("pk")):
        found.setdefault(site, []).append((leave_by, n))
    return found


def next_departure(organisation: Any, now: datetime | None = None) -> datetime:
    """The nearest hour at which something leaves that is in no wave, in local time; else today's at the main site."""
    now = now or timezone.now()
    rows = Parcel.objects.filter(organisation=organisation, state=ParcelState.ASKED, wave=None)
    nearest = rows.filter(leave_by__gt=now).order_by("leave_by").values_list("leave_by", flat=True).first()
    if nearest is not None:
        return timezone.localtime(nearest)
    site = organisation.sites.order_by("-is_main", "name").first()
    at = cut_off_for(site, "").at if site is not None else AT
    return timezone.make_aware(datetime.combine(timezone.localdate(now), at))


_ROUND: Prepared[Round] = Prepared(
    lambda code: Round.objects.filter(public_id=code).select_related("wave__site", "wave__organisation").order_by(),
    "(round)",
)


def round_of(task: Task) -> Round | None:
    """The round of a task of picking."""
    return _ROUND.first(task.subject_id)


# Asked by each scan of a picker: compiled once, without what no screen of a round reads of an object.
_LINES: Prepared[PickLine] = Prepared(
    lambda key: (
        PickLine.objects.filter(parcel__round=key)
        .exclude(state=PickState.DROPPED)
        .select_related("parcel", "item", "place")
        .defer("item__description", "item__attributes", "item__delivery_modes", "item__cover_placeholder")
        .order_by("skips", "turn", "pk")
    ),
    -1,
)


def lines_of_round(one: Round) -> list[PickLine]:
    """All lines of its parcels that are still bought, in the order of the walk, what was put off last."""
    return _LINES.run(one.pk)


def left_on_cart(task: Task) -> list[tuple[int, PickLine]]:
    """What was on the cart when its wave was stopped, of parcels that are not whole, by slot; not what is packed."""
    kept = task.data.get("on_cart", {})
    rows = PickLine.objects.filter(pk__in=[int(key) for key in kept], state=PickState.PICKED)
    rows = rows.filter(parcel__state__in=[ParcelState.ASKED, ParcelState.PICKED]).select_related("parcel")
    return sorted(((kept[str(line.pk)], line) for line in rows), key=lambda one: (one[0], one[1].pk))


def is_late(wave: Wave, now: datetime | None = None) -> bool:
    """Whether its carrier has left while some of its parcels are still here."""
    past = wave.leave_by <= (now or timezone.now())
    return past and Parcel.objects.filter(wave=wave, state__in=OPEN_PARCELS).exists()


def last_moves(line: PickLine) -> list[Movement]:
    """Where its object was, the latest first: somebody may have put it back there."""
    rows = Movement.objects.filter(item=line.item_id).exclude(from_place=None)
    return list(rows.select_related("from_place", "to_place").order_by("-pk")[:5])


def taken_here(line: PickLine) -> list[PickLine]:
    """What others took from the same place lately: two objects may have been taken for one another."""
    if line.place_id is None:
        return []
    taken = PickLine.objects.filter(place=line.place_id, state__in=[PickState.PICKED, PickState.GONE])
    rows = taken.exclude(pk=line.pk).select_related("item")
    return list(rows.order_by("-pk")[:4])


def open_rounds(site: Any) -> list[Round]:
    """Rounds of a site under way, or waiting for somebody."""
    rows = Round.objects.filter(wave__site=site, state=RoundState.OPEN).select_related("wave")
    return list(rows.order_by("wave__leave_by", "wave_id", "number")[:SHOWN])


def task_of_line(line_id: Any, organisation: Any) -> Task | None:
    """The open task of the round that has this line, or None."""
    found = Round.objects.filter(parcels__lines=line_id).values_list("public_id", flat=True)
    rows = Task.objects.open().filter(organisation=organisation, kind=PICK, subject_kind="warehouse.round")
    task: Task | None = rows.filter(subject_id__in=list(found)).first()
    return task
