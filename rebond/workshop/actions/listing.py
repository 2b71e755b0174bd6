"""Write a listing at the kiosk: answers become the item's words and price, then it is reviewed or on sale.

Which listings are reviewed is agreed with each writer (`Worker.reviewed_percent`) and drawn from the object's
code: the same object always gives the same answer, and nobody chooses. Nothing goes on sale without what the law
asks (rules.md F1, F3, F4, F6): `publish_item` refuses, and the listing goes to a reviewer.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item import change_item, publish_item, send_back_item, submit_item, withdraw_item
from rebond.catalogue.actions.item_shared import check_may_be_on_sale
from rebond.catalogue.enums import ItemState, WithdrawReason
from rebond.catalogue.errors import ItemHeld, ItemIncomplete, ItemUnsafe, PublishRefused, SellerNotSelling
from rebond.catalogue.models import Item
from rebond.workshop.actions.chain import next_step
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import cancel_task, open_task
from rebond.workshop.data.chain import CHAIN, REVIEW, WRITE
from rebond.workshop.enums import OPEN_STATES
from rebond.workshop.errors import ListingIncomplete, NotUndoable, ObjectGone, TaskStateForbids
from rebond.workshop.models import Step, Task, Worker
from rebond.workshop.queries.listing import answers_in, changes_of, drafted, flaws_of
from rebond.workshop.queries.questions import next_question, questions_of

PUBLISHED, TO_REVIEW, EXERCISE = "published", "to_review", "exercise"
WRITABLE = frozenset({ItemState.DRAFT, ItemState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Obstacles:
    """What lacks, as (field or attribute key, label) pairs, and sentences on safety."""

    missing: list[tuple[str, str]]
    unsafe: str = ""


def is_reviewed(code: str, percent: int) -> bool:
    """Whether the listing of this object is read by somebody else, for a writer reviewed at `percent`."""
    draw = int.from_bytes(hashlib.sha256(code.encode()).digest()[:8], "big") % 100
    return draw < percent


def obstacles_of(item: Item, answers: Mapping[str, Any]) -> Obstacles:
    """What would keep the listing off sale if it were written now."""
    try:
        check_may_be_on_sale(drafted(item, answers))
    except ItemIncomplete as error:
        return Obstacles(error.missing)
    except ItemUnsafe as error:
        return Obstacles([], str(error))
    return Obstacles([])


def _check(task: Task, item: Item, worker: Worker) -> None:
    if task.state not in OPEN_STATES or worker.pk not in {task.worker_id, task.partner_id}:
        raise TaskStateForbids
    if item.state not in WRITABLE:
        raise ObjectGone
    answers = answers_in(task, item)
    unanswered = next_question(questions_of(item, answers), answers)
    if unanswered is not None:
        raise ListingIncomplete([(unanswered.key, unanswered.title)])
    missing = obstacles_of(item, answers).missing
    if missing:
        raise ListingIncomplete(missing)


@transaction.atomic
def send_listing(*, task: Task, item: Item, hands: Hands, now: datetime | None = None) -> Step:
    """Write the answers into the item and send it on: on sale at once, or to a reviewer where the draw says so.

    The step's data says which (`outcome`: published, to_review, exercise). Training writes nothing into the item and
    never publishes: its reviewer reads the answers. A repeated operation gives back its first step. Raise
    ListingIncomplete, ObjectGone, TaskStateForbids, or the catalogue's refusals of a value.
    """
    found = already_done(hands.operation_id)
    if found is not None:
        return found
    task.refresh_from_db()
    _check(task, item, hands.worker)
    answers = answers_in(task, item)
    if task.is_training:
        outcome, why = EXERCISE, ""
    else:
        item = change_item(
            item=item, changes=changes_of(item, answers), flaws=flaws_of(item, answers), by=hands.user, now=now
        )
        outcome, why = _publish(item, hands, now, is_draw=not task.data.get("returned"))
    facts = {"outcome": outcome, "price_cents": answers.get("price", 0)}
    step = record_step(kind=WRITE, subject=item, hands=hands, task=task, now=now, **facts)
    after = REVIEW if outcome == PUBLISHED else WRITE
    more: dict[str, Any] = {}
    if outcome != PUBLISHED:
        more["data"] = {"writer": hands.worker.pk, "why": why, "answers": answers}
    next_step(item, after=after, site=task.site, by=hands.user, is_training=task.is_training, **more)
    return step


def _publish(item: Item, hands: Hands, now: datetime | None, *, is_draw: bool) -> tuple[str, str]:
    """On sale, or to a reviewer with the sentence that says why; what a reviewer gave back is read again."""
    why = ""
    if is_draw and not is_reviewed(item.code, hands.worker.reviewed_percent):
        try:
            with transaction.atomic():
                publish_item(item=item, by=hands.user, now=now)
        except (ItemUnsafe, ItemHeld, PublishRefused, SellerNotSelling) as refused:
            why = str(refused)
        else:
            return PUBLISHED, ""
    if item.state == ItemState.DRAFT:
        submit_item(item=item, by=hands.user)
    return TO_REVIEW, why


def undo_listing(step: Step, by: Any) -> None:
    """Take a sent listing back to its writer, answers kept: off sale again, or away from its reviewer.

    Raise NotUndoable where somebody bought it, or a reviewer has begun.
    """
    task = step.task
    if task is None or step.subject_kind != Item._meta.label_lower:  # noqa: SLF001 -- Django's documented name
        raise NotUndoable
    item = Item.objects.select_related("seller", "site").filter(code=step.subject_id).first()
    if item is None or item.reserved or item.state == ItemState.SOLD:
        raise NotUndoable
    later = CHAIN[CHAIN.index(WRITE) + 1 :]
    for waiting in Task.objects.open().filter(
        kind__in=later, subject_kind=step.subject_kind, subject_id=item.code, is_training=task.is_training
    ):
        if waiting.worker_id:
            raise NotUndoable
        cancel_task(task=waiting, by=by)
    if not task.is_training and item.state == ItemState.IN_REVIEW:
        send_back_item(item=item, reason=_("Taken back by the person who wrote it."), by=by)
    elif not task.is_training and item.state == ItemState.ON_SALE:
        withdraw_item(item=item, reason=WithdrawReason.ERROR, by=by)
    again = open_task(kind=WRITE, subject=item, site=task.site, by=by, is_training=task.is_training, data=task.data)
    Task.objects.filter(pk=again.pk).update(proposed_to=step.worker_id)
