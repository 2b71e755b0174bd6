"""Periodic work: one table of jobs in code, run by the worker, each with a lock, last and next run.

Architecture, settled point "Periodic work". A room registers its jobs in its AppConfig's `ready`.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise

from rebond.core.models import PeriodicRun

logger = logging.getLogger("rebond.periodic")


@dataclass(frozen=True, slots=True)
class PeriodicJob:
    """`task` is a Django task without arguments; `lock` is how long one run may last before another may start."""

    name: str
    every: timedelta
    task: Any
    lock: timedelta
    label: str | Promise = ""


_JOBS: dict[str, PeriodicJob] = {}


def register(
    name: str, *, every: timedelta, task: Any, lock: timedelta = timedelta(hours=1), label: str | Promise = ""
) -> None:
    """Add a job to the table, with its words for the desk; raise ValueError where the name is taken by another one."""
    job = PeriodicJob(name, every, task, lock, label)
    if _JOBS.get(name, job) != job:
        raise ValueError(f"periodic job {name} is registered twice")
    _JOBS[name] = job


def jobs() -> list[PeriodicJob]:
    """All jobs of the code, by name."""
    return sorted(_JOBS.values(), key=lambda job: job.name)


def runs() -> list[tuple[PeriodicJob, PeriodicRun | None]]:
    """Each job of the code with its last and next run, for the desk and for `rebond check`."""
    rows = {row.name: row for row in PeriodicRun.objects.filter(name__in=_JOBS)}
    return [(job, rows.get(job.name)) for job in jobs()]


def enqueue_due(now: datetime | None = None) -> list[str]:
    """Enqueue the jobs that are due and free, one time each whatever the number of workers; return their names."""
    from rebond.core.tasks import run_periodic  # noqa: PLC0415 -- the task runs what is registered here

    now = now or timezone.now()
    known = set(PeriodicRun.objects.filter(name__in=_JOBS).values_list("name", flat=True))
    PeriodicRun.objects.bulk_create(
        [PeriodicRun(name=name, next_at=now) for name in sorted(_JOBS) if name not in known], ignore_conflicts=True
    )
    due: list[str] = []
    waiting = PeriodicRun.objects.filter(_free(now), name__in=_JOBS, next_at__lte=now)
    for name in waiting.order_by("name").values_list("name", flat=True):
        with transaction.atomic():
            taken = PeriodicRun.objects.filter(_free(now), name=name, next_at__lte=now)
            if taken.update(next_at=now + _JOBS[name].every):
                asked = _JOBS[name].task
                run_periodic.using(queue_name=asked.queue_name, priority=asked.priority).enqueue(name)
                due.append(name)
    return due


def run_job(name: str, now: datetime | None = None) -> bool:
    """Run one job under its lock; keep its error for the desk. False where another run holds the lock."""
    job = _JOBS.get(name)
    now = now or timezone.now()
    if job is None:
        return False
    row = PeriodicRun.objects.filter(name=name)
    if not row.filter(_free(now)).update(locked_until=now + job.lock, last_started_at=now):
        return False
    error = ""
    try:
        job.task.func()
    except Exception as failure:
        logger.exception("periodic job %s failed", name)
        error = f"{type(failure).__name__}: {failure}"[:500]
    row.update(locked_until=None, last_ended_at=timezone.now(), last_error=error)
    return not error


def _free(now: datetime) -> Q:
    return Q(locked_until__isnull=True) | Q(locked_until__lt=now)
