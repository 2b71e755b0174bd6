"""The queue of one stage, task by task: look, give, put first, free, cancel."""

import datetime
import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.workshop.actions.supervise import free_task, put_first
from rebond.workshop.actions.task import cancel_task
from rebond.workshop.actions.together import hand_over_task
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kinds import all_kinds, is_known, kind_of
from rebond.workshop.models import Task, Worker
from rebond.workshop.queries.board import LATE, open_tasks, with_items
from rebond.workshop.queries.skills import hands_for
from rebond.workshop.web.exports import TASKS as COLUMNS
from rebond.workshop.web.sites import sites_of
from rebond.workshop.web.views.desk_board import TASKS, VIEW, tabs_for

PER_PAGE = 50
STATES: dict[str, Any] = {
    "": pgettext_lazy("tasks", "All"),
    "libres": pgettext_lazy("tasks", "Free"),
    "en-cours": pgettext_lazy("tasks", "Being done"),
    "pause": pgettext_lazy("tasks", "Paused"),
    "rendues": pgettext_lazy("tasks", "Given back"),
    "anciennes": gettext_lazy("More than 7 days"),
}


def _state(name: str, now: datetime.datetime) -> Q:
    return {
        "libres": Q(state=TaskState.WAITING),
        "en-cours": Q(state=TaskState.TAKEN),
        "pause": Q(state=TaskState.PAUSED),
        "rendues": Q(state=TaskState.WAITING) & ~Q(return_reason=""),
        "anciennes": Q(created_at__lt=now - LATE),
    }.get(name, Q())


def _kind(request: HttpRequest) -> Any:
    """The stage of the address; the first one that has a queue without it."""
    code = request.GET.get("etape", "")
    if code and not (is_known(code) and kind_of(code).has_queue):
        raise Http404
    return kind_of(code) if code else next(kind for kind in all_kinds() if kind.has_queue)


@requires(VIEW)
@require_GET
def task_list(request: HttpRequest) -> HttpResponseBase:
    """The oldest first, by pages."""
    chosen = sites_of(request)
    kind, state = _kind(request), request.GET.get("etat", "")
    rows = Task.objects.none()
    if chosen.site is not None:
        rows = open_tasks(chosen.site).filter(_state(state, timezone.now()), kind=kind.code)
    rows = rows.order_by("created_at", "pk")
    if (download := wanted_export(request, rows, COLUMNS, _("tasks"))) is not None:
        return download
    found = Paginator(rows.values_list("pk", flat=True), PER_PAGE).get_page(request.GET.get("page"))
    tasks = list(
        Task.objects.filter(pk__in=list(found)).select_related("worker", "station").order_by("created_at", "pk")
    )
    with_items(tasks)
    kinds = [one for one in all_kinds() if one.has_queue]
    context = tabs_for(request, "board") | {
        "sites": chosen, "kind": kind, "kinds": kinds, "state": state, "states": STATES.items(), "page": found,
        "tasks": tasks,
    }  # fmt: skip
    return page(request, "workshop/desk/task_list.html", context)


def load_task(request: HttpRequest, public_id: str) -> Task:
    """A task of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Task.objects.visible_to(request.user).filter(organisation=organisation)
    found: Task = get_object_or_404(
        rows.select_related("organisation", "site", "station", "worker", "partner", "proposed_to"), public_id=public_id
    )
    return found


@requires(TASKS)
@require_GET
def task_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    task = load_task(request, public_id)
    with_items([task])
    context = tabs_for(request, "board") | {
        "task": task,
        "kind": kind_of(task.kind) if is_known(task.kind) else None,
        "is_open": task.ended_on is None,
        "hands": hands_for(task) if task.ended_on is None else [],
        "operation": uuid.uuid4(),
    }
    return page(request, "workshop/desk/task_detail.html", context)


def _do(request: HttpRequest, public_id: str, call: Callable[[Task], Any], said: str) -> HttpResponse:
    task = load_task(request, public_id)
    try:
        call(task)
    except WorkshopError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
    return redirect("workshop-desk:task-detail", task.public_id)


@requires(TASKS)
@require_POST
def task_give(request: HttpRequest, public_id: str) -> HttpResponse:
    """Proposed to a colleague of the same organisation."""
    rows = Worker.objects.present().filter(organisation=request.access.organisation)  # type: ignore[attr-defined]
    to = rows.filter(public_id=request.POST.get("to", "")).first()
    if to is None:
        messages.error(request, _("Choose a colleague."))
        return redirect("workshop-desk:task-detail", load_task(request, public_id).public_id)
    said = _("It is proposed to %(name)s.") % {"name": to.first_name}
    return _do(request, public_id, lambda task: hand_over_task(task=task, to=to, by=request.user), said)


@requires(TASKS)
@require_POST
def task_order(request: HttpRequest, public_id: str) -> HttpResponse:
    is_first = request.POST.get("first") == "yes"
    said = _("It comes first now.") if is_first else _("It waits for its turn again.")
    return _do(request, public_id, lambda task: put_first(task=task, is_first=is_first, by=request.user), said)


@requires(TASKS)
@require_POST
def task_free(request: HttpRequest, public_id: str) -> HttpResponse:
    said = _("It waits for anybody again. What was answered is kept.")
    return _do(request, public_id, lambda task: free_task(task=task, by=request.user), said)


@requires(TASKS)
@require_POST
def task_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    said = _("The task is cancelled. The object itself did not change.")
    return _do(request, public_id, lambda task: cancel_task(task=task, by=request.user), said)
