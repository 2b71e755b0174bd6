"""Picking without network: each object in its slot is one act, sent when the network is there (docs/decisions/0013)."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from rebond.core.codes import parse_code
from rebond.warehouse.actions.emptied import say_emptied
from rebond.warehouse.actions.pick import pick_line
from rebond.warehouse.actions.slot_full import leave_for_next, use_second_slot
from rebond.warehouse.codes import parse_slot_code
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import PickState
from rebond.warehouse.errors import NotInRound, NotYourRound, WarehouseError, WrongObject, WrongSlot
from rebond.warehouse.models import PickLine, Place, Round
from rebond.warehouse.queries.emptied import left_empty
from rebond.warehouse.queries.places import read_place
from rebond.warehouse.queries.waves import lines_of_round, round_of
from rebond.workshop.actions.learning import note_caught
from rebond.workshop.actions.step import already_done
from rebond.workshop.actions.task import take_task
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import WorkshopError
from rebond.workshop.learning import lesson_of
from rebond.workshop.models import Task
from rebond.workshop.offline import ActKind, Kept, Told, register_act
from rebond.workshop.scan import ScanKind

CARRIED = 400  # lines of a luggage: some 40 kB


class WrongPlace(WrongObject):
    message = gettext_lazy("This is a place. Scan the label of the object.")


LESSONS: dict[type[Exception], str] = {WrongObject: "object", WrongPlace: "place", WrongSlot: "slot"}


def pick(kept: Kept) -> Told:
    """The object `code` of the round of `task` lies in `slot`.

    A round whose lease ended meanwhile, and that nobody took, is this person's again. `stopped`: the lessons of what
    the device stopped before. Raise NotYourRound where another one has it, NotInRound where the object is bought no
    more: it goes back to its place; WrongPlace, WrongObject where something else was scanned.
    """
    worker = kept.hands.worker
    rows = Task.objects.filter(organisation=worker.organisation, kind=PICK)
    task = rows.filter(public_id=kept.fields.get("task", "")).first()
    if task is None:
        raise NotYourRound
    slot, code = kept.fields.get("slot", ""), parse_code(kept.fields.get("thing", "") or kept.fields.get("code", ""))
    if (scanned := parse_slot_code(kept.fields.get("code", ""))) is not None:
        slot = str(scanned)
    if (step := already_done(kept.hands.operation_id)) is not None:  # its page had done it before the answer was lost
        return _told(step.subject_label, slot)
    if task.state in {TaskState.WAITING, TaskState.PAUSED}:
        take_task(task=task, worker=worker, now=kept.at)
    found = round_of(task)
    lines = lines_of_round(found) if found is not None else []
    line = _meant(lines, code, kept.fields.get("line", ""), slot)
    if line is None:
        raise _not_it(kept, found, code)
    for lesson in kept.fields.get("stopped", "").split():
        _teach(kept, lesson)
    slots = {one.cart_slot for one in lines}
    number = int(slot) if slot.isdecimal() else slots.pop() if len(slots) == 1 and not slot else 0
    pick_line(line=line, task=task, code=line.item_code, slot=number or 0, hands=kept.hands, now=kept.at)
    return _told(line.title, str(number))


def _not_it(kept: Kept, found: Round | None, code: str | None) -> WarehouseError:
    """Why nothing of the round is meant: it was bought no more, or something else was scanned."""
    if found is None or (code and PickLine.objects.filter(parcel__round=found, item_code=code).exists()):
        return NotInRound()
    place = read_place(kept.fields.get("code", ""), kept.hands.worker.organisation)
    return WrongPlace() if place is not None and place.kind in {ScanKind.PLACE, ScanKind.BOX} else WrongObject()


def _teach(kept: Kept, lesson: str) -> None:
    """As the screen with network does, on the day that it happened: the next day nothing of it is left."""
    if lesson_of(PICK, lesson) is not None and timezone.localdate(kept.at) == timezone.localdate():
        note_caught(worker=kept.hands.worker, kind=PICK, code=lesson, now=kept.at)


def stopped(kept: Kept, why: Exception) -> None:
    """A scan that a page kept without looking is refused here: the same lesson as on the page."""
    if (lesson := LESSONS.get(type(why))) is not None:
        _teach(kept, lesson)


def _meant(lines: list[PickLine], code: str | None, key: str, slot: str = "") -> PickLine | None:
    """The line of the round that an act is about: the one that it names; else one of this object still to be taken.

    Units of a batch are in several slots, under one code: those of the slot said come first.
    """
    found = [line for line in lines if line.item_code == code]
    named = next((line for line in found if str(line.pk) == key), None)
    left = [line for line in found if line.state == PickState.TO_PICK]
    there = [line for line in left if str(line.cart_slot) == slot]
    return named or next(iter([*there, *left, *found]), None)


def _told(name: str, slot: str) -> Told:
    return Told(_("%(name)s: slot %(slot)s") % {"name": name, "slot": slot})


def _round(worker: Any, site: Any) -> dict[str, Any]:
    """What is left of the rounds that the person has at this site, in the order of the walk; the slots of each cart."""
    mine = Q(worker=worker) | Q(partner=worker)
    rows = Task.objects.filter(mine, site=site, kind=PICK, state__in=[TaskState.TAKEN, TaskState.PAUSED])
    picks: list[dict[str, Any]] = []
    slots: dict[str, list[int]] = {}
    for task in rows.order_by("pk")[:3]:
        found = round_of(task)
        lines = lines_of_round(found) if found is not None else []
        left = [line for line in lines if line.state == PickState.TO_PICK]
        bins = left_empty([line.place_id for line in left if line.place_id], [line.pk for line in left])
        last = set({line.place_id: line.pk for line in left if line.place_id in bins}.values())
        picks += [_carried(task, line, is_last=line.pk in last) for line in left]
        slots[task.public_id] = sorted({line.cart_slot for line in lines})
    return {"picks": picks[:CARRIED], "slots": slots}


def _carried(task: Task, line: PickLine, *, is_last: bool) -> dict[str, Any]:
    """`at`: the code of its place; `empties`: the same, where nothing should be left there after it."""
    return {
        "empties": line.place.code if is_last and line.place else "",
        "at": line.place.code if line.place else "",
        "task": task.public_id,
        "line": str(line.pk),
        "code": line.item_code,
        "label": line.title,
        "place": str(line.place or "?"),
        "slot": line.cart_slot,
    }


def emptied(kept: Kept) -> Told:
    """Whether `place` is empty (`empty`: yes, no), said where the network was not."""
    rows = Place.objects.filter(organisation=kept.hands.worker.organisation).select_related("site")
    place = rows.filter(code=kept.fields.get("place", "").upper()).first()
    if place is None:
        raise NotInRound
    is_empty = kept.fields.get("empty") == "yes"
    say_emptied(place=place, is_empty=is_empty, hands=kept.hands, now=kept.at)
    said = _("%(place)s is empty") if is_empty else _("%(place)s: somebody will count it")
    return Told(said % {"place": place})


def full(kept: Kept) -> Told:
    """An object that did not fit: in `slot`, or its parcel waits for the next wave ("").

    Raise NotYourRound, NotInRound, SlotTaken, PartOnCart.
    """
    rows = Task.objects.filter(organisation=kept.hands.worker.organisation, kind=PICK)
    task = rows.filter(public_id=kept.fields.get("task", "")).first()
    found = round_of(task) if task is not None else None
    code = parse_code(kept.fields.get("code", ""))
    lines = lines_of_round(found) if found is not None else []
    line = _meant(lines, code, kept.fields.get("line", ""))
    if (step := already_done(kept.hands.operation_id)) is not None:
        return Told(step.subject_label)
    if task is None or line is None:
        raise NotInRound
    about: dict[str, Any] = {"line": line, "task": task, "hands": kept.hands, "now": kept.at}
    if (slot := kept.fields.get("slot", "")).isdecimal():
        use_second_slot(slot=int(slot), **about)
        return _told(line.title, slot)
    leave_for_next(**about)
    return Told(_("%(name)s: with the next wave") % {"name": line.title})


def register() -> None:
    """Called when the addresses load."""
    refusals = (WarehouseError, WorkshopError)
    register_act(
        ActKind(code="warehouse.pick", apply=pick, step=PICK, refusals=refusals, luggage=_round, refused=stopped)
    )
    register_act(ActKind(code="warehouse.empty", apply=emptied, step=PICK, refusals=refusals))
    register_act(ActKind(code="warehouse.full", apply=full, step=PICK, refusals=refusals))
