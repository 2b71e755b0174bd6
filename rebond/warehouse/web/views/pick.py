"""The station that picks: one object at a time, its label, then the slot of its parcel on the cart."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.codes import parse_code
from rebond.warehouse.actions import pick as actions
from rebond.warehouse.actions.emptied import say_emptied
from rebond.warehouse.actions.slot_full import leave_for_next, use_second_slot
from rebond.warehouse.codes import parse_slot_code
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import PickState
from rebond.warehouse.errors import NotYourRound, WarehouseError, WrongObject, WrongSlot
from rebond.warehouse.models import PickLine, Place
from rebond.warehouse.queries import waves as queries
from rebond.warehouse.queries.emptied import emptied_by, free_slots
from rebond.warehouse.queries.nearby import nearby
from rebond.warehouse.queries.places import read_place, way_to
from rebond.workshop.actions.learning import note_caught
from rebond.workshop.actions.step import can_undo, undo_step
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import WorkshopError
from rebond.workshop.kiosk import hands_of, kiosk_page, worker_of
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.skills import knows
from rebond.workshop.queries.trace import step_done_by
from rebond.workshop.scan import ScanKind


def _task(request: HttpRequest, public_id: str) -> Task:
    """A task of picking of the person's organisation; raise Http404."""
    rows = Task.objects.filter(organisation=worker_of(request).organisation, kind=PICK)
    found: Task = get_object_or_404(rows.select_related("site"), public_id=public_id)
    return found


def _is_mine(request: HttpRequest, task: Task) -> bool:
    return task.state == TaskState.TAKEN and worker_of(request).pk in {task.worker_id, task.partner_id}


def _lines(task: Task) -> list[PickLine]:
    found = queries.round_of(task)
    return queries.lines_of_round(found) if found is not None else []


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def pick(request: HttpRequest, public_id: str) -> HttpResponse:
    """Where to go, what to scan, which slot; a scan of another object of the round takes that one first."""
    task = _task(request, public_id)
    lines = _lines(task)
    left = [line for line in lines if line.state == PickState.TO_PICK]
    if not left:
        return _over(request, task, lines)
    if not _is_mine(request, task):
        messages.info(request, str(NotYourRound()))
        return redirect("workshop:kiosk")
    return _scanned(request, task, lines, left) if request.method == "POST" else _shown(request, task, lines, left)


def _scanned(request: HttpRequest, task: Task, lines: list[PickLine], left: list[PickLine]) -> HttpResponse:
    """An object first, then its slot where the cart has several: the code comes with both."""
    text, scanned = request.POST.get("code", ""), parse_slot_code(request.POST.get("code", ""))
    code = parse_code(request.POST.get("thing", "") if scanned else text)
    line = next((one for one in left if one.item_code == code), None)
    if line is None:
        error, lesson = _not_it(request, text, left[0])
        return _stopped(request, task, lines, left, error=error, lesson=lesson)
    slots = {one.cart_slot for one in lines}
    slot = line.cart_slot if len(slots) == 1 else scanned or request.POST.get("slot", "")
    if not slot:
        return redirect(f"{reverse('warehouse:pick', args=[task.public_id])}?objet={line.item_code}")
    try:
        number = int(slot) if str(slot).isdecimal() else 0
        step = actions.pick_line(line=line, task=task, code=line.item_code, slot=number, hands=hands_of(request))
    except WarehouseError as refused:
        lesson = "slot" if isinstance(refused, WrongSlot) else ""
        return _stopped(request, task, lines, left, error=str(refused), in_hand=line, lesson=lesson)
    return redirect(f"{reverse('warehouse:pick', args=[task.public_id])}?fait={step.public_id}")


def _stopped(request: HttpRequest, *about: Any, lesson: str, **more: Any) -> HttpResponse:
    """The scan stopped something: said, and kept for today where the person learns."""
    if lesson:
        note_caught(worker=worker_of(request), kind=PICK, code=lesson)
    return _shown(request, *about, **more)


def _not_it(request: HttpRequest, text: str, line: PickLine) -> tuple[str, str]:
    """What was scanned is no object of this round: said gently, with what to do; the lesson of it, "" for none."""
    place = read_place(text, worker_of(request).organisation)
    if place is None or place.kind not in {ScanKind.PLACE, ScanKind.BOX}:
        return str(WrongObject()), "object"
    if line.place_id == place.subject.pk:
        return _("Right place. Now scan the label of the object."), ""
    return _("This is %(place)s. Go to %(right)s.") % {"place": place.label, "right": line.place or "?"}, "place"


def _over(request: HttpRequest, task: Task, lines: list[PickLine]) -> HttpResponse:
    """Nothing is left to take: what to do with the cart, and the way back from the last object."""
    done = step_done_by(worker_of(request), PICK, request.GET.get("fait", ""))
    slots = sorted({(line.cart_slot, str(line.parcel)) for line in lines if line.state == PickState.PICKED})
    context = {"task": task, "slots": slots, "done": done, "can_undo": done is not None and can_undo(done)}
    context |= {"is_stopped": task.state == TaskState.CANCELLED, "left_on_cart": queries.left_on_cart(task)}
    context["emptied"] = emptied_by(done.data.get("line")) if done is not None else None
    return kiosk_page(request, "warehouse/pick_over.html", context)


