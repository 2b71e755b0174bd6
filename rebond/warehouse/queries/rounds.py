"""Rounds at the desk: who has each, since when it is proposed, and how long a stop takes at a site (never a person)."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from rebond.warehouse.data import PICK
from rebond.warehouse.enums import RoundState
from rebond.warehouse.models import PickLine, Round
from rebond.workshop.enums import TaskState
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.guard import PEOPLE

RUNNING, PAUSED, WAITING, ENDED = "en-cours", "en-pause", "a-prendre", "finies"
OF_TASK = {RUNNING: TaskState.TAKEN, PAUSED: TaskState.PAUSED, WAITING: TaskState.WAITING}
WEEKS = 4
MOST_STEPS = 5_000  # of these weeks, the last ones
LONGEST_S = 600  # between two objects: more is a break, or another work


def rounds_of(organisation: Any, choice: str = "") -> "QuerySet[Round]":
    """The organisation's, the latest first; `choice`: one of the four, "" for all."""
    rows: QuerySet[Round] = Round.objects.filter(wave__organisation=organisation).select_related("wave__site")
    if choice == ENDED:
        rows = rows.exclude(state=RoundState.OPEN)
    elif choice in OF_TASK:
        about = {"kind": PICK, "subject_kind": "warehouse.round", "subject_id": OuterRef("public_id")}
        rows = rows.filter(Exists(Task.objects.filter(state=OF_TASK[choice], **about)), state=RoundState.OPEN)
    return rows.order_by("-pk")


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds from an object to the next one of its round, the middle one of `stops`."""

    site: str
    seconds: int
    stops: int


def paces_of(organisation: Any, now: datetime.datetime | None = None) -> list[Pace]:
    """By site, of the four last whole weeks; only sites where three people at least picked in one of these weeks.

    From people whose hours may be kept alone (workshop/data/recording.py). Two queries.
    """
    today = timezone.localdate(now)
    monday = today - datetime.timedelta(days=today.weekday())
    days = (monday - datetime.timedelta(weeks=WEEKS), monday - datetime.timedelta(days=1))
    rows = Step.objects.real().filter(organisation=organisation, kind=PICK, day__range=days, ended_at__isnull=False)
    found = rows.order_by("-pk").values_list("site__name", "worker_id", "day", "ended_at", "data")
    steps = [row for row in found[:MOST_STEPS] if row[0] and row[4].get("line")]
    return _by_site(steps, _rounds_of_lines({row[4]["line"] for row in steps}))


def _rounds_of_lines(lines: set[int]) -> dict[int, int]:
    rows = PickLine.objects.filter(pk__in=lines, parcel__round__isnull=False)
    return dict(rows.order_by().values_list("pk", "parcel__round"))


def _by_site(steps: list[Any], rounds: dict[int, int]) -> list[Pace]:
    hours: dict[str, dict[int, list[datetime.datetime]]] = defaultdict(lambda: defaultdict(list))
    people: dict[str, dict[datetime.date, set[int]]] = defaultdict(lambda: defaultdict(set))
    for site, worker, day, ended_at, data in steps:
        people[site][day - datetime.timedelta(days=day.weekday())].add(worker)
        if (key := rounds.get(data["line"])) is not None:
            hours[site][key].append(ended_at)
    made = []
    for site, by_round in sorted(hours.items()):
        gaps = [gap for moments in by_round.values() for gap in _gaps(moments)]
        if gaps and max(len(some) for some in people[site].values()) >= PEOPLE:
            made.append(Pace(site, round(median(gaps)), len(gaps)))
    return made


def _gaps(moments: list[datetime.datetime]) -> list[float]:
    ordered = sorted(moments)
    gaps = [(then - first).total_seconds() for first, then in pairwise(ordered)]
    return [gap for gap in gaps if gap <= LONGEST_S]
