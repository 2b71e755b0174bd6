"""Who learns at a site now, where they stand, and what the scan stopped for them today."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from rebond.network.models import Site
from rebond.workshop.enums import SkillLevel, TaskState
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.learning import Lesson, lesson_of, standings_of
from rebond.workshop.models import Caught, Station, Task, Worker, WorkerSkill
from rebond.workshop.queries.today import people_at

KNOWN = (SkillLevel.ABLE, SkillLevel.TEACHES)
MOST = 60  # people of a site who learn at one moment


@dataclass(slots=True)
class Learner:
    """A person who does something that nobody noted they know.

    `work` is the kind's words, `stands` where its task is, "" between two tasks; `lessons` what the scan stopped today.
    """

    worker: Worker
    kind: Any
    station: str = ""
    stands: str = ""
    about: str = ""
    lessons: list[Lesson] = field(default_factory=list)


def taught_by(worker: Worker) -> list[str]:
    """The kinds of work that the person can show others."""
    return list(worker.skills.filter(level=SkillLevel.TEACHES).order_by("kind").values_list("kind", flat=True))


def lessons_of(worker: Worker) -> list[Lesson]:
    """What the scan stopped for the person today: what a mentor sees of it, and nothing else is kept."""
    rows = Caught.objects.filter(worker=worker, day=timezone.localdate()).order_by("kind", "code")
    return [lesson for row in rows if (lesson := lesson_of(row.kind, row.code)) is not None]


def learners_at(site: Site, *, kinds: Collection[str] | None = None) -> list[Learner]:
    """By first name: those with a task in hand, and those whose badge was read here today and whom a scan helped.

    `kinds`: only this work. Eight queries at most, whatever the number of people; nobody's work is counted.
    """
    tasks, people = _tasks(site, kinds), people_at(site)
    rows = Caught.objects.filter(day=timezone.localdate(), worker__organisation=site.organisation_id)
    here = [*people, *(worker.pk for worker, _task in tasks)]
    rows = rows.filter(worker__in=here, worker__ended_on=None).select_related("worker")
    caught = list(_only(rows, kinds).order_by("kind", "code"))
    stands = standings_of([task for _worker, task in tasks])
    names = dict(Station.objects.filter(site=site).values_list("pk", "name"))
    found: dict[tuple[int, str], Learner] = {}
    for worker, task in tasks[:MOST]:
        one = found.setdefault((worker.pk, task.kind), Learner(worker, kind_of(task.kind)))
        one.about, one.stands = task.subject_label, stands.get(task.public_id, "")
    for row in caught:
        lesson = lesson_of(row.kind, row.code)
        if lesson is not None and is_known(row.kind):
            one = found.setdefault((row.worker_id, row.kind), Learner(row.worker, kind_of(row.kind)))
            one.lessons.append(lesson)
    for (pk, _kind), one in found.items():
        one.station = names.get(people[pk][1], "") if pk in people else ""
    return sorted(found.values(), key=lambda one: (one.worker.first_name, one.worker.pk, one.kind.order))


def _only(rows: Any, kinds: Collection[str] | None) -> Any:
    return rows if kinds is None else rows.filter(kind__in=kinds)


def _tasks(site: Site, kinds: Collection[str] | None) -> Sequence[tuple[Worker, Task]]:
    """(person, task in hand) of each who is not noted to know its kind."""
    known = WorkerSkill.objects.filter(kind=OuterRef("kind"), level__in=KNOWN)
    rows = _only(Task.objects.filter(site=site, state=TaskState.TAKEN), kinds)
    rows = rows.annotate(
        first=Exists(known.filter(worker=OuterRef("worker"))), second=Exists(known.filter(worker=OuterRef("partner")))
    ).filter(Q(first=False) | Q(second=False, partner__isnull=False))
    found = []
    for task in rows.select_related("worker", "partner").order_by("pk")[:MOST]:
        hands = ((task.worker, task.first), (task.partner, task.second))
        found += [(hand, task) for hand, knows in hands if hand is not None and not knows]
    return [(worker, task) for worker, task in found if is_known(task.kind)]
