"""The station that counts: go to a bin, scan what lies there, say that it is all. What the ledger says is not shown."""

import json
import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.warehouse.actions import count as actions
from rebond.warehouse.data import COUNT
from rebond.warehouse.errors import CountedByOther, WarehouseError
from rebond.warehouse.models import CountBin
from rebond.warehouse.queries import counts as queries
from rebond.warehouse.queries.places import way_to
from rebond.warehouse.web.saying import words_for
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind, Scanned


def _load(request: HttpRequest, place: str) -> CountBin:
    """The bin of an open count of the person's organisation; raise Http404."""
    rows = CountBin.objects.filter(count__organisation=worker_of(request).organisation, count__state="open")
    return get_object_or_404(rows.select_related("place", "count"), place__code=place.upper())


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def count(request: HttpRequest) -> HttpResponse:
    """Where to go next; the label of the place begins it."""
    worker = worker_of(request)
    error = ""
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), worker.organisation)
        try:
            if (bin_ := _bin_of(found)) is not None:
                actions.start_bin(bin=bin_, hands=hands_of(request))
                return redirect("warehouse:count-bin", bin_.place.code.lower())
            error = words_for(found, wanted="bin")
        except WarehouseError as refused:
            error = str(refused)
    steps = Step.objects.filter(organisation=worker.organisation, worker=worker, kind=COUNT)
    done = steps.filter(public_id=request.GET.get("fait", "")).first()
    open_ones = queries.open_counts(request.floor.site)  # type: ignore[attr-defined]
    progress = queries.progress_of(open_ones)
    bins = ((one, queries.next_bin(one, worker)) for one in open_ones)
    current, next_one = next(((one, bin_) for one, bin_ in bins if bin_ is not None), (None, None))
    context = {
        "error": error,
        "done": done,
        "can_undo": done is not None and can_undo(done),
        "count": current,
        "is_any": bool(open_ones),
        "progress": progress[current.pk] if current is not None else None,
        "next": next_one,
        "tiles": way_to(next_one.place) if next_one is not None else [],
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/count.html", context, status=422 if error else 200)


def _bin_of(found: Scanned) -> CountBin | None:
    return queries.bin_of_place(found.subject) if found.kind in {ScanKind.PLACE, ScanKind.BOX} else None


def _shown(request: HttpRequest, bin_: CountBin, error: str = "") -> HttpResponse:
    lines = queries.lines_of(bin_)
    carried = {  # for a device that loses the network here
        "bin": bin_.place.code,
        "label": str(bin_.place),
        "round": bin_.rounds,
        "seen": {line.item_code: line.units for line in reversed(lines)},
    }
    context = {
        "bin": bin_,
        "lines": lines,
        "carried": carried,
        "seen": json.dumps(carried["seen"]),
        "tiles": way_to(bin_.place),
        "error": error,
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/count_bin.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def count_place(request: HttpRequest, place: str) -> HttpResponse:
    """Scan the objects one after the other: each stays on the list until it is finished."""
    bin_ = _load(request, place)
    if bin_.counting_by_id != worker_of(request).pk:
        messages.error(request, str(CountedByOther()))
        return redirect("warehouse:count")
    if request.method != "POST":
        return _shown(request, bin_)
    found = resolve(request.POST.get("code", ""), bin_.count.organisation)
    if found.kind != ScanKind.ITEM:
        return _shown(request, bin_, words_for(found, wanted="seen"))
    try:
        actions.count_object(bin=bin_, item=found.subject, hands=hands_of(request))
    except WarehouseError as refused:
        return _shown(request, bin_, str(refused))
    return redirect("warehouse:count-bin", bin_.place.code.lower())


@requires(STATION_PERMISSION)
@require_POST
def count_change(request: HttpRequest, place: str) -> HttpResponse:
    """How many of a batch there are, or not there after all."""
    bin_ = _load(request, place)
    line = bin_.lines.filter(round=bin_.rounds + 1, item_code=request.POST.get("object", "")).first()
    units = request.POST.get("units", "")
    try:
        if line is not None and "remove" in request.POST:
            actions.remove_object(bin=bin_, code=line.item_code, hands=hands_of(request))
        elif line is not None and units.isdecimal() and 0 < int(units) <= actions.MOST_UNITS:
            actions.count_object(bin=bin_, item=line.item, hands=hands_of(request), units=int(units))
        else:
            messages.error(request, _("Write a number, from 1 on."))
    except WarehouseError as refused:
        messages.error(request, str(refused))
    return redirect("warehouse:count-bin", bin_.place.code.lower())


@requires(STATION_PERMISSION)
@require_POST
def count_finish(request: HttpRequest, place: str) -> HttpResponse:
    """All of it is on the list, or nothing lies there."""
    bin_ = _load(request, place)
    hands = hands_of(request)
    try:
        actions.finish_bin(bin=bin_, hands=hands, is_empty="empty" in request.POST)
    except WarehouseError as refused:
        messages.error(request, str(refused))
        return redirect("warehouse:count-bin", bin_.place.code.lower())
    step = Step.objects.filter(operation_id=hands.operation_id).first()
    return redirect(f"{reverse('warehouse:count')}?fait={step.public_id if step else ''}")


@requires(STATION_PERMISSION)
@require_POST
def count_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Back to the list of what one scanned."""
    worker = worker_of(request)
    rows = Step.objects.filter(organisation=worker.organisation, worker=worker, kind=COUNT)
    step = get_object_or_404(rows, public_id=public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
    except WorkshopError as refused:
        messages.error(request, str(refused))
        return redirect("warehouse:count")
    messages.success(request, _("Undone. Correct your list."))
    return redirect("warehouse:count-bin", step.subject_id.lower())
