"""Record what was done. The one place that decides, from people's statuses, what may be kept."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Model, Q
from django.utils import timezone

from rebond.catalogue.errors import CatalogueError
from rebond.core.prepared import Prepared
from rebond.workshop.actions.task import finish_task, subject_facts
from rebond.workshop.data.recording import may_record
from rebond.workshop.enums import StepResult
from rebond.workshop.errors import NotUndoable
from rebond.workshop.kinds import kind_of
from rebond.workshop.models import Device, Station, Step, Task, Worker
from rebond.workshop.queries.together import other_hand
from rebond.workshop.signals import step_done


@dataclass(frozen=True, slots=True)
class Hands:
    """Who acts, where, and the operation's id made by the device (the same id is the same act)."""

    worker: Worker
    station: Station | None = None
    device: Device | None = None
    operation_id: uuid.UUID = field(default_factory=uuid.uuid4)
    started_at: datetime | None = None

    @property
    def user(self) -> Any:
        """The user that lower rooms' actions take as `by`."""
        return self.worker.user


_BY_OPERATION: Prepared[Step] = Prepared(
    lambda operation: Step.objects.filter(operation_id=operation).order_by(), uuid.UUID(int=0)
)


def already_done(operation_id: uuid.UUID) -> Step | None:
    """The step of an operation that was sent before: an action asks first, and answers as the first time."""
    return _BY_OPERATION.first(operation_id)


def _hours(hands: Hands, statuses: list[str], now: datetime) -> dict[str, datetime]:
    """Start and end where every status allows them, else nothing."""
    if not may_record("time", *statuses):
        return {}
    return {"started_at": min(hands.started_at or now, now), "ended_at": now}


def _write(hands: Hands, *, statuses: list[str], now: datetime, **facts: Any) -> Step | None:
    """The row, or None where this operation (or this undoing) was written before."""
    try:
        with transaction.atomic():
            step: Step = Step.objects.create(
                operation_id=hands.operation_id,
                station=hands.station,
                worker=hands.worker,
                status=hands.worker.status,
                day=timezone.localdate(now),
                **_hours(hands, statuses, now),
                **facts,
            )
    except IntegrityError:
        return None
    return step


@transaction.atomic(savepoint=False)
def record_step(
    *,
    kind: str,
    subject: Model,
    hands: Hands,
    task: Task | None = None,
    result: str = StepResult.DONE,
    site: Any = None,
    now: datetime | None = None,
    is_asked: bool = False,
    **data: Any,
) -> Step:
    """Append one step and finish its task; hours are kept only where every status allows (data/recording.py).

    Where two have the task, whoever finishes it, both are the step's hands: `partner` is the other one.
    `data` is JSON: what the step found (grams, outcome, place). A repeated operation gives back its first step;
    `is_asked` says that the caller asked for one already, under its own lock.
    Raise KeyError for a kind that no room registered. Sends `step_done` but for training.
    """
    kind_of(kind)
    if not is_asked and (found := already_done(hands.operation_id)) is not None:
        return found
    now = now or timezone.now()
    partner = other_hand(task, hands.worker) if task is not None else None
    step = _write(
        hands,
        statuses=[hands.worker.status, *([partner.status] if partner else [])],
        now=now,
        kind=kind,
        organisation_id=hands.worker.organisation_id,
        site=site or (hands.station.site if hands.station else task.site if task else None),
        task=task,
        partner=partner,
        partner_status=partner.status if partner else "",
        result=result,
        data=data,
        is_training=task.is_training if task else False,
        **subject_facts(subject),
    )
    if step is None:
        return Step.objects.get(operation_id=hands.operation_id)
    if task is not None and result == StepResult.DONE:
        finish_task(task=task, now=now)
    if not step.is_training:
        step_done.send(sender=Step, step=step)
    return step


def can_undo(step: Step, *, today: Any = None) -> bool:
    """Whether the step may be taken back: of today, its kind knows how, and nothing that still holds came after.

    What came after and was itself taken back is as if it had never been: steps are undone one by one, last first.
    The day is the measure because some people's steps have no hour (rules.md B9).
    """
    if step.day != (today or timezone.localdate()) or step.undoes_id is not None or kind_of(step.kind).undo is None:
        return False
    return not _IN_THE_WAY.run(step.subject_kind, step.subject_id, step.pk, step.pk)


_HOLDS = Q(undone_by__isnull=True) & ~Q(result=StepResult.UNDONE)
# a later step that holds, or the undoing of this very one
_IN_THE_WAY: Prepared[tuple[int]] = Prepared(
    lambda kind, subject, after, undone: (
        Step.objects.filter(Q(pk__gt=after) & _HOLDS | Q(undoes=undone), subject_kind=kind, subject_id=subject)
        .order_by()
        .values_list("pk")[:1]
    ),
    "(kind)",
    "(subject)",
    -1,
    -2,
)


@transaction.atomic
def undo_step(*, step: Step, hands: Hands, now: datetime | None = None) -> Step:
    """Take back what a step did, by a new step that undoes it; sent twice is done once.

    Raise NotUndoable, also where the catalogue no longer allows it.
    """
    found = already_done(hands.operation_id)
    if found is not None:
        return found
    undo = kind_of(step.kind).undo
    if undo is None or not can_undo(step, today=timezone.localdate(now)):
        raise NotUndoable
    taken_back = _write(
        hands,
        statuses=[hands.worker.status],
        now=now or timezone.now(),
        kind=step.kind,
        organisation_id=step.organisation_id,
        site=step.site,
        result=StepResult.UNDONE,
        undoes=step,
        subject_kind=step.subject_kind,
        subject_id=step.subject_id,
        subject_label=step.subject_label,
    )
    if taken_back is None:
        raise NotUndoable
    try:
        undo(step, hands.user)
    except CatalogueError as error:
        raise NotUndoable from error
    return taken_back
