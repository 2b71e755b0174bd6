"""The photo table: scan the object's label, take its pictures one by one, finish, undo."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import CatalogueError
from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.core.images import ImageRefused, check_weight
from rebond.core.images.check import WAYS
from rebond.core.web import wants_fragment
from rebond.workshop.actions.camera import desk_is_there, end_camera, offer_camera
from rebond.workshop.actions.photograph import begin_photos, finish_photos, item_of_label, retouch_photo, take_photo
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.actions.task import release_task, take_task
from rebond.workshop.data.chain import PHOTOGRAPH, WRITE
from rebond.workshop.enums import OPEN_STATES
from rebond.workshop.errors import AlreadyPhotographed, NoPicture, WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import CameraPair, Step, Task, Worker
from rebond.workshop.queries.camera import pair_of_worker
from rebond.workshop.queries.photograph import Picture, after, item_of, pictures_of, places_of, shots_taken
from rebond.workshop.queries.queue import done_today
from rebond.workshop.web.shots import shots_shown
from rebond.workshop.web.views.task import load_task


def _undoable(worker: Worker) -> Step | None:
    """The person's last photo step, where it may still be taken back."""
    rows = Step.objects.real().filter(worker=worker, kind=PHOTOGRAPH, undoes=None)
    step: Step | None = rows.order_by("-pk").first()
    return step if step is not None and can_undo(step) else None


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def scan(request: HttpRequest) -> HttpResponse:
    """Scan the object's label: each code gets a precise answer, a good one its pictures."""
    worker = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        return redirect("workshop:kiosk")
    error, photographed, code = "", 0, request.POST.get("code", "")
    if request.method == "POST":
        hands = hands_of(request)
        try:
            task = begin_photos(code=code, hands=hands, again=request.POST.get("again") == "1")
        except AlreadyPhotographed as refused:
            error, photographed = str(refused), refused.count
        except WorkshopError as refused:
            error = str(refused)
        else:
            return redirect("workshop:photograph-shoot", task.public_id)
    last = _undoable(worker)
    context = {
        "error": error,
        "photographed": photographed,
        "code": code,
        "operation": uuid.uuid4(),
        "last": last,
        "last_count": len(last.data.get("photos", [])) if last else 0,
        "done": done_today(worker, PHOTOGRAPH),
    }
    return kiosk_page(request, "workshop/photo_scan.html", context, status=422 if error else 200)


def _load(request: HttpRequest, public_id: str) -> tuple[Task, Worker, Item]:
    task, worker = load_task(request, public_id)
    if task.kind != PHOTOGRAPH:
        raise Http404
    return task, worker, item_of(task)


def _at(task: Task, shot: str, **more: str) -> str:
    query = "&".join(f"{key}={value}" for key, value in {"shot": shot, **more}.items())
    return f"{reverse('workshop:photograph-shoot', args=[task.public_id])}?{query}"


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def shoot(request: HttpRequest, public_id: str) -> HttpResponse:
    """One shot a screen: the camera or a file, what the checks say, take again or keep anyway."""
    task, worker, item = _load(request, public_id)
    if task.state not in OPEN_STATES or worker.pk not in {task.worker_id, task.partner_id}:
        messages.error(request, _("This task is over. Choose another one."))
        return redirect("workshop:photograph")
    if request.method == "GET":
        if _is_old_news(request, task, worker):
            return HttpResponse(status=204)
        return _shown(request, task, item, request.GET.get("shot", ""), is_asking="look" in request.GET)
    return _took(request, task, item)


def _took(request: HttpRequest, task: Task, item: Item) -> HttpResponse:
    """Keep the picture that came, then the next shot; or ask, where the checks found something."""
    shot, file = request.POST.get("shot", ""), request.FILES.get("photo")
    if file is None:
        return _shown(request, task, item, shot, error=str(NoPicture()))
    try:
        check_weight(file.size or 0)
        taken = take_photo(
            task=task, shot=shot, data=file.read(), name=str(file.name or "")[:120], hands=hands_of(request)
        )
    except (ImageRefused, CatalogueError, WorkshopError) as refused:
        return _shown(request, task, item, shot, error=str(refused))
    if taken.faults:
        return redirect(_at(task, shot, look="1"))
    return redirect(_at(task, after(places_of(task, item, shot))))


def _is_old_news(request: HttpRequest, task: Task, worker: Worker) -> bool:
    """The screen asks each two seconds while a phone is its camera: nothing changed since what it shows."""
    asked = request.GET.get("seen", "")
    if not asked or not wants_fragment(request):
        return False
    pair = pair_of_worker(worker)
    if pair is not None:
        desk_is_there(pair=pair)
    return asked == _seen(task, pair)


