"""Packing at a station: the objects scanned in, the carton, the picture, the weight, the papers."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.forms import GramsField
from rebond.core.images import ImageRefused, render_picture
from rebond.journal.actions.files import open_file
from rebond.journal.errors import FileRefusedError
from rebond.warehouse.actions import packing as actions
from rebond.warehouse.actions.label import label_packed
from rebond.warehouse.data import PACK
from rebond.warehouse.enums import ParcelState, ShipmentState
from rebond.warehouse.errors import AlreadyIn, NotInParcel, WarehouseError, WeightUnchecked
from rebond.warehouse.models import Carton, Parcel
from rebond.warehouse.papers import papers_of
from rebond.warehouse.queries import packing as queries
from rebond.warehouse.queries.packed import READY, AtTable, label_of, labels_at
from rebond.warehouse.web.saying import words_for
from rebond.workshop.actions.learning import note_caught
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.reach import task_to_open
from rebond.workshop.queries.scan import resolve
from rebond.workshop.queries.skills import knows
from rebond.workshop.queries.trace import step_done_by
from rebond.workshop.scan import ScanKind

WIDTH = 1600
IN_OUR_PAGE: dict[str, Any] = settings.SECURE_CSP | {"frame-ancestors": [CSP.SELF]}
STAGES = ("objets", "carton", "photo", "poids")
REFUSED = (WarehouseError, WorkshopError)
LESSONS: dict[type[Exception], str] = {NotInParcel: "not-in", AlreadyIn: "twice"}


def _load(request: HttpRequest, public_id: str) -> tuple[Task, Parcel]:
    """A task of packing that the person may open here, with its parcel; raise Http404."""
    worker, station = worker_of(request), request.floor.station  # type: ignore[attr-defined]
    task = task_to_open(public_id, organisation_id=worker.organisation_id, station=station)
    if task is None or task.kind != PACK:
        raise Http404
    try:
        return task, queries.parcel_of(task)
    except Parcel.DoesNotExist:
        raise Http404 from None


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def pack(request: HttpRequest) -> HttpResponse:
    """Scan any object that was bought: its parcel is opened. Those that were picked wait on the station's home."""
    worker, error = worker_of(request), ""
    done = step_done_by(worker, PACK, request.GET.get("fait", ""))
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), worker.organisation)
        is_item = found.kind == ScanKind.ITEM
        parcel = queries.wanted_parcel(found.subject.code, worker.organisation) if is_item else None
        try:
            if parcel is not None and parcel.state == ParcelState.PACKED:
                return redirect("warehouse:packed", parcel.public_id)
            if parcel is not None:
                task = actions.begin_packing(parcel=parcel, hands=hands_of(request))
                return redirect("warehouse:pack-task", task.public_id)
            error = _("Nobody bought this object. Put it back.") if is_item else words_for(found, wanted="thing")
            note_caught(worker=worker, kind=PACK, code="nobody" if is_item else "label")
        except REFUSED as refused:
            error = str(refused)
    context = {
        "error": error,
        "done": done,
        "can_undo": done is not None and can_undo(done),
        "operation": uuid.uuid4(),
        "labels": _labels(request),
        "is_learning": not knows(worker, PACK),
    }
    return kiosk_page(request, "warehouse/pack.html", context, status=422 if error else 200)


def _labels(request: HttpRequest) -> AtTable | None:
    """What the table of this site has to stick on still; None for somebody who is at no site."""
    site = request.floor.site  # type: ignore[attr-defined]
    return labels_at(site) if site is not None else None


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def pack_task(request: HttpRequest, public_id: str) -> HttpResponse:
    """The stage where the parcel is (`pas` goes back to another one); a code posted here is an object that goes in."""
    task, parcel = _load(request, public_id)
    if request.method == "GET":
        return _stage(request, task, parcel, request.GET.get("pas", ""))
    found = resolve(request.POST.get("code", ""), worker_of(request).organisation)
    if found.kind != ScanKind.ITEM:
        note_caught(worker=worker_of(request), kind=PACK, code="label")
        return _stage(request, task, parcel, "objets", error=words_for(found, wanted="thing"))
    try:
        hands = hands_of(request)
        line = actions.scan_in(task=task, parcel=parcel, item_code=found.subject.code, hands=hands)
    except REFUSED as refused:
        if (lesson := LESSONS.get(type(refused))) is not None:
            note_caught(worker=worker_of(request), kind=PACK, code=lesson)
        return _stage(request, task, parcel, "objets", error=str(refused))
    messages.success(request, _("“%(title)s” is in.") % {"title": line.title})
    return redirect("warehouse:pack-task", task.public_id)


