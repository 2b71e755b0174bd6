"""What a person knows how to do here, and who supervises."""

from collections.abc import Iterable

from rebond.workshop.enums import SkillLevel
from rebond.workshop.kinds import StepKind
from rebond.workshop.models import Worker
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
