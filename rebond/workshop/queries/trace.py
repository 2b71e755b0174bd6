"""An object's journey by its recorded steps."""

from collections.abc import Sequence
from typing import Any

from rebond.workshop.models import Step


def steps_of(subject_kind: str, subject_id: str) -> Sequence[Step]:
    """Real steps of one subject, oldest first, with who did them."""
    rows: Any = Step.objects.real().filter(subject_kind=subject_kind, subject_id=subject_id, result="done")
    return list(rows.select_related("worker", "partner", "station").order_by("pk"))