def _seen(task: Task, pair: CameraPair | None) -> str:
    """What the screen shows now, as one word."""
    state = "none" if pair is None else "joined" if pair.is_joined else "offered"
    return f"{task.version}-{state}"


@requires(STATION_PERMISSION)
@require_POST
def lend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show the QR for a phone, or let the phone go."""
    task, worker, item = _load(request, public_id)
    if request.POST.get("do") == "end":
        end_camera(worker=worker)
        return redirect("workshop:photograph-shoot", task.public_id)
    token = offer_camera(worker=worker, device=request.floor.device)  # type: ignore[attr-defined]
    address = request.build_absolute_uri(reverse("workshop:camera-join", args=[token]))
    return _shown(request, task, item, "", offered=address)


def _ways(picture: Picture) -> list[tuple[str, str, str, bool]]:
    """The corrections to offer: (key, words, icon, on)."""
    told = {"light": (_("Light"), "sun"), "crop": (_("Crop"), "crop"), "ground": (_("Plain ground"), "eraser")}
    return [(way, *told[way], way in picture.ways) for way in WAYS]


def _shown(
    request: HttpRequest,
    task: Task,
    item: Item,
    wanted: str,
    *,
    error: str = "",
    is_asking: bool = False,
    offered: str = "",
) -> HttpResponse:
    here = reverse("workshop:photograph-shoot", args=[task.public_id])
    context = shots_shown(task, item, wanted, here=here, is_asking=is_asking, error=error)
    places, current, picture = context["places"], context["current"], context["picture"]
    before = next((place for place in reversed(places) if place.picture and place is not current), None)
    pair = pair_of_worker(worker_of(request))
    context |= {
        "redo": current.shot.key if picture and current else before.shot.key if before else "",
        "taken": sum(place.picture is not None for place in places),
        "ways": _ways(picture) if picture and not is_asking else [],
        "offered": offered,
        "camera": pair,
        "seen": _seen(task, pair) if pair else "",
        "may_write": item.state == ItemState.DRAFT and not task.is_training,
    }
    return kiosk_page(request, "workshop/photo_shoot.html", context, partial="table", status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_POST
def retouch(request: HttpRequest, public_id: str) -> HttpResponse:
    """One correction of one picture, on or off; the picture that was taken is kept and comes back."""
    task, _worker, item = _load(request, public_id)
    shot, way = request.POST.get("shot", ""), request.POST.get("way", "")
    picture = shots_taken(task).get(shot)
    ways = {way} & set(WAYS) ^ set(picture.ways if picture else ())
    try:
        retouch_photo(task=task, shot=shot, ways=ways, hands=hands_of(request))
    except (ImageRefused, CatalogueError, WorkshopError) as refused:
        return _shown(request, task, item, shot, error=str(refused))
    return redirect(_at(task, shot))


@requires(STATION_PERMISSION)
@require_POST
def finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Record the step, then straight to the next object: its label may have been scanned here."""
    task, worker, item = _load(request, public_id)
    code, hands = request.POST.get("code", ""), hands_of(request)
    try:
        if code and item_of_label(code=code, hands=hands) == item:  # the camera still sees this very object's label
            return redirect("workshop:photograph-shoot", task.public_id)
        if code and not pictures_of(task):  # another object is on the table
            release_task(task=task, worker=worker)
            return scan(request)
        step = finish_photos(task=task, hands=hands)
    except WorkshopError as refused:
        if task.state in OPEN_STATES:
            return _shown(request, task, item, "", error=str(refused))
        messages.error(request, str(refused))
        return redirect("workshop:photograph")
    count = len(step.data.get("photos", []))
    said = ngettext("%(item)s: %(count)s photo kept.", "%(item)s: %(count)s photos kept.", count)
    messages.success(request, said % {"item": item.title, "count": count})
    if request.POST.get("next") == "write" and (writing := _writing_of(item, worker)) is not None:
        return redirect("workshop:write", writing.public_id)
    return scan(request) if code else redirect("workshop:photograph")


def _writing_of(item: Item, worker: Worker) -> Task | None:
    """The object's listing, taken by the same person; None where a colleague has it."""
    task = Task.objects.open().filter(kind=WRITE, subject_kind="catalogue.item", subject_id=item.code).first()
    try:
        return take_task(task=task, worker=worker) if task is not None else None
    except WorkshopError:
        return None


@requires(STATION_PERMISSION)
@require_POST
def undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """The pictures of the step go, the object waits for others."""
    worker = worker_of(request)
    step = get_object_or_404(Step.objects.filter(worker=worker, kind=PHOTOGRAPH), public_id=public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
        messages.success(request, _("The photos are taken back. Scan the object again."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("workshop:photograph")
