"""Tasks: opened, taken, paused, returned, finished. Each move is one conditional update; `together.py` is for two."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.core.prepared import Prepared
from rebond.journal.actions.record import record
from rebond.network.models import Site
from rebond.workshop.enums import OPEN_STATES, TASK_TRANSITIONS, ReturnReason, TaskState
from rebond.workshop.errors import FieldInvalid, TaskStateForbids, TaskTaken
from rebond.workshop.models import Station, Task, Worker

LEASE = timedelta(hours=2)  # a task without news for so long comes back by itself


def subject_facts(subject: Model) -> dict[str, str]:
    """(kind, public id, printed label) of any row, as the journal keeps it."""
    return {
        "subject_kind": subject._meta.label_lower,  # noqa: SLF001 -- Django's documented name
        "subject_id": str(getattr(subject, "public_id", subject.pk)),
        "subject_label": str(subject)[:200],
    }


@transaction.atomic(savepoint=False)
def open_task(
    *,
    kind: str,
    subject: Model,
    site: Site,
    by: Any,
    station: Station | None = None,
    priority: int = 0,
    is_training: bool = False,
    data: dict[str, Any] | None = None,
    now: datetime | None = None,
    is_asked: bool = False,
) -> Task:
    """A step that waits; where one of this kind waits already for the subject, that one is given back.

    `is_asked` says that the caller looked and found none: the database still refuses a second one.
    """
    facts = subject_facts(subject)
    open_one = Task.objects.open().filter(kind=kind, subject_kind=facts["subject_kind"], subject_id=facts["subject_id"])
    if not is_asked:
        found: Task | None = open_one.first()
        if found is not None:
            return found
    try:
        with transaction.atomic():
            task: Task = Task.objects.create(
                kind=kind,
                organisation_id=site.organisation_id,
                site=site,
                station=station,
                priority=priority,
                is_training=is_training,
                data=data or {},
                created_at=now or timezone.now(),
                **facts,
            )
    except IntegrityError:  # somebody opened it between the two
        return open_one.get()
    record("workshop.task.opened", subject=task, by=by, organisation=site.organisation)
    return task


def _move(task: Task, verb: str, *, where: Q | None = None, **changes: Any) -> bool:
    """The conditional update of one verb; False where the state (or `where`) did not allow it."""
    from_states, to_state = TASK_TRANSITIONS[verb]
    rows = Task.objects.filter(Q(pk=task.pk, state__in=from_states) & (where or Q()))
    done = bool(rows.update(state=to_state, version=F("version") + 1, **changes))
    _refresh(task)
    return done


def _refresh(task: Task) -> None:
    """As the database has it now; raise Task.DoesNotExist where it is gone. Rows that it names are asked again."""
    fresh = _BY_KEY.first(task.pk)
    if fresh is None:
        raise Task.DoesNotExist
    for field in Task._meta.concrete_fields:  # noqa: SLF001 -- Django's documented name
        known = getattr(task, field.attname)
        setattr(task, field.attname, getattr(fresh, field.attname))
        if field.is_relation and known != getattr(task, field.attname):
            task._state.fields_cache.pop(field.name, None)  # noqa: SLF001 -- as `refresh_from_db` does


_BY_KEY: Prepared[Task] = Prepared(lambda pk: Task.objects.filter(pk=pk).order_by(), -1)


@transaction.atomic
def take_task(*, task: Task, worker: Worker, now: datetime | None = None) -> Task:
    """The person has it, for two hours without news at most; taking one's own again renews it.

    Raise TaskTaken where somebody else has it, TaskStateForbids where it is over.
    """
    return take_inside(task=task, worker=worker, now=now)


def take_inside(*, task: Task, worker: Worker, now: datetime | None = None) -> Task:
    """`take_task` as a part of the caller's action, whose transaction ends with a refusal."""
    now = now or timezone.now()
    if task.state == TaskState.TAKEN and worker.pk in {task.worker_id, task.partner_id} and _renew(task, worker, now):
        return task
    where = Q(worker__isnull=True) | Q(worker=worker) | Q(partner=worker)
    if _move(task, "take", where=where, worker=worker, lease_until=now + LEASE, return_reason=""):
        return task
    if _renew(task, worker, now):
        return task
    if task.state in OPEN_STATES:
        raise TaskTaken(task.worker.first_name if task.worker else "")
    raise TaskStateForbids


def _renew(task: Task, worker: Worker, now: datetime) -> bool:
    """Two more hours for who has it; False where they do not."""
    rows = Task.objects.filter(Q(worker=worker) | Q(partner=worker), pk=task.pk, state=TaskState.TAKEN)
    if not rows.update(lease_until=now + LEASE):
        return False
    task.lease_until = now + LEASE
    return True


