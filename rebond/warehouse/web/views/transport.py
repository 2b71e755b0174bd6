"""The station that loads a vehicle, and the one that checks it where it arrives: one scan after the other."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.catalogue.errors import CatalogueError
from rebond.core.access import requires
from rebond.warehouse.actions import transport as actions
from rebond.warehouse.actions.arriving import check_box, check_object
from rebond.warehouse.actions.loading import load_box, load_object
from rebond.warehouse.data import LOAD, UNLOAD
from rebond.warehouse.enums import LineState, PlaceKind, TransportState
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Transport
from rebond.warehouse.queries import transports as queries
from rebond.warehouse.web.saying import words_for
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind, Scanned


def _load(request: HttpRequest, transport_id: str) -> Transport:
    rows = Transport.objects.filter(organisation=worker_of(request).organisation)
    rows = rows.select_related("place", "from_site", "to_site", "organisation")
    found: Transport = get_object_or_404(rows, public_id=transport_id)
    return found


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def transport_list(request: HttpRequest) -> HttpResponse:
    """Choose a transport, or scan its slip."""
    worker = worker_of(request)
    error = ""
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), worker.organisation)
        if found.kind == ScanKind.PLACE and found.subject.kind == PlaceKind.TRANSIT:
            return redirect("warehouse:transport-scan", found.subject.transport.public_id)
        error = _("This is no transport slip. Choose below.")
    open_ones = queries.for_site(request.floor.site)  # type: ignore[attr-defined]
    cargo = queries.cargo_of(open_ones)
    context = {
        "error": error,
        "transports": [(one, cargo[one.pk]) for one in open_ones],
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/transport_list.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def transport_scan(request: HttpRequest, transport_id: str) -> HttpResponse:
    """Into the vehicle, or out of it: each scan is one object or one box."""
    transport = _load(request, transport_id)
    if transport.state not in {TransportState.PLANNED, TransportState.ON_THE_WAY}:
        messages.info(request, _("This transport is no longer there. Choose another one."))
        return redirect("warehouse:transport")
    error = ""
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), transport.organisation)
        if found.kind in {ScanKind.ITEM, ScanKind.BOX}:
            try:
                return _done(request, transport, found)
            except (WarehouseError, CatalogueError) as refused:
                error = str(refused)
        else:
            error = words_for(found, wanted="cargo")
    return _shown(request, transport, error)


def _done(request: HttpRequest, transport: Transport, found: Scanned) -> HttpResponse:
    hands = hands_of(request)
    is_leaving = transport.state == TransportState.PLANNED
    if found.kind == ScanKind.ITEM:
        (load_object if is_leaving else check_object)(transport=transport, item=found.subject, hands=hands)
    else:
        (load_box if is_leaving else check_box)(transport=transport, box=found.subject, hands=hands)
    there = reverse("warehouse:transport-scan", args=[transport.public_id])
    return redirect(f"{there}?vu={found.subject.code.lower()}")


def _shown(request: HttpRequest, transport: Transport, error: str = "") -> HttpResponse:
    worker = worker_of(request)
    is_leaving = transport.state == TransportState.PLANNED
    seen = request.GET.get("vu", "").upper()
    steps = Step.objects.filter(worker=worker, kind=LOAD if is_leaving else UNLOAD, subject_id=seen)
    step = steps.order_by("-pk").first() if seen else None
    line = transport.lines.filter(item_code=seen).select_related("item").first() if seen else None
    is_damaged = line is not None and line.state == LineState.DAMAGED
    is_final = line is not None and is_damaged and not queries.was_on_sale(line.item)
    context = {
        "transport": transport,
        "is_leaving": is_leaving,
        "cargo": queries.cargo_of([transport])[transport.pk],
        "lines": queries.last_lines(transport, here=not is_leaving),
        "step": step,
        "line": line,
        "is_damaged": is_damaged,
        "can_undo": step is not None and can_undo(step) and not is_final,
        "asks": "fin" in request.GET,
        "error": error,
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/transport_scan.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_POST
def transport_damaged(request: HttpRequest, transport_id: str) -> HttpResponse:
    """The object that was just scanned is damaged: it is not sold."""
    transport = _load(request, transport_id)
    line = transport.lines.filter(item_code=request.POST.get("object", "")).select_related("item").first()
    if line is None:
        return redirect("warehouse:transport-scan", transport.public_id)
    try:
        check_object(transport=transport, item=line.item, hands=hands_of(request), is_damaged=True)
        messages.success(request, _("Noted. It is taken off sale."))
    except (WarehouseError, CatalogueError) as refused:
        messages.error(request, str(refused))
    there = reverse("warehouse:transport-scan", args=[transport.public_id])
    return redirect(f"{there}?vu={line.item_code.lower()}")


@requires(STATION_PERMISSION)
@require_POST
def transport_end(request: HttpRequest, transport_id: str) -> HttpResponse:
    """All is in the vehicle; or all is out of it, and what was not seen is missing (asked first)."""
    transport = _load(request, transport_id)
    by = worker_of(request).user
    try:
        if transport.state == TransportState.PLANNED:
            actions.finish_loading(transport=transport, by=by)
            messages.success(request, _("It is loaded. A supervisor lets it leave."))
            return redirect("warehouse:transport")
        is_sure = "sure" in request.POST
        if not is_sure and queries.cargo_of([transport])[transport.pk].loaded:
            return redirect(f"{reverse('warehouse:transport-scan', args=[transport.public_id])}?fin=")
        actions.finish_check(transport=transport, by=by)
        messages.success(request, _("The transport is checked. Thank you."))
    except WarehouseError as refused:
        messages.error(request, str(refused))
        return redirect("warehouse:transport-scan", transport.public_id)
    return redirect("warehouse:transport")


@requires(STATION_PERMISSION)
@require_POST
def transport_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take off what one loaded, or put in again what one checked."""
    worker = worker_of(request)
    step = get_object_or_404(Step.objects.filter(worker=worker, kind__in=(LOAD, UNLOAD)), public_id=public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
        is_loaded = step.kind == LOAD
        said = _("Undone. Take it out of the vehicle.") if is_loaded else _("Undone. It is on the way again.")
        messages.success(request, said)
    except WorkshopError as refused:
        messages.error(request, str(refused))
    transport = Transport.objects.filter(organisation=worker.organisation, public_id=step.data.get("transport", ""))
    found = transport.first()
    return redirect("warehouse:transport-scan", found.public_id) if found else redirect("warehouse:transport")
