"""Rounds and waves that are over: nothing of theirs is left to pick."""

from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils import timezone

from rebond.core.locks import lock_rows
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import PickState, RoundState, WaveState
from rebond.warehouse.models import PickLine, Round, Wave
from rebond.workshop.actions.task import finish_task, open_task
from rebond.workshop.models import Task


def is_over(round_id: int | None) -> bool:
    """Whether nothing of a round (by its key) is left to take."""
    return not PickLine.objects.filter(parcel__round=round_id, state=PickState.TO_PICK).exists()


def end_round(round_id: int | None, now: datetime | None = None) -> None:
    """A round is over, and its wave with the last one; once. Its task is the caller's matter."""
    if round_id is None:
        return
    rows = Round.objects.filter(pk=round_id, state=RoundState.OPEN)
    rows.update(state=RoundState.DONE, ended_on=timezone.localdate(now), version=F("version") + 1)
    wave = Wave.objects.filter(rounds=round_id).first()
    if wave is not None:
        end_wave(wave)


def reopen_round(one: Round, by: Any, now: datetime | None = None) -> None:
    """Something of a finished round is to be picked again: a task of it waits, and its wave goes on."""
    if one.state != RoundState.DONE:
        return
    Round.objects.filter(pk=one.pk).update(state=RoundState.OPEN, ended_on=None, version=F("version") + 1)
    Wave.objects.filter(pk=one.wave_id, state=WaveState.DONE).update(state=WaveState.OPEN)
    open_task(kind=PICK, subject=one, site=one.wave.site, by=by, now=now)


def end_wave(wave: Wave) -> None:
    """A wave whose rounds are all over is over."""
    if not Round.objects.filter(wave=wave, state=RoundState.OPEN).exists():
        rows = Wave.objects.filter(pk=wave.pk, state=WaveState.OPEN)
        rows.update(state=WaveState.DONE, version=F("version") + 1)


def end_rounds(round_ids: set[int], *, now: datetime | None = None) -> None:
    """Rounds of which the last objects are bought no more, or left otherwise, are over; so is their task.

    Their tasks are held first: a picker who takes the last but one at this moment is seen.
    """
    rounds = list(Round.objects.filter(pk__in=round_ids, state=RoundState.OPEN).order_by("pk"))
    codes = [one.public_id for one in rounds]
    open_ones = Task.objects.open().filter(kind=PICK, subject_kind="warehouse.round", subject_id__in=codes)
    tasks = {task.subject_id: task for task in lock_rows(open_ones)} if rounds else {}
    for one in rounds:
        if is_over(one.pk):
            if one.public_id in tasks:
                finish_task(task=tasks[one.public_id], now=now)
            end_round(one.pk, now)