def _shown(
    request: HttpRequest,
    task: Task,
    lines: list[PickLine],
    left: list[PickLine],
    error: str = "",
    in_hand: PickLine | None = None,
) -> HttpResponse:
    worker = worker_of(request)
    asked = parse_code(request.GET.get("objet", ""))
    in_hand = in_hand or next((line for line in left if asked and line.item_code == asked), None)
    line = in_hand or left[0]
    done = step_done_by(worker, PICK, request.GET.get("fait", ""))
    context = {
        "task": task,
        "line": line,
        "in_hand": in_hand,
        "tiles": way_to(line.place) if line.place else [],
        "number": len(lines) - len(left) + 1,
        "all": len(lines),
        "left": left,
        "lines": sorted(lines, key=lambda one: (one.state == PickState.TO_PICK, one.skips, one.turn or 0)),
        "slots": sorted({one.cart_slot for one in lines}),
        "is_learning": not knows(worker, PICK),
        "done": done,
        "can_undo": done is not None and can_undo(done),
        "emptied": emptied_by(done.data.get("line")) if done is not None else None,
        "error": error,
    }
    return kiosk_page(request, "warehouse/pick.html", context, status=422 if error else 200)


def _line(task: Task, line_id: str | int) -> PickLine:
    """A line of the round that is still to be taken; raise Http404."""
    found = next((line for line in _lines(task) if str(line.pk) == str(line_id)), None)
    if found is None:
        raise Http404
    return found


@requires(STATION_PERMISSION)
@require_POST
def pick_later(request: HttpRequest, public_id: str) -> HttpResponse:
    """It comes back at the end."""
    task = _task(request, public_id)
    line = next((one for one in _lines(task) if str(one.pk) == request.POST.get("line", "")), None)
    if line is None:  # taken meanwhile, or bought no more
        return redirect("warehouse:pick", public_id)
    try:
        actions.put_off(line=line, task=task, hands=hands_of(request))
        messages.success(request, _("Kept for later. It comes back at the end."))
    except WarehouseError as refused:
        messages.error(request, str(refused))
    return redirect("warehouse:pick", public_id)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def pick_find(request: HttpRequest, public_id: str, line_id: int) -> HttpResponse:
    """It is not there, or broken: where to look; then its buyer is told, and the round goes on."""
    task = _task(request, public_id)
    line = _line(task, line_id)
    if not _is_mine(request, task) or line.state != PickState.TO_PICK:
        return redirect("warehouse:pick", public_id)
    if request.method == "POST":
        try:
            reason = request.POST.get("reason", "")
            done = actions.miss_line(line=line, task=task, reason=reason, hands=hands_of(request))
            messages.success(request, _("Thank you for looking. Its buyer will be told. Go on."))
            if done.state == PickState.DAMAGED:
                messages.info(request, _("Put it on the packing table, apart from the parcels."))
        except WarehouseError as refused:
            messages.error(request, str(refused))
        return redirect("warehouse:pick", public_id)
    context = {
        "task": task,
        "line": line,
        "moves": queries.last_moves(line),
        "taken": queries.taken_here(line),
        "nearby": nearby(line),
        "tiles": way_to(line.place) if line.place else [],
    }
    return kiosk_page(request, "warehouse/pick_find.html", context)


@requires(STATION_PERMISSION)
@require_POST
def pick_emptied(request: HttpRequest, public_id: str) -> HttpResponse:
    """Whether the place of the last object is empty: where something is left, somebody counts it."""
    task = _task(request, public_id)
    rows = Place.objects.filter(organisation=task.organisation_id)
    place = get_object_or_404(rows.select_related("site"), code=request.POST.get("place", "").upper())
    is_empty = request.POST.get("empty") == "yes"
    say_emptied(place=place, is_empty=is_empty, hands=hands_of(request))
    messages.success(
        request, _("Thank you. It is noted.") if is_empty else _("Thank you. Somebody will count this place.")
    )
    return redirect("warehouse:pick", public_id)


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def pick_full(request: HttpRequest, public_id: str, line_id: int) -> HttpResponse:
    """It does not fit in its slot: a second one, or the parcel waits for the next wave."""
    task = _task(request, public_id)
    line, error = _line(task, line_id), ""
    if not _is_mine(request, task) or line.state != PickState.TO_PICK:
        return redirect("warehouse:pick", public_id)
    if request.method == "POST":
        slot = request.POST.get("slot", "")
        about: dict[str, Any] = {"line": line, "task": task, "hands": hands_of(request)}
        try:
            if slot.isdecimal():
                use_second_slot(slot=int(slot), **about)
                return redirect(f"{reverse('warehouse:pick', args=[public_id])}?objet={line.item_code}")
            leave_for_next(**about)
            messages.success(request, _("Put it back in its place. Its parcel leaves with the next wave."))
            return redirect("warehouse:pick", public_id)
        except WarehouseError as refused:
            error = str(refused)
    one = queries.round_of(task)
    free = free_slots(one) if one is not None else []
    on_cart = any(other.parcel_id == line.parcel_id and other.state == PickState.PICKED for other in _lines(task))
    context = {"task": task, "line": line, "slot": free[0] if free else None, "on_cart": on_cart, "error": error}
    return kiosk_page(request, "warehouse/pick_full.html", context, status=422 if error else 200)


@requires(STATION_PERMISSION)
@require_POST
def pick_undo(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an object out of its slot again."""
    worker = worker_of(request)
    rows = Step.objects.filter(organisation=worker.organisation, worker=worker, kind=PICK)
    step = get_object_or_404(rows, public_id=public_id)
    try:
        undo_step(step=step, hands=hands_of(request))
        messages.success(request, _("Undone. Take it out of its slot."))
    except WorkshopError as refused:
        messages.error(request, str(refused))
    task = queries.task_of_line(step.data.get("line"), worker.organisation)
    return redirect("warehouse:pick", task.public_id) if task else redirect("workshop:kiosk")
