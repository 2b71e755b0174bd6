"""Picking without network: each object in its slot is one act, sent when the network is there (docs/decisions/0013)."""

from typing import Any

from django.utils.translation import gettext as _

from rebond.core.codes import parse_code
from rebond.warehouse.actions.pick import pick_line
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import PickState
from rebond.warehouse.errors import NotInRound, NotYourRound, WarehouseError
from rebond.warehouse.models import PickLine
from rebond.warehouse.queries.waves import lines_of_round, round_of
from rebond.workshop.actions.step import already_done
from rebond.workshop.actions.task import take_task
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import WorkshopError
from rebond.workshop.models import Task
from rebond.workshop.offline import ActKind, Kept, Told, register_act

CARRIED = 400  # lines of a luggage: some 40 kB


def pick(kept: Kept) -> Told:
    """The object `code` of the round of `task` lies in `slot`.

    A round whose lease ended meanwhile, and that nobody took, is this person's again. Raise NotYourRound where another
    one has it, NotInRound where the object is bought no more: it goes back to its place.
    """
    worker = kept.hands.worker
    rows = Task.objects.filter(organisation=worker.organisation, kind=PICK)
    task = rows.filter(public_id=kept.fields.get("task", "")).first()
    if task is None:
        raise NotYourRound
    slot, code = kept.fields.get("slot", ""), parse_code(kept.fields.get("code", ""))
    if (step := already_done(kept.hands.operation_id)) is not None:  # its page had done it before the answer was lost
        return _told(step.subject_label, slot)
    if task.state in {TaskState.WAITING, TaskState.PAUSED}:
        take_task(task=task, worker=worker, now=kept.at)
    found = round_of(task)
    lines = lines_of_round(found) if found is not None else []
    line = next((one for one in lines if one.item_code == code), None)
    if line is None:
        raise NotInRound
    slots = {one.parcel.slot for one in lines}
    number = int(slot) if slot.isdecimal() else slots.pop() if len(slots) == 1 and not slot else 0
    pick_line(line=line, task=task, code=line.item_code, slot=number or 0, hands=kept.hands, now=kept.at)
    return _told(line.title, str(number))


def _told(name: str, slot: str) -> Told:
    return Told(_("%(name)s: slot %(slot)s") % {"name": name, "slot": slot})


def _round(worker: Any, site: Any) -> dict[str, Any]:
    """What is left of the rounds that the person has at this site, in the order of the walk."""
    rows = Task.objects.filter(worker=worker, site=site, kind=PICK, state__in=[TaskState.TAKEN, TaskState.PAUSED])
    picks: list[dict[str, Any]] = []
    for task in rows.order_by("pk")[:3]:
        found = round_of(task)
        lines = lines_of_round(found) if found is not None else []
        picks += [_carried(task, line) for line in lines if line.state == PickState.TO_PICK]
    return {"picks": picks[:CARRIED]}


def _carried(task: Task, line: PickLine) -> dict[str, Any]:
    return {
        "task": task.public_id,
        "code": line.item_code,
        "label": line.title,
        "place": str(line.place or "?"),
        "slot": line.parcel.slot,
    }


def register() -> None:
    """Called when the addresses load."""
    refusals = (WarehouseError, WorkshopError)
    register_act(ActKind(code="warehouse.pick", apply=pick, step=PICK, refusals=refusals, luggage=_round))
