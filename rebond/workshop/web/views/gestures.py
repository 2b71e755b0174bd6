"""My last acts: what I did here today, each with its undoing, or why there is none."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rebond.catalogue.errors import CatalogueError
from rebond.core.access import requires
from rebond.workshop.actions.step import undo_step
from rebond.workshop.errors import NotUndoable, WorkshopError
from rebond.workshop.gestures import more_gestures
from rebond.workshop.kinds import is_known
from rebond.workshop.kiosk import hands_of, kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.queries.gestures import gestures_of, own_steps, passed_today, steps_today


@requires(STATION_PERMISSION)
@require_GET
def gestures(request: HttpRequest) -> HttpResponse:
    """Tasks passed on first, then steps, last first: nothing of another person, of another day or station."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.worker is None:
        return redirect("workshop:kiosk")
    steps = steps_today(floor.worker, floor.station)
    found = [*passed_today(floor.worker), *more_gestures(floor.worker), *gestures_of(steps, floor.worker)]
    return kiosk_page(request, "workshop/gestures.html", {"gestures": found})


@requires(STATION_PERMISSION)
@require_POST
def gesture_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take back one's own step of today, while nothing that holds came after."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        raise Http404
    rows = own_steps(worker).select_related("worker", "partner", "task__site", "site", "organisation")
    step = get_object_or_404(rows, public_id=public_id)
    if not is_known(step.kind):  # its room is gone
        messages.error(request, str(NotUndoable()))
        return redirect("workshop:gestures")
    try:
        undo_step(step=step, hands=hands_of(request))
        messages.success(request, _("%(object)s: it is undone.") % {"object": step.subject_label})
    except (WorkshopError, CatalogueError) as refused:
        messages.error(request, str(refused))
    return redirect("workshop:gestures")
