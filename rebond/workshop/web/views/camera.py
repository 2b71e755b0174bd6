"""The phone that is a desk's camera: it reads the QR once, then shows the object at hand and its shutter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from rebond.catalogue.errors import CatalogueError
from rebond.core.access import public
from rebond.core.images import ImageRefused, check_weight
from rebond.core.throttle import throttled
from rebond.core.web import operation_of
from rebond.journal.actions.record import day_only
from rebond.workshop.actions.camera import join_camera
from rebond.workshop.actions.photograph import Taken, take_photo
from rebond.workshop.actions.step import Hands
from rebond.workshop.enums import WITHOUT_HOURS
from rebond.workshop.errors import NoPicture, WorkshopError
from rebond.workshop.kiosk import kiosk_page
from rebond.workshop.models import CameraPair, Task
from rebond.workshop.queries.camera import at_hand, pair_of_secret
from rebond.workshop.queries.photograph import after, item_of, places_of
from rebond.workshop.web.shots import shots_shown

CAMERA_KEY = "camera"  # session of the phone: the secret of its pair


def _pair(request: HttpRequest) -> CameraPair | None:
    return pair_of_secret(str(request.session.get(CAMERA_KEY, "")))


@public
@throttled("enrol")
@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """One button, so that what previews an address does not use it up."""
    error = ""
    if request.method == "POST":
        try:
            secret = join_camera(token=token)
        except WorkshopError as refused:
            error = str(refused)
        else:
            request.session[CAMERA_KEY] = secret
            return redirect("workshop:camera")
    context = {"error": error}
    return kiosk_page(request, "workshop/camera_join.html", context, status=422 if error else 200)


@public
@never_cache
@require_http_methods(["GET", "POST"])
def camera(request: HttpRequest) -> HttpResponse:
    """The object on the desk, one shot after the other; each picture is the desk's at once."""
    pair = _pair(request)
    if pair is None:
        request.session.pop(CAMERA_KEY, None)
        return kiosk_page(request, "workshop/camera_over.html", {}, partial="table")
    task = at_hand(pair.worker)
    if task is None:
        return kiosk_page(request, "workshop/camera_wait.html", {}, partial="table")
    wanted, error = request.GET.get("shot", ""), ""
    if request.method == "POST":
        wanted = request.POST.get("shot", "")
        try:
            taken = _taken(request, pair, task, wanted)
        except (ImageRefused, CatalogueError, WorkshopError) as refused:
            error = str(refused)
        else:
            look = "&look=1" if taken.faults else ""
            ahead = wanted if look else after(places_of(task, item_of(task), wanted))
            return redirect(f"{reverse('workshop:camera')}?shot={ahead}{look}")
    return _shown(request, task, wanted, error)


def _taken(request: HttpRequest, pair: CameraPair, task: Task, shot: str) -> Taken:
    file = request.FILES.get("photo")
    if file is None:
        raise NoPicture
    check_weight(file.size or 0)
    worker, device = pair.worker, pair.device
    station = device.station if device else None
    hands = Hands(worker=worker, station=station, device=device, operation_id=operation_of(request))
    with day_only(is_on=worker.status in WITHOUT_HOURS):
        return take_photo(task=task, shot=shot, data=file.read(), name=str(file.name or "")[:120], hands=hands)


def _shown(request: HttpRequest, task: Task, wanted: str, error: str) -> HttpResponse:
    is_asking = "look" in request.GET
    context = shots_shown(
        task, item_of(task), wanted, here=reverse("workshop:camera"), is_asking=is_asking, error=error
    )
    return kiosk_page(request, "workshop/camera.html", context, partial="table", status=422 if error else 200)


@public
@never_cache
@require_GET
def news(request: HttpRequest) -> HttpResponse:
    """Asked each three seconds: nothing, or the page again where the desk went on, or let the phone go."""
    pair = _pair(request)
    task = at_hand(pair.worker) if pair is not None else None
    now = "over" if pair is None else task.public_id if task is not None else "wait"
    headers = {} if now == request.GET.get("at") else {"HX-Redirect": reverse("workshop:camera")}
    return HttpResponse(status=204, headers=headers)
