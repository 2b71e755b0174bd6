"""The person's screen at a station: what to do now, what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebond.workshop.enums import TaskState
from rebond.workshop.kinds import StepKind, all_kinds, kind_of, kinds_at
from rebond.workshop.models import ReviewNote, Station, Task, Worker
from rebond.workshop.queries.queue import done_today, own_tasks, proposed_task, waiting_counts
from rebond.workshop.queries.skills import kinds_open_to
from rebond.workshop.queries.together import other_hand

HOPS = 12  # balls drawn at most


@dataclass(frozen=True, slots=True)
class Next:
    """Other work of the station: its kind and how many wait (0 for work that starts alone)."""

    kind: StepKind
    waiting: int


@dataclass(frozen=True, slots=True)
class Now:
    """`task` is the person's own, or the one proposed; `left` counts it; `hops` are done, current or to come.

    `partner` is the colleague who shares it. `is_for_me`: somebody gave it to the person by name.
    """

    kind: StepKind
    task: Task
    is_own: bool
    done: int
    left: int
    hops: Sequence[str]
    partner: Worker | None = None
    is_for_me: bool = False


@dataclass(frozen=True, slots=True)
class Mine:
    """Another task that is the person's: shared, paused, or given to them by name (`is_given`)."""

    kind: StepKind
    task: Task
    is_given: bool


def hops(done: int, left: int, most: int = HOPS) -> list[str]:
    """The row of balls: at most `most`, those done first, then the current one, then what is to come."""
    before = min(done, max(0, most - min(left, most)) if left < most else most // 2)
    after = min(max(left - 1, 0), most - before - 1)
    return ["done"] * before + (["current"] if left else []) + ["todo"] * after


def kinds_of_place(station: Station | None) -> list[StepKind]:
    """What may be done here: the station's kinds, or all of them on a device of one's own."""
    return kinds_at(station.kind) if station is not None else all_kinds()


def home_of(worker: Worker, *, site: Any, station: Station | None) -> tuple[Now | None, list[Mine], list[Next]]:
    """What to show first, the person's other tasks, and the other work that waits here (three at most of each)."""
    kinds = kinds_open_to(worker, kinds_of_place(station))
    counts = waiting_counts(site=site, kinds=kinds, station=station)
    mine = own_tasks(worker, station)
    is_own = bool(mine) and mine[0].state != TaskState.WAITING
    task = mine[0] if is_own else proposed_task(worker, site=site, kinds=kinds, station=station)
    now = None
    if task is not None:
        kind = kind_of(task.kind)
        done = done_today(worker, kind.code)
        left = counts.get(kind.code, (0, None))[0] + (1 if is_own else 0)
        is_for_me = not is_own and task.proposed_to_id == worker.pk
        now = Now(kind, task, is_own, done, left, hops(done, left), other_hand(task, worker), is_for_me)
    also = [Mine(kind_of(one.kind), one, one.state == TaskState.WAITING) for one in mine if one != task]
    others = [
        Next(kind, counts.get(kind.code, (0, None))[0])
        for kind in kinds
        if (kind.code in counts or kind.starts_alone) and (now is None or kind != now.kind)
    ]
    return now, also[:3], others[:3]


def notes_waiting(worker: Worker) -> int:
    """How many corrections of their listings the person has not read yet."""
    return ReviewNote.objects.filter(writer=worker).count()