def _stage(request: HttpRequest, task: Task, parcel: Parcel, asked: str, error: str = "", **more: Any) -> HttpResponse:
    things = queries.inside(parcel, task)
    reached = _reached(task, things)
    stage = asked if asked in STAGES[: STAGES.index(reached) + 1] else reached
    context = {
        "task": task,
        "parcel": parcel,
        "things": things,
        "missing": sum(one.line.units - one.seen for one in things),
        "stage": stage,
        "hops": _hops(stage, reached),
        "error": error,
        "typed": "",
        "asks": False,
        "is_learning": not knows(worker_of(request), PACK),
        "next": next((one for one in things if not one.is_seen), None),
        **more,
    }
    if stage == "carton":
        context |= {"proposal": queries.propose(parcel, things), "alone": actions.ALONE}
    if stage == "poids":
        carton = queries.carton_of(task, parcel)
        weight = queries.expected_weight(things, carton)
        context |= {"carton": carton, "weight": weight, "fragile": _advice(things)}
    return kiosk_page(request, f"warehouse/pack_{stage}.html", context, status=422 if error else 200)


def _advice(things: list[queries.Inside]) -> queries.Inside | None:
    """The object that needs most care."""
    return max(things, key=lambda one: (one.protection.is_fragile, one.protection.padding_mm), default=None)


def _reached(task: Task, things: list[queries.Inside]) -> str:
    """The first stage that is not done."""
    if not things or not all(one.is_seen for one in things):
        return "objets"
    return next((stage for stage, key in (("carton", "carton"), ("photo", "photo")) if key not in task.data), "poids")


def _hops(stage: str, reached: str) -> list[tuple[str, str, str]]:
    """(stage, words, state): done, current, ""."""
    words = (_("Objects"), _("Carton"), _("Photo"), _("Weight"))
    now, far = STAGES.index(stage), STAGES.index(reached)
    states = ["current" if n == now else "done" if n < far else "" for n in range(len(STAGES))]
    return [*zip(STAGES, words, states, strict=True), ("", _("Papers"), "")]


@requires(STATION_PERMISSION)
@require_POST
def pack_carton(request: HttpRequest, public_id: str) -> HttpResponse:
    task, parcel = _load(request, public_id)
    asked = request.POST.get("carton", "")
    rows = Carton.objects.open().filter(site=parcel.site_id)
    carton = None if asked == actions.ALONE else rows.filter(public_id=asked).first()
    if carton is None and asked != actions.ALONE:
        return _stage(request, task, parcel, "carton", error=_("Choose a carton."))
    try:
        actions.choose(task=task, parcel=parcel, carton=carton, hands=hands_of(request))
    except REFUSED as refused:
        return _stage(request, task, parcel, "carton", error=str(refused))
    return redirect("warehouse:pack-task", task.public_id)


@requires(STATION_PERMISSION)
@require_POST
def pack_photo(request: HttpRequest, public_id: str) -> HttpResponse:
    """The picture of the open parcel, made again before anything is locked; or none."""
    task, parcel = _load(request, public_id)
    file = request.FILES.get("photo")
    if file is None and "without" not in request.POST:
        return _stage(request, task, parcel, "photo", error=_("Take the picture first."))
    try:
        data = render_picture(file.read(), ((WIDTH, "webp"),)).renditions[0].data if file is not None else b""
        actions.keep_photo(task=task, parcel=parcel, data=data, hands=hands_of(request))
    except (ImageRefused, FileRefusedError, *REFUSED) as refused:
        return _stage(request, task, parcel, "photo", error=str(refused))
    return redirect("warehouse:pack-task", task.public_id)


