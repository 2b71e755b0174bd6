"""What a person knows how to do here, and who supervises."""

from collections.abc import Iterable, Sequence
from typing import Any

from rebond.workshop.enums import SkillLevel, Wish
from rebond.workshop.kinds import StepKind
from rebond.workshop.models import Task, Worker, WorkerSkill
from rebond.workshop.perms import SUPERVISORS, organisations_of


def is_supervisor(worker: Worker) -> bool:
    """Whether the person's account runs the workshop of their organisation today."""
    return worker.organisation_id in organisations_of(worker.user, SUPERVISORS)


def knows(worker: Worker, kind: str) -> bool:
    """Whether a supervisor noted that they know how to do it."""
    levels = [SkillLevel.ABLE, SkillLevel.TEACHES]
    return worker.skills.filter(kind=kind, level__in=levels).exists()


def kinds_open_to(worker: Worker, kinds: Iterable[StepKind]) -> list[StepKind]:
    """The kinds that may be proposed: those that ask a skill only to who has it, and to supervisors."""
    found = list(kinds)
    if not any(kind.asks_skill for kind in found) or is_supervisor(worker):
        return found
    return [kind for kind in found if not kind.asks_skill or knows(worker, kind.code)]


def willing(site: Any, kind: str) -> Sequence[Worker]:
    """Who knows how to do it and would like to: three first names at most, in the order of the alphabet."""
    rows = Worker.objects.present().filter(
        organisation=site.organisation_id,
        skills__kind=kind,
        skills__level__in=[SkillLevel.ABLE, SkillLevel.TEACHES],
        skills__wish=Wish.MORE,
    )
    return list(rows.order_by("first_name", "pk")[:3])


def hands_for(task: Task) -> Sequence[tuple[Worker, WorkerSkill | None]]:
    """Everybody of the team with what they know of this work: those who know it first, never by what they produced."""
    people = Worker.objects.present().filter(organisation=task.organisation_id).order_by("first_name", "pk")
    known = {skill.worker_id: skill for skill in WorkerSkill.objects.filter(kind=task.kind, worker__in=people)}
    found = [(worker, known.get(worker.pk)) for worker in people]
    return sorted(found, key=lambda one: one[1] is None or one[1].level == SkillLevel.LEARNING)