@transaction.atomic
def pause_task(*, task: Task, worker: Worker) -> Task:
    """Kept for the same person, who comes back to it. Raise TaskStateForbids."""
    if not _move(task, "pause", where=Q(worker=worker) | Q(partner=worker)):
        raise TaskStateForbids
    return task


@transaction.atomic
def return_task(*, task: Task, worker: Worker, reason: str, by: Any, note: str = "") -> Task:
    """Back to its queue with a reason (ReturnReason) that the next person and the supervisor read.

    Raise FieldInvalid without a reason, TaskStateForbids.
    """
    if reason not in ReturnReason.values:
        raise FieldInvalid("reason", _("Say why."))
    where = Q(worker=worker) | Q(partner=worker)
    freed = {"worker": None, "partner": None, "proposed_to": None, "lease_until": None}
    if not _move(task, "return", where=where, return_reason=reason, note=note[:200], **freed):
        raise TaskStateForbids
    record("workshop.task.returned", subject=task, by=by, organisation=task.organisation, reason=reason)
    return task


def save_answers(*, task: Task, worker: Worker, now: datetime | None = None, **answers: Any) -> Task:
    """Keep answers given so far (JSON values; None takes one away), and renew the lease. Raise TaskStateForbids.

    One locked read and write: two answers sent together are both kept.
    """
    with transaction.atomic():
        fresh = lock_row(task)
        if fresh.state not in OPEN_STATES or worker.pk not in {fresh.worker_id, fresh.partner_id}:
            raise TaskStateForbids
        kept = {key: value for key, value in {**fresh.data, **answers}.items() if value is not None}
        lease = (now or timezone.now()) + LEASE if fresh.state == TaskState.TAKEN else fresh.lease_until
        Task.objects.filter(pk=task.pk).update(data=kept, lease_until=lease, version=F("version") + 1)
    _refresh(task)
    return task


def finish_task(*, task: Task, now: datetime | None = None) -> bool:
    """Called by the action that records the step, in its transaction; False where it was over already."""
    return _move(task, "finish", lease_until=None, ended_on=timezone.localdate(now))


@transaction.atomic
def cancel_task(*, task: Task, by: Any, now: datetime | None = None) -> Task:
    """What it was about is gone. Twice is once."""
    if _move(task, "cancel", lease_until=None, ended_on=timezone.localdate(now)):
        record("workshop.task.cancelled", subject=task, by=by, organisation=task.organisation)
    return task


def cancel_tasks_of(*, subject: Model, now: datetime | None = None) -> int:
    """All open tasks of a subject end with it; returns how many."""
    facts = subject_facts(subject)
    rows = Task.objects.open().filter(subject_kind=facts["subject_kind"], subject_id=facts["subject_id"])
    changed: int = rows.update(
        state=TaskState.CANCELLED, lease_until=None, ended_on=timezone.localdate(now), version=F("version") + 1
    )
    return changed


def _release(rows: Any) -> int:
    freed: int = rows.filter(state__in=TASK_TRANSITIONS["release"][0]).update(
        state=TaskState.WAITING, worker=None, partner=None, lease_until=None, version=F("version") + 1
    )
    return freed


def release_task(*, task: Task, worker: Worker) -> bool:
    """The person goes on with something else: it waits for anybody, or is their colleague's where two had it; nothing
    is told. False where they had it not.
    """
    rows = Task.objects.filter(pk=task.pk)
    return bool(leave_to_partner(rows, worker) or _release(rows.filter(worker=worker)))


def leave_to_partner(rows: Any, worker: Worker) -> int:
    """Of these, what the person shares is their colleague's alone."""
    alone: dict[str, Any] = {"partner": None, "version": F("version") + 1}
    left: int = rows.open().filter(worker=worker, partner__isnull=False).update(worker=F("partner"), **alone)
    also: int = rows.open().filter(partner=worker).update(**alone)
    return left + also


def release_tasks_of(*, worker: Worker) -> int:
    """What a person who leaves had goes back to its queue, but what a colleague shares is theirs; returns how many."""
    leave_to_partner(Task.objects.all(), worker)
    return _release(Task.objects.filter(worker=worker))


def release_abandoned(*, now: datetime | None = None) -> int:
    """Tasks whose lease is over come back by themselves, answers kept; returns how many (a periodic job)."""
    return _release(Task.objects.filter(lease_until__lte=now or timezone.now()))