@requires(STATION_PERMISSION)
@require_POST
def pack_finish(request: HttpRequest, public_id: str) -> HttpResponse:
    """The weight, then all is packed and its papers are printed."""
    task, parcel = _load(request, public_id)
    typed, is_checked = request.POST.get("weight", ""), request.POST.get("checked") == "1"
    try:
        grams = GramsField(required=False).clean(typed)
        asked = {"grams": grams, "hands": hands_of(request), "is_checked": is_checked}
        actions.pack_parcel(task=task, parcel=parcel, **asked)
    except ValidationError as refused:
        return _stage(request, task, parcel, "poids", error=" ".join(refused.messages), typed=typed)
    except WeightUnchecked as refused:
        note_caught(worker=worker_of(request), kind=PACK, code="weight")
        return _stage(request, task, parcel, "poids", error=str(refused), typed=typed, asks=True)
    except REFUSED as refused:
        return _stage(request, task, parcel, "poids", error=str(refused), typed=typed)
    shipment = label_packed(parcel=parcel, by=hands_of(request).user)  # its carrier is asked once all is committed
    waits = shipment is not None and shipment.state == ShipmentState.QUEUED
    where = reverse("warehouse:packed", args=[parcel.public_id])
    return redirect(where if waits else f"{where}?imprimer=1")


def _packed(request: HttpRequest, parcel_id: str) -> Parcel:
    """A parcel of the person's organisation; raise Http404."""
    rows = Parcel.objects.filter(organisation=worker_of(request).organisation).select_related("site")
    found: Parcel = get_object_or_404(rows, public_id=parcel_id)
    return found


@requires(STATION_PERMISSION)
@require_GET
def packed(request: HttpRequest, parcel_id: str) -> HttpResponse:
    """It is packed: its papers, what comes next, its undoing."""
    worker, parcel = worker_of(request), _packed(request, parcel_id)
    packing = queries.packing_of(parcel)
    if packing is None:
        return redirect("warehouse:pack")
    rows = Step.objects.real().filter(worker=worker, kind=PACK, subject_id=parcel.public_id, undoes=None)
    step = rows.order_by("-pk").first()
    context = {
        "parcel": parcel,
        "packing": packing,
        "step": step,
        "can_undo": step is not None and can_undo(step),
        "prints": "imprimer" in request.GET,
        "label": label_of(parcel),
        "is_learning": not knows(worker, PACK),
    }
    return kiosk_page(request, "warehouse/packed.html", context)


@requires(STATION_PERMISSION)
@require_GET
@xframe_options_sameorigin
@csp_override(IN_OUR_PAGE)
def pack_papers(request: HttpRequest, parcel_id: str) -> HttpResponse:
    """The carrier's label where it is there, then what is put in the parcel, as one PDF: printed from its screen."""
    parcel = _packed(request, parcel_id)
    packing, found = queries.packing_of(parcel), label_of(parcel)
    if packing is None:
        raise Http404
    label = b""
    if found.how == READY and found.shipment is not None and found.shipment.pdf is not None:
        by, owner = hands_of(request).user, found.shipment.organisation
        with open_file(stored=found.shipment.pdf, by=by, organisation=owner) as file:
            label = file.read()
        actions.note_label(packing=packing)
    if not (data := papers_of(parcel, label)):
        raise Http404
    name = f'inline; filename="{parcel}.pdf"'
    headers = {"Content-Disposition": name, "Cache-Control": "no-store"}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


@requires(STATION_PERMISSION)
@require_POST
def pack_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Open again what one packed."""
    worker = worker_of(request)
    rows = Step.objects.filter(organisation=worker.organisation, worker=worker, kind=PACK)
    step = get_object_or_404(rows, public_id=public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
        messages.success(request, _("Undone. The parcel is to be packed again."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("warehouse:pack")
