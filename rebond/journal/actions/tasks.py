"""The dead list: a person has mended the cause, the task runs again."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.journal.actions.record import record
from rebond.journal.errors import TaskNotDeadError


@transaction.atomic
def rerun_task(*, task_id: UUID, by: Any, organisation: Any = None) -> Any:
    """Make a dead task ready, with five new attempts. Raise TaskNotDeadError where it is not on the dead list."""
    row = DBTaskResult.objects.filter(pk=task_id).first()
    moved = DBTaskResult.objects.filter(pk=task_id, status=TaskResultStatus.FAILED).update(
        status=TaskResultStatus.READY, run_after=timezone.now(), finished_at=None, worker_ids=[]
    )
    if row is None or not moved:
        raise TaskNotDeadError
    record("journal.task.rerun", subject=row, by=by, organisation=organisation, task=row.task_path)
    return row
