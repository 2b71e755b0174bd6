"""An object's journey by its recorded steps."""

from collections.abc import Sequence
from functools import cache

from rebond.core.prepared import Prepared
from rebond.workshop.models import Step


def steps_of(subject_kind: str, subject_id: str) -> Sequence[Step]:
    """Real steps of one subject, oldest first, with who did them. One query, compiled once per kind of subject."""
    return _steps(subject_kind).run(subject_id)


@cache
def _steps(subject_kind: str) -> Prepared[Step]:
    rows = Step.objects.real().filter(subject_kind=subject_kind, result="done")
    rows = rows.select_related("worker", "partner").order_by("pk")
    return Prepared(lambda subject_id: rows.filter(subject_id=subject_id), mark="(subject)")
