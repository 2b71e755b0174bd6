"""What a supervisor does from the desk: limits of stations, order and hands of a task, taking a step back."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.network.models import Organisation, Site
from rebond.workshop.actions.step import Hands, undo_step
from rebond.workshop.actions.worker import add_worker
from rebond.workshop.enums import TASK_TRANSITIONS, TaskState, WorkerStatus
from rebond.workshop.errors import FieldInvalid, TaskStateForbids
from rebond.workshop.models import Station, Step, Task, Worker
from rebond.workshop.queries.floor import worker_of_user

LIMIT = 10_000
FIRST = 10  # priority of what is done first


@transaction.atomic
def set_limits(*, site: Site, limits: Mapping[str, int | None], by: Any) -> int:
    """How many may wait before each open station, by its public id (None: no limit); returns how many changed.

    Raise FieldInvalid on the station's id for a number out of 1 to 10,000, or a station of another site.
    """
    stations = {one.public_id: one for one in Station.objects.open().filter(site=site, public_id__in=limits)}
    changed = 0
    for public_id, limit in limits.items():
        if public_id not in stations or (limit is not None and not 1 <= limit <= LIMIT):
            raise FieldInvalid(public_id, _("Write a number from 1 to 10,000, or nothing."))
        station = stations[public_id]
        if station.limit == limit:
            continue
        Station.objects.filter(pk=station.pk).update(limit=limit, version=F("version") + 1)
        record(
            "workshop.station.limited",
            subject=station,
            by=by,
            organisation=site.organisation,
            old=station.limit,
            new=limit,
        )
        changed += 1
    return changed


@transaction.atomic
def put_first(*, task: Task, is_first: bool, by: Any) -> Task:
    """Proposed before the others of its queue, or in its turn again. Raise TaskStateForbids; twice is once."""
    priority = FIRST if is_first else 0
    if task.priority == priority:
        return task
    if not Task.objects.open().filter(pk=task.pk).update(priority=priority, version=F("version") + 1):
        raise TaskStateForbids
    task.refresh_from_db()
    record("workshop.task.ordered", subject=task, by=by, organisation=task.organisation, is_first=is_first)
    return task


@transaction.atomic
def free_task(*, task: Task, by: Any) -> Task:
    """Back to its queue, free for anybody, answers kept. Raise TaskStateForbids where nobody has it."""
    rows = Task.objects.filter(pk=task.pk, state__in=TASK_TRANSITIONS["release"][0])
    freed = {"worker": None, "partner": None, "proposed_to": None, "lease_until": None}
    if not rows.update(state=TaskState.WAITING, version=F("version") + 1, **freed):
        raise TaskStateForbids
    task.refresh_from_db()
    record("workshop.task.freed", subject=task, by=by, organisation=task.organisation)
    return task


def _own_worker(user: Any, organisation: Organisation) -> Worker:
    """The supervisor's own card in the team, made where there is none: a step is always somebody's."""
    found = worker_of_user(user, organisation)
    if found is not None:
        return found
    first_name = (user.display_name.split() or [""])[0][:40]
    return add_worker(organisation=organisation, first_name=first_name, status=WorkerStatus.STAFF, by=user, user=user)


@transaction.atomic
def undo_from_desk(*, step: Step, by: Any, operation_id: uuid.UUID | None = None, now: datetime | None = None) -> Step:
    """Take a step back in the supervisor's name. Raise NotUndoable, or what the room of the step refuses."""
    worker = _own_worker(by, step.organisation)
    hands = Hands(worker=worker, operation_id=operation_id or uuid.uuid4())
    return undo_step(step=step, hands=hands, now=now)
