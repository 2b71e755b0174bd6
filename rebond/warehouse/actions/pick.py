"""Picking: one object after the other goes from its shelf to the slot of its parcel; what is not there is told at once.

Who acts holds the round's task: nobody else takes its parcels (`workshop.actions.task`). Locks: the parcel, then the
task, then what follows: whoever ends a round holds its task. The room of orders is told by `signals.line_missing`, and
acts by a task of its own.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from rebond.core.locks import lock_row
from rebond.warehouse.actions.parcel import move_parcel, settle
from rebond.warehouse.actions.rounds import end_round, is_over, reopen_round
from rebond.warehouse.actions.stock_out import note_missing
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import MISSED, ParcelState, PickState, RoundState
from rebond.warehouse.errors import NotInRound, NotYourRound, WrongObject, WrongSlot
from rebond.warehouse.models import Parcel, PickLine, Round
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import finish_task
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task


def check_mine(task: Task, hands: Hands) -> None:
    """Raise NotYourRound where the person has the task no longer: given on, paused by another, over."""
    fresh = lock_row(task)
    if fresh.state != TaskState.TAKEN or hands.worker.pk not in {fresh.worker_id, fresh.partner_id}:
        raise NotYourRound


def held_line(line: PickLine, task: Task) -> tuple[PickLine, Parcel]:
    """The line and its parcel, locked and fresh; raise NotInRound where another round (or none) has it."""
    parcel = lock_row(Parcel(pk=line.parcel_id), no_key=True)
    fresh = PickLine.objects.select_related("item", "place").get(pk=line.pk)
    owner = Round.objects.filter(parcels=parcel).values_list("public_id", flat=True).first()
    if owner != task.subject_id:
        raise NotInRound
    return fresh, parcel


@transaction.atomic
def pick_line(*, line: PickLine, task: Task, code: str, slot: int, hands: Hands, now: datetime | None = None) -> Step:
    """The object whose label was scanned (`code`) lies in the slot of its parcel. The last one ends the round.

    Sent twice, it is one step; picked already by the same round, it is the step of then. Raise WrongObject, WrongSlot
    (nothing is written then), NotYourRound, NotInRound where it is bought no more.
    """
    if (found := already_done(hands.operation_id)) is not None:
        return found
    line, parcel = held_line(line, task)
    check_mine(task, hands)
    if code.upper() != line.item_code:
        raise WrongObject
    if slot != (line.slot or parcel.slot):
        raise WrongSlot(line.slot or parcel.slot or 0)
    if line.state != PickState.TO_PICK:
        raise NotInRound
    PickLine.objects.filter(pk=line.pk).update(state=PickState.PICKED)
    settle(parcel, hands.user, now=now)
    is_last = is_over(parcel.round_id)
    step = record_step(
        kind=PICK,
        subject=line.item,
        hands=hands,
        task=task if is_last else None,
        site=parcel.site,
        now=now,
        is_asked=True,
        line=line.pk,
        slot=slot,
        place=line.place.code if line.place else "",
        label=str(line.place or ""),
    )
    if is_last:
        end_round(parcel.round_id, now)
    return step


@transaction.atomic
def put_off(*, line: PickLine, task: Task, hands: Hands) -> None:
    """Not now: it comes back at the end of the round. Raise NotYourRound, NotInRound."""
    line, parcel = held_line(line, task)
    check_mine(task, hands)
    most = PickLine.objects.filter(parcel__round=parcel.round_id).aggregate(n=Max("skips"))["n"] or 0
    PickLine.objects.filter(pk=line.pk, state=PickState.TO_PICK).update(skips=most + 1)


@transaction.atomic
def miss_line(*, line: PickLine, task: Task, reason: str, hands: Hands, now: datetime | None = None) -> PickLine:
    """It is not there after all (PickState.MISSING), or too damaged to be sent (DAMAGED): never another one instead.

    The room of orders is told, so that its buyer is refunded; the round goes on. Twice is once. Raise NotYourRound,
    NotInRound.
    """
    line, parcel = held_line(line, task)
    check_mine(task, hands)
    rows = PickLine.objects.filter(pk=line.pk, state=PickState.TO_PICK)
    if reason not in MISSED or not rows.update(state=reason):
        return line
    line.state = reason
    settle(parcel, hands.user, now=now)
    note_missing(line, parcel, by=hands.user, now=now)
    if is_over(parcel.round_id):
        finish_task(task=task, now=now)
        end_round(parcel.round_id, now)
    return line


@transaction.atomic
def unpick(*, step: Step, by: Any, now: datetime | None = None) -> None:
    """Take back a pick, on the day: the object is to be picked again. Raise NotUndoable where its parcel left."""
    found = PickLine.objects.filter(pk=step.data.get("line"), item_code=step.subject_id).first()
    if found is None:
        raise NotUndoable
    parcel = lock_row(Parcel(pk=found.parcel_id), no_key=True)
    one = Round.objects.select_related("wave__site").filter(parcels=parcel).first()
    rows = PickLine.objects.filter(pk=found.pk, state=PickState.PICKED)
    if one is None or one.state == RoundState.CANCELLED or parcel.state not in {ParcelState.ASKED, ParcelState.PICKED}:
        raise NotUndoable
    if not rows.update(state=PickState.TO_PICK):
        raise NotUndoable
    if parcel.state == ParcelState.PICKED:
        move_parcel(parcel, "reopen", by, now=now)
    reopen_round(one, by, now)
