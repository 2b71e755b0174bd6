"""How a task tells how far it is: a Job row that a page polls (`ui/job.html`)."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from rebond.core.models import Job, JobState, WorkerSign

SILENT_AFTER = timedelta(seconds=60)


def start_job(job: Job, *, total: int = 0) -> None:
    """Mark the job as under way; a restart after a kill starts its count again from `done`."""
    now = timezone.now()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, total=max(total, 0), done=0, started_at=now, message=""
    )


def advance_job(job: Job, *, by: int = 1) -> None:
    """Count `by` more done; never past the total."""
    Job.objects.filter(pk=job.pk, done__lte=F("total") - by).update(done=F("done") + by)


def end_job(job: Job, *, result: dict[str, Any] | None = None, error: str = "") -> None:
    """Close the job: done with its result, or failed with a sentence for its owner."""
    Job.objects.filter(pk=job.pk).update(
        state=JobState.FAILED if error else JobState.DONE,
        message=error[:500],
        result=result or {},
        ended_at=timezone.now(),
    )


def is_worker_silent() -> bool:
    """Whether no worker has given a sign of life for 60 s: the page says so, the work waits."""
    return not WorkerSign.objects.filter(seen_at__gte=timezone.now() - SILENT_AFTER).exists()
