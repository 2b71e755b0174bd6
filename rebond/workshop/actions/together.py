"""One task and two people: shared, left to the other, handed over, taken back. Each is one conditional update."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.journal.actions.record import record
from rebond.workshop.actions.task import LEASE, leave_to_partner
from rebond.workshop.enums import TaskState
from rebond.workshop.errors import FieldInvalid, NotUndoable, TaskStateForbids
from rebond.workshop.models import Task, Worker
from rebond.workshop.queries.together import passed_on_by


def check_colleague(worker: Worker, colleague: Worker, field: str) -> None:
    """Raise FieldInvalid on `field` for oneself, somebody of another team, or who left."""
    is_of_team = colleague.organisation_id == worker.organisation_id and colleague.ended_on is None
    if colleague.pk == worker.pk or not is_of_team:
        raise FieldInvalid(field, _("Choose a colleague."))


@transaction.atomic
def share_task(*, task: Task, worker: Worker, partner: Worker, by: Any) -> Task:
    """Done by two: both have it, whoever finishes it, and both are the step's hands. Sent twice is once.

    Raise FieldInvalid as `check_colleague` and where two have it already, TaskStateForbids where `worker` has it not.
    """
    check_colleague(worker, partner, "partner")
    mine = Task.objects.open().filter(pk=task.pk, worker=worker)
    changed = mine.filter(partner__isnull=True).update(partner=partner, version=F("version") + 1)
    task.refresh_from_db()
    if changed:
        record("workshop.task.shared", subject=task, by=by, organisation=task.organisation, to=partner.first_name)
    elif (task.worker_id, task.partner_id) != (worker.pk, partner.pk):
        if mine.exists():
            raise FieldInvalid("partner", _("You are two already."))
        raise TaskStateForbids
    return task


@transaction.atomic
def part_task(*, task: Task, worker: Worker, is_leaving: bool, by: Any) -> Task:
    """One goes on alone: the colleague where `worker` is leaving, else `worker`, who had it. Sent twice is once.

    Raise TaskStateForbids where the two of them have it not.
    """
    rows = Task.objects.filter(pk=task.pk)
    if is_leaving:
        changed = leave_to_partner(rows, worker)
    else:
        mine = rows.open().filter(worker=worker, partner__isnull=False)
        changed = mine.update(partner=None, version=F("version") + 1)
    task.refresh_from_db()
    if changed:
        name = task.worker.first_name if task.worker else ""
        record("workshop.task.parted", subject=task, by=by, organisation=task.organisation, to=name)
    elif (task.worker_id == worker.pk) == is_leaving:
        raise TaskStateForbids
    return task


@transaction.atomic
def hand_over_task(*, task: Task, to: Worker, by: Any, worker: Worker | None = None) -> Task:
    """Proposed to a colleague: it waits for them with its answers, free of the one who had it.

    `worker` hands over what they have, and have alone; sent twice is once. None: a supervisor does.
    Raise FieldInvalid as `check_colleague`, TaskStateForbids.
    """
    if worker is not None:
        check_colleague(worker, to, "to")
    elif to.organisation_id != task.organisation_id or to.ended_on is not None:
        raise FieldInvalid("to", _("Choose a colleague."))
    rows = Task.objects.open().filter(Q() if worker is None else Q(worker=worker, partner__isnull=True), pk=task.pk)
    changed = rows.update(
        state=TaskState.WAITING, worker=None, partner=None, lease_until=None, proposed_to=to, version=F("version") + 1
    )
    task.refresh_from_db()
    if changed:
        record("workshop.task.handed_over", subject=task, by=by, organisation=task.organisation, to=to.first_name)
    elif worker is None or not passed_on_by(task, worker) or task.proposed_to_id != to.pk:
        raise TaskStateForbids
    return task


@transaction.atomic
def take_back_task(*, task: Task, worker: Worker, by: Any, now: datetime | None = None) -> Task:
    """What the person handed over or gave back today is theirs again, while nobody took it. Sent twice is once.

    Raise NotUndoable.
    """
    now = now or timezone.now()
    rows = Task.objects.filter(pk=task.pk, state=TaskState.WAITING, worker__isnull=True)
    changed = passed_on_by(task, worker, now=now) and rows.update(
        state=TaskState.TAKEN, worker=worker, proposed_to=None, lease_until=now + LEASE, return_reason="", note="",
        version=F("version") + 1,
    )  # fmt: skip
    task.refresh_from_db()
    if changed:
        record("workshop.task.taken_back", subject=task, by=by, organisation=task.organisation)
    elif task.worker_id != worker.pk:
        raise NotUndoable
    return task
