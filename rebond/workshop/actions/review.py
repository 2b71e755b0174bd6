"""Somebody else reads a listing: accept it, correct it with the writer seeing what changed, or give it back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item import change_item, publish_item, send_back_item, submit_item, withdraw_item
from rebond.catalogue.enums import Condition, ItemState, WithdrawReason
from rebond.catalogue.models import Item
from rebond.core.money import format_cents
from rebond.workshop.actions.chain import next_step
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import cancel_task, finish_task, open_task, subject_facts
from rebond.workshop.data.chain import CHAIN, REVIEW, WRITE
from rebond.workshop.enums import OPEN_STATES, ReviewReason, StepResult
from rebond.workshop.errors import FieldInvalid, NotUndoable, NotYourReview, ObjectGone, TaskStateForbids
from rebond.workshop.models import ReviewNote, Step, Task, Worker
from rebond.workshop.queries.listing import drafted
from rebond.workshop.queries.skills import is_supervisor, knows

CORRECTED = ("title", "description", "condition", "price_cents")
ACCEPTED, CORRECTED_ONE, RETURNED = "accepted", "corrected", "returned"


def may_review(task: Task, worker: Worker) -> bool:
    """Somebody who knows how to, and did not write it; a supervisor always may."""
    if is_supervisor(worker):
        return True
    return knows(worker, REVIEW) and task.data.get("writer") != worker.pk


def _check(task: Task, worker: Worker, item: Item) -> None:
    if task.state not in OPEN_STATES or worker.pk not in {task.worker_id, task.partner_id}:
        raise TaskStateForbids
    if not may_review(task, worker):
        raise NotYourReview
    if item.state in {ItemState.ON_SALE, ItemState.SOLD} and not task.is_training:
        raise ObjectGone


def shown(task: Task, item: Item) -> Item:
    """The listing as its writer sent it; an exercise is in its answers only."""
    return drafted(item, task.data.get("answers") or {}) if task.is_training else item


def words_of(field: str, value: Any) -> str:
    """A value as people read it."""
    if field == "price_cents":
        return format_cents(value)
    if field == "condition":
        return str(dict(Condition.choices).get(value, value))
    return str(value)


def differences(before: Item, changes: Mapping[str, Any]) -> list[dict[str, str]]:
    """{field, old, new} in words, of what the correction changes."""
    return [
        {"field": name, "old": words_of(name, getattr(before, name)), "new": words_of(name, changes[name])}
        for name in CORRECTED
        if name in changes and changes[name] != getattr(before, name)
    ]


@transaction.atomic
def accept_listing(
    *, task: Task, item: Item, hands: Hands, changes: Mapping[str, Any] | None = None, now: datetime | None = None
) -> Step:
    """The listing goes on sale, corrected by `changes` (columns of CORRECTED) of which the writer reads the difference.

    Training publishes nothing and changes nothing; its writer reads the correction all the same. A repeated operation
    gives back its first step. Raise NotYourReview, TaskStateForbids, ObjectGone, or the catalogue's refusals.
    """
    found = already_done(hands.operation_id)
    if found is not None:
        return found
    task.refresh_from_db()
    _check(task, hands.worker, item)
    corrected = differences(shown(task, item), changes or {})
    if not task.is_training:
        if corrected:
            kept = {one["field"]: (changes or {})[one["field"]] for one in corrected}
            item = change_item(item=item, changes=kept, by=hands.user, now=now)
        item = publish_item(item=item, by=hands.user, now=now)
    if corrected:
        _tell_writer(task, item, hands.worker, corrected)
    outcome = CORRECTED_ONE if corrected else ACCEPTED
    fields = [one["field"] for one in corrected]
    step = record_step(kind=REVIEW, subject=item, hands=hands, task=task, now=now, outcome=outcome, fields=fields)
    if not task.is_training:
        next_step(item, after=REVIEW, site=task.site, by=hands.user)
    return step


def _tell_writer(task: Task, item: Item, reviewer: Worker, changes: list[dict[str, str]]) -> None:
    """A note for the writer, unless they correct themselves."""
    writer = Worker.objects.present().filter(pk=task.data.get("writer")).first()
    if writer is not None and writer.pk != reviewer.pk:
        ReviewNote.objects.create(writer=writer, reviewer=reviewer, changes=changes, **subject_facts(item))


@transaction.atomic
def return_listing(
    *, task: Task, item: Item, hands: Hands, reason: str, note: str = "", now: datetime | None = None
) -> Step:
    """Back to its writer with a reason (ReviewReason) and, if wished, some words; the answers are kept.

    Raise FieldInvalid without a reason, NotYourReview, TaskStateForbids, ObjectGone.
    """
    found = already_done(hands.operation_id)
    if found is not None:
        return found
    if reason not in ReviewReason.values:
        raise FieldInvalid("reason", _("Say why."))
    task.refresh_from_db()
    _check(task, hands.worker, item)
    said = " ".join(filter(None, [str(ReviewReason(reason).label), note.strip()]))
    if item.state == ItemState.IN_REVIEW and not task.is_training:
        item = send_back_item(item=item, reason=said, by=hands.user)
    step = record_step(
        kind=REVIEW,
        subject=item,
        hands=hands,
        task=task,
        result=StepResult.RETURNED,
        now=now,
        outcome=RETURNED,
        reason=reason,
    )
    finish_task(task=task, now=now)
    answers = {**(task.data.get("answers") or {}), "returned": {"reason": reason, "note": note.strip()[:200]}}
    again = open_task(
        kind=WRITE, subject=item, site=task.site, by=hands.user, is_training=task.is_training, data=answers, now=now
    )
    Task.objects.filter(pk=again.pk).update(proposed_to=task.data.get("writer"))
    return step


def undo_review(step: Step, by: Any) -> None:
    """Back in the reviewer's queue. Raise NotUndoable where somebody bought it, or went on with it."""
    task = step.task
    item = Item.objects.select_related("seller", "site").filter(code=step.subject_id).first()
    if task is None or item is None or item.reserved or item.state == ItemState.SOLD:
        raise NotUndoable
    others = {WRITE, *CHAIN[CHAIN.index(REVIEW) + 1 :]}
    waiting = Task.objects.open().filter(kind__in=others, subject_kind=step.subject_kind, subject_id=step.subject_id)
    for one in waiting.filter(is_training=task.is_training):
        if one.worker_id:
            raise NotUndoable
        cancel_task(task=one, by=by)
    if not task.is_training and item.state == ItemState.ON_SALE:
        withdraw_item(item=item, reason=WithdrawReason.ERROR, by=by)
    elif not task.is_training and item.state == ItemState.DRAFT:
        submit_item(item=item, by=by)
    ReviewNote.objects.filter(subject_id=step.subject_id, reviewer=step.worker_id).delete()
    open_task(kind=REVIEW, subject=item, site=task.site, by=by, is_training=task.is_training, data=task.data)


def read_notes(*, worker: Worker, public_id: str = "") -> int:
    """The writer has read what changed (one note, or all): nothing of it is kept; returns how many."""
    rows = ReviewNote.objects.filter(writer=worker)
    if public_id:
        rows = rows.filter(public_id=public_id)
    return int(rows.delete()[0])
