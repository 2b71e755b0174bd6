"""The worker seen from the desk: signs of life, periodic jobs, the dead list."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.tasks import TaskResultStatus
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_tasks_db.models import DBTaskResult

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.models import WorkerSign
from rebond.core.periodic import runs
from rebond.core.progress import is_worker_silent
from rebond.core.retry import dead_tasks, last_line
from rebond.core.web import page
from rebond.journal.actions.tasks import rerun_task
from rebond.journal.errors import TaskNotDeadError
from rebond.journal.web.exports import TASKS

SHOWN = 100


def _told(row: Any) -> dict[str, Any]:
    module, _dot, name = row.task_path.rpartition(".")
    error, tries = last_line(row.traceback), len(row.worker_ids)
    return {"row": row, "name": name, "room": module.split(".")[1], "error": error, "tries": tries}


@requires("journal.task.list")
@require_safe
def task_list(request: HttpRequest) -> HttpResponseBase:
    lines = (_told(row) for row in dead_tasks().iterator(chunk_size=500))
    if (download := wanted_export(request, lines, TASKS, _("blocked tasks"))) is not None:
        return download
    dead = list(dead_tasks()[:SHOWN])
    context = {
        "dead": [_told(row) for row in dead],
        "waiting": DBTaskResult.objects.filter(status=TaskResultStatus.READY)[:10_000].count(),
        "running": DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING)[:10_000].count(),
        "is_worker_silent": is_worker_silent(),
        "signs": list(WorkerSign.objects.order_by("-seen_at")[:20]),
        "jobs": runs(),
        "may_rerun": request.access.can("journal.task.rerun"),  # type: ignore[attr-defined]
    }
    return page(request, "journal/task_list.html", context)


@requires("journal.task.rerun")
@require_POST
def task_rerun(request: HttpRequest, task_id: UUID) -> HttpResponse:
    try:
        rerun_task(task_id=task_id, by=request.user, organisation=request.access.organisation)  # type: ignore[attr-defined]
        messages.success(request, _("The task runs again in a moment."))
    except TaskNotDeadError:
        messages.error(request, _("This task is not on the list any more."))
    return redirect("journal:task-list")
