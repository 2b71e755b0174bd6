"""A failed task runs again later, by itself; after five attempts it waits on the dead list for a person.

The queue's own row is put back: one row is one piece of work, its attempts are the workers that took it.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger("rebond.tasks")

ATTEMPTS = 5
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=25), timedelta(minutes=125))


class GiveUp(Exception):  # noqa: N818 -- it says what the queue does
    """Raised by a task that no second attempt can help: straight to the dead list."""


GIVE_UP = f"{GiveUp.__module__}.{GiveUp.__qualname__}"


def delay_after(attempt: int) -> timedelta | None:
    """How long to wait after the `attempt`-th failure (from 1); None where it was the last one."""
    return BACK_OFF[attempt - 1] if attempt < ATTEMPTS else None


def retry_failed(*, sender: Any, task_result: Any, **kwargs: Any) -> None:
    """Receiver of `task_finished`: put a failed task back with its delay, or leave it on the dead list."""
    if task_result.status != TaskResultStatus.FAILED:
        return
    row = DBTaskResult.objects.filter(pk=task_result.id).first()
    if row is None:
        return
    delay = delay_after(len(row.worker_ids))
    if delay is None or row.exception_class_path == GIVE_UP:
        logger.error("task %s %s is on the dead list: %s", row.task_path, row.pk, last_line(row.traceback))
        return
    put_back(DBTaskResult.objects.filter(pk=row.pk, status=TaskResultStatus.FAILED), after=timezone.now() + delay)
    logger.warning("task %s %s runs again in %s: %s", row.task_path, row.pk, delay, last_line(row.traceback))


def put_back(rows: QuerySet[Any], *, after: datetime | None = None) -> int:
    """Make the tasks of `rows` ready again, now or `after` a moment; return how many."""
    return rows.update(status=TaskResultStatus.READY, run_after=after or timezone.now(), finished_at=None)


def dead_tasks() -> QuerySet[Any]:
    """Tasks that will not run again by themselves, newest first."""
    rows: QuerySet[Any] = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    return rows.order_by("-finished_at", "pk")


def last_line(traceback: str) -> str:
    """What an error says, without the path that led to it."""
    lines = traceback.strip().splitlines()
    return lines[-1][:300] if lines else ""
