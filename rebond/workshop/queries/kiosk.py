"""The person's screen at a station: what to do now, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebond.workshop.kinds import StepKind, all_kinds, kind_of, kinds_at
from rebond.workshop.models import ReviewNote, Station, Task, Worker
from rebond.workshop.queries.queue import done_today, own_task, proposed_task, waiting_counts
from rebond.workshop.queries.skills import kinds_open_to

HOPS = 12  # balls drawn at most


@dataclass(frozen=True, slots=True)
class Next:
    """Other work of the station: its kind and how many wait (0 for work that starts alone)."""

    kind: StepKind
    waiting: int


@dataclass(frozen=True, slots=True)
class Now:
    """`task` is the person's own, or the one proposed; `left` counts it; `hops` are done, current or to come."""

    kind: StepKind
    task: Task
    is_own: bool
    done: int
    left: int
    hops: Sequence[str]


def hops(done: int, left: int, most: int = HOPS) -> list[str]:
    """The row of balls: at most `most`, those done first, then the current one, then what is to come."""
    before = min(done, max(0, most - min(left, most)) if left < most else most // 2)
    after = min(max(left - 1, 0), most - before - 1)
    return ["done"] * before + (["current"] if left else []) + ["todo"] * after


def kinds_of_place(station: Station | None) -> list[StepKind]:
    """What may be done here: the station's kinds, or all of them on a device of one's own."""
    return kinds_at(station.kind) if station is not None else all_kinds()


def home_of(worker: Worker, *, site: Any, station: Station | None) -> tuple[Now | None, list[Next]]:
    """What to show first, and the other work that waits here (three at most)."""
    kinds = kinds_open_to(worker, kinds_of_place(station))
    counts = waiting_counts(site=site, kinds=kinds, station=station)
    task = own_task(worker, station)
    is_own = task is not None
    if task is None:
        task = proposed_task(worker, site=site, kinds=kinds, station=station)
    now = None
    if task is not None:
        kind = kind_of(task.kind)
        done = done_today(worker, kind.code)
        left = counts.get(kind.code, (0, None))[0] + (1 if is_own else 0)
        now = Now(kind, task, is_own, done, left, hops(done, left))
    others = [
        Next(kind, counts.get(kind.code, (0, None))[0])
        for kind in kinds
        if (kind.code in counts or kind.starts_alone) and (now is None or kind != now.kind)
    ]
    return now, others[:3]


def notes_waiting(worker: Worker) -> int:
    """How many corrections of their listings the person has not read yet."""
    return ReviewNote.objects.filter(writer=worker).count()
