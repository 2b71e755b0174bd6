"""Putting away at a station: scan the object or the box, then the place."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.catalogue.models import Item
from rebond.catalogue.queries.by_code import item_by_code
from rebond.core.access import requires
from rebond.warehouse.actions.store import Stored, store_box, store_item
from rebond.warehouse.enums import CONTAINERS
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Place
from rebond.warehouse.queries.places import lying, suggest_place, units_under, waiting_count, way_to
from rebond.warehouse.web.saying import words_for
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.data.chain import STORE
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.labels import label_out
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.scan import is_here, resolve
from rebond.workshop.queries.trace import step_done_by
from rebond.workshop.scan import ScanKind, Scanned


def _next(request: HttpRequest, done: Stored) -> HttpResponse:
    """Back to the reader for the next thing, with what was done and its undoing."""
    if not done.is_new:
        messages.success(request, _("It is there already: %(place)s.") % {"place": done.place})
        return redirect("warehouse:store")
    if done.step is not None and done.step.data.get("stock_out"):
        messages.success(request, _("Well found! Somebody bought it. It goes into their parcel."))
    return redirect(f"{reverse('warehouse:store')}?fait={done.step.public_id if done.step else ''}")


def _go_to(found: Scanned, done: Step | None) -> HttpResponse | None:
    """The screen of what was scanned, where it can be put away; after a book, the code of the next one."""
    if found.kind == ScanKind.ITEM:
        return redirect("warehouse:store-object", found.subject.code.lower())
    if found.kind == ScanKind.BOX:
        return redirect("warehouse:store-box", found.subject.code.lower())
    if found.kind == ScanKind.ISBN and done is not None and _is_book(done):
        return redirect(f"{reverse('intake:book')}?isbn={found.text}")
    return None


def _is_book(step: Step) -> bool:
    """Whether what was put away has a book's code: somebody who stores books goes on with the pile."""
    rows = Item.objects.filter(code=step.subject_id, gtin__startswith="97")
    return step.subject_kind == "catalogue.item" and rows.exists()


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def store_task(request: HttpRequest, public_id: str) -> HttpResponse:
    """The screen of a task's object; a place scanned on the screen before is posted here."""
    worker = worker_of(request)
    asked = Task.objects.open().filter(organisation=worker.organisation, kind=STORE)
    task: Task = get_object_or_404(asked, public_id=public_id)
    if request.method == "POST":
        return store_object(request, task.subject_id)
    there = reverse("warehouse:store-object", args=[task.subject_id.lower()])
    return redirect(f"{there}?{request.META['QUERY_STRING']}" if request.META["QUERY_STRING"] else there)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def store(request: HttpRequest) -> HttpResponse:
    """Scan an object or a box."""
    worker = worker_of(request)
    error = ""
    done = step_done_by(worker, STORE, request.GET.get("fait", ""))
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), worker.organisation)
        if (answer := _go_to(found, done)) is not None:
            return answer
        error = words_for(found, wanted="thing")
    context = {
        "error": error,
        "done": done,
        "can_undo": done is not None and can_undo(done),
        "waiting": waiting_count(request.floor.site),  # type: ignore[attr-defined]
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/store.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def store_object(request: HttpRequest, code: str) -> HttpResponse:
    """Where it could go; scan where it goes: any place with room."""
    worker = worker_of(request)
    item = item_by_code(code.upper())
    if item is None or not is_here(item, worker.organisation_id):
        raise Http404
    error = ""
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), worker.organisation)
        if found.kind == ScanKind.ITEM and found.subject.pk != item.pk:
            messages.info(request, _("This is another object."))
            return redirect("warehouse:store-object", found.subject.code.lower())
        if found.kind in {ScanKind.PLACE, ScanKind.BOX}:
            try:
                return _next(request, store_item(item=item, place=found.subject, hands=hands_of(request)))
            except WarehouseError as refused:
                error = str(refused)
        else:
            error = words_for(found, wanted="place")
    context = {
        "item": item,
        "suggested": suggest_place(item, site=item.site, after=request.GET.get("apres", "")[:80]),
        "places": [one for one in lying(item) if not one.place.is_waiting],
        "out": label_out(request, item),
        "error": error,
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/store_object.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def store_container(request: HttpRequest, box: str) -> HttpResponse:
    """Scan the shelf where the whole box goes."""
    worker = worker_of(request)
    rows = Place.objects.open().filter(organisation=worker.organisation, kind__in=CONTAINERS)
    found_box = get_object_or_404(rows.select_related("parent", "site"), code=box.upper())
    error = ""
    if request.method == "POST":
        found = resolve(request.POST.get("code", ""), worker.organisation)
        is_other = found.kind == ScanKind.BOX and found.subject.pk != found_box.pk
        if found.kind == ScanKind.PLACE or is_other:
            try:
                return _next(request, store_box(box=found_box, place=found.subject, hands=hands_of(request)))
            except WarehouseError as refused:
                error = str(refused)
        else:
            error = words_for(found, wanted="shelf")
    context = {
        "box": found_box,
        "tiles": way_to(found_box.parent) if found_box.parent else [],
        "units": units_under(found_box),
        "error": error,
        "operation": uuid.uuid4(),
    }
    return kiosk_page(request, "warehouse/store_box.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_POST
def store_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Put back what one put away."""
    worker = worker_of(request)
    rows = Step.objects.filter(organisation=worker.organisation, worker=worker, kind=STORE)
    step = get_object_or_404(rows, public_id=public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
        messages.success(request, _("Undone. Put it back where it was."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    return redirect("warehouse:store")
