"""A task and a colleague at the kiosk: do it by two, hand it over, each with the way back."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.workshop.actions.sign_in import colleague_of_badge
from rebond.workshop.actions.together import hand_over_task, part_task, share_task, take_back_task
from rebond.workshop.enums import OPEN_STATES
from rebond.workshop.errors import FieldInvalid, NotForThem, WorkshopError
from rebond.workshop.kiosk import kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Task, Worker
from rebond.workshop.queries.together import able_to, colleagues_at, other_hand, passed_on_by
from rebond.workshop.web.tries import tries
from rebond.workshop.web.views.task import load_task


def _chosen(request: HttpRequest, task: Task, worker: Worker) -> Worker:
    """By the badge that was shown (`code`), else among those of the list (`person`).

    Raise FieldInvalid where nobody is chosen, NotForThem where the work is not for them, as `colleague_of_badge`.
    """
    if code := request.POST.get("code", ""):
        device = request.floor.device  # type: ignore[attr-defined]
        with tries(request, badge=device.public_id if device is not None else worker.public_id):
            shown = colleague_of_badge(worker=worker, device=device, token=code)
        if shown != worker and not able_to(task, Worker.objects.filter(pk=shown.pk)).exists():
            raise NotForThem
        return shown
    here = colleagues_at(request.floor.site, worker=worker, task=task)  # type: ignore[attr-defined]
    found = next((one for one in here if one.public_id == request.POST.get("person", "")), None)
    if found is None:
        raise FieldInvalid("person", _("Choose a colleague."))
    return found


def _ask(request: HttpRequest, task: Task, worker: Worker, template: str, do: Callable[[Worker], Any]) -> HttpResponse:
    """The page that asks with whom, or what comes of the answer: None goes on, a text is what is wrong."""
    error = ""
    if request.method == "POST":
        try:
            do(_chosen(request, task, worker))
        except FieldInvalid as refused:
            error = str(refused.message)
        except WorkshopError as refused:
            error = str(refused)
        else:
            return redirect(request.path)
    people = colleagues_at(request.floor.site, worker=worker, task=task)  # type: ignore[attr-defined]
    context = {"task": task, "people": people, "error": error, "chosen": request.POST.get("person", "")}
    return kiosk_page(request, template, context, status=422 if error else 200)


def _is_alone(task: Task, worker: Worker) -> bool:
    return task.state in OPEN_STATES and task.worker_id == worker.pk and task.partner_id is None


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def share(request: HttpRequest, public_id: str) -> HttpResponse:
    """With whom; once two have it, who goes on alone."""
    task, worker = load_task(request, public_id)
    partner = other_hand(task, worker)
    if partner is not None and task.state in OPEN_STATES:
        if request.method == "POST":  # sent twice
            return redirect(request.path)
        return kiosk_page(request, "workshop/shared.html", {"task": task, "partner": partner, "worker": worker})
    if not _is_alone(task, worker):
        return redirect("workshop:kiosk")
    return _ask(
        request, task, worker, "workshop/share.html",
        lambda one: share_task(task=task, worker=worker, partner=one, by=worker.user),
    )  # fmt: skip


@requires(STATION_PERMISSION)
@require_POST
def part(request: HttpRequest, public_id: str) -> HttpResponse:
    """One of the two goes on alone: me, or with `leave` my colleague."""
    task, worker = load_task(request, public_id)
    partner, is_leaving = other_hand(task, worker), request.POST.get("leave") == "yes"
    try:
        part_task(task=task, worker=worker, is_leaving=is_leaving, by=worker.user)
    except WorkshopError as refused:
        messages.error(request, str(refused))
    else:
        if is_leaving and partner is not None:
            messages.success(request, _("%(name)s goes on alone. Thank you.") % {"name": partner.first_name})
        elif not is_leaving:
            messages.success(request, _("You go on alone."))
    return redirect("workshop:kiosk")


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, public_id: str) -> HttpResponse:
    """To whom; then that it waits for them, with the way back."""
    task, worker = load_task(request, public_id)
    if passed_on_by(task, worker):
        if request.method == "POST":  # sent twice
            return redirect(request.path)
        return kiosk_page(request, "workshop/handed_over.html", {"task": task, "to": task.proposed_to})
    if not _is_alone(task, worker):
        return redirect("workshop:kiosk")
    return _ask(
        request, task, worker, "workshop/hand_over.html",
        lambda one: hand_over_task(task=task, worker=worker, to=one, by=worker.user),
    )  # fmt: skip


@requires(STATION_PERMISSION)
@require_POST
def take_back(request: HttpRequest, public_id: str) -> HttpResponse:
    """What I handed over or gave back is mine again."""
    task, worker = load_task(request, public_id)
    try:
        take_back_task(task=task, worker=worker, by=worker.user)
        messages.success(request, _("It is yours again."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("workshop:kiosk")
