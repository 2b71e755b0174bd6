"""A task at the kiosk: begin or go on, pause, give back with a reason."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.workshop.actions.task import pause_task, return_task, take_task
from rebond.workshop.enums import RETURN_ICONS, ReturnReason
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.kiosk import kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Task, Worker
from rebond.workshop.queries.reach import task_to_open
from rebond.workshop.queries.together import RETURNED, passed_on_by


def load_task(request: HttpRequest, public_id: str) -> tuple[Task, Worker]:
    """A task that the person may open here (`queries.reach`); raise Http404 for any other, and without a person."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        raise Http404
    found = task_to_open(public_id, organisation_id=worker.organisation_id, station=request.floor.station)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found, worker


@requires(STATION_PERMISSION)
@require_POST
def task_open(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take it, then to its screen."""
    task, worker = load_task(request, public_id)
    try:
        take_task(task=task, worker=worker)
    except WorkshopError as refused:
        messages.error(request, str(refused))
        return redirect("workshop:kiosk")
    if not is_known(task.kind):  # its room is gone
        messages.error(request, _("This work cannot be done here."))
        return redirect("workshop:kiosk")
    return redirect(reverse(kind_of(task.kind).screen, args=[task.public_id]))


@requires(STATION_PERMISSION)
@require_POST
def task_pause(request: HttpRequest, public_id: str) -> HttpResponse:
    """Kept for the same person."""
    task, worker = load_task(request, public_id)
    try:
        pause_task(task=task, worker=worker)
        messages.success(request, _("Your work is kept. You will find it here."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("workshop:kiosk")


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def task_return(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose why by its pictogram; the task goes back to its queue, and may be taken back."""
    task, worker = load_task(request, public_id)
    if passed_on_by(task, worker) == RETURNED and request.method == "GET":
        return kiosk_page(request, "workshop/handed_over.html", {"task": task, "to": None})
    error = ""
    if request.method == "POST":
        reason, note = request.POST.get("reason", ""), request.POST.get("note", "")
        try:
            return_task(task=task, worker=worker, reason=reason, note=note, by=worker.user)
        except WorkshopError as refused:
            error = str(refused)
        else:
            return redirect(request.path)
    reasons: list[Any] = [(reason.value, reason.label, RETURN_ICONS[reason]) for reason in ReturnReason]
    context = {"task": task, "reasons": reasons, "error": error, "chosen": request.POST.get("reason", "")}
    return kiosk_page(request, "workshop/task_return.html", context, status=422 if error else 200)
