"""An object does not fit in the slot of its parcel: a second slot of the cart, or its parcel waits for the next wave.

Locks: as in `pick.py`.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from rebond.core.locks import lock_row
from rebond.warehouse.actions.pick import check_mine, held_line
from rebond.warehouse.actions.rounds import end_round, is_over, reopen_round
from rebond.warehouse.data import FULL
from rebond.warehouse.enums import ParcelState, PickState, RoundState
from rebond.warehouse.errors import NotInRound, PartOnCart, SlotTaken
from rebond.warehouse.models import Parcel, PickLine, Round
from rebond.warehouse.queries.emptied import free_slots
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import finish_task
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task


@transaction.atomic
def use_second_slot(*, line: PickLine, task: Task, slot: int, hands: Hands, now: datetime | None = None) -> Step:
    """The object goes in another, free slot of the cart. Sent twice, it is one step.

    Raise SlotTaken, NotYourRound, NotInRound.
    """
    if (found := already_done(hands.operation_id)) is not None:
        return found
    line, parcel = _to_pick(line, task, hands)
    if parcel.round is None or slot not in free_slots(parcel.round):
        raise SlotTaken
    PickLine.objects.filter(pk=line.pk).update(slot=slot)
    said: dict[str, Any] = {"way": "slot", "line": line.pk, "slot": slot, "before": line.slot}
    return record_step(kind=FULL, subject=line.item, hands=hands, site=parcel.site, now=now, is_asked=True, **said)


@transaction.atomic
def leave_for_next(*, line: PickLine, task: Task, hands: Hands, now: datetime | None = None) -> Step:
    """The parcel leaves the cart, and waits for another wave; the round goes on without it, or is over. Twice is once.

    Raise PartOnCart where something of it was picked, NotYourRound, NotInRound.
    """
    if (found := already_done(hands.operation_id)) is not None:
        return found
    line, parcel = _to_pick(line, task, hands)
    if PickLine.objects.filter(parcel=parcel, state=PickState.PICKED).exists():
        raise PartOnCart
    rows = PickLine.objects.filter(parcel=parcel, state=PickState.TO_PICK)
    turns = {str(pk): turn for pk, turn in rows.values_list("pk", "turn")}
    said: dict[str, Any] = {"way": "next", "line": line.pk, "parcel": parcel.pk, "turns": turns}
    said |= {"round": parcel.round_id, "slot": parcel.slot}
    rows.update(turn=None, skips=0, slot=None)
    Parcel.objects.filter(pk=parcel.pk).update(wave=None, round=None, slot=None, version=F("version") + 1)
    step = record_step(kind=FULL, subject=line.item, hands=hands, site=parcel.site, now=now, is_asked=True, **said)
    if is_over(parcel.round_id):
        finish_task(task=task, now=now)
        end_round(parcel.round_id, now)
    return step


def _to_pick(line: PickLine, task: Task, hands: Hands) -> tuple[PickLine, Parcel]:
    fresh, parcel = held_line(line, task)
    check_mine(task, hands)
    if fresh.state != PickState.TO_PICK:
        raise NotInRound
    return fresh, parcel


@transaction.atomic
def fit_again(*, step: Step, by: Any, now: datetime | None = None) -> None:
    """Taken back, on the day: the slot of before, or the parcel is on its cart again. Raise NotUndoable."""
    if step.data.get("way") == "slot":
        rows = PickLine.objects.filter(pk=step.data["line"], state=PickState.TO_PICK, slot=step.data["slot"])
        if not rows.update(slot=step.data["before"]):
            raise NotUndoable
        return
    parcel = lock_row(Parcel(pk=step.data["parcel"]), no_key=True)
    one = Round.objects.select_related("wave__site").get(pk=step.data["round"])
    is_free = parcel.wave_id is None and parcel.state == ParcelState.ASKED
    if not is_free or one.state == RoundState.CANCELLED or step.data["slot"] not in free_slots(one):
        raise NotUndoable
    back = {"wave": one.wave, "round": one, "slot": step.data["slot"], "version": F("version") + 1}
    Parcel.objects.filter(pk=parcel.pk).update(**back)
    for pk, turn in step.data["turns"].items():
        PickLine.objects.filter(pk=int(pk), state=PickState.TO_PICK).update(turn=turn)
    reopen_round(one, by, now)
