"""The nightly proof of the books, kept for the desk."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.utils import timezone

from rebond.core.models import Job, JobState
from rebond.ledger.actions.check import check_ledger
from rebond.ledger.actions.marks import set_marks
from rebond.ledger.queries.night import KIND

KEPT = 30  # past nights


def check_at_night(*, now: datetime | None = None) -> dict[str, Any]:
    """Set the marks of long accounts, prove the books and keep what was found. Nothing is mended by itself."""
    now = now or timezone.now()
    set_marks(now=now)
    report = check_ledger()
    found = asdict(report) | {"ok": report.is_right}
    Job.objects.create(
        kind=KIND,
        state=JobState.DONE,
        total=1,
        done=1,
        created_at=now,
        started_at=now,
        ended_at=timezone.now(),
        result=found,
    )
    old = Job.objects.filter(kind=KIND).order_by("-pk").values_list("pk", flat=True)[KEPT:]
    Job.objects.filter(pk__in=list(old)).delete()
    return {"ok": found["ok"], "entries": report.entries}
