"""An object's journey by its recorded steps."""

from collections.abc import Sequence
from functools import cache

from rebond.core.prepared import Prepared
from rebond.workshop.models import Step, Worker


def steps_of(subject_kind: str, subject_id: str) -> Sequence[Step]:
    """Real steps of one subject, oldest first, with who did them. One query, compiled once per kind of subject."""
    return _steps(subject_kind).run(subject_id)


_DONE: Prepared[Step] = Prepared(
    lambda public_id: Step.objects.filter(public_id=public_id).order_by().select_related("worker"), "(step)"
)


def step_done_by(worker: Worker, kind: str, public_id: str) -> Step | None:
    """The person's own step of this kind, by its public id: what a screen tells of the act before."""
    found = _DONE.first(public_id) if public_id else None
    return found if found is not None and (found.worker_id, found.kind) == (worker.pk, kind) else None


@cache
def _steps(subject_kind: str) -> Prepared[Step]:
    rows = Step.objects.real().filter(subject_kind=subject_kind, result="done")
    rows = rows.select_related("worker", "partner").order_by("pk")
    return Prepared(lambda subject_id: rows.filter(subject_id=subject_id), mark="(subject)")
