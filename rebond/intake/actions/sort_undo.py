"""Take back what the sorting table did: a thing, a known book, the end of a donation."""

from typing import Any

from django.utils import timezone

from rebond.catalogue.actions.item import withdraw_item
from rebond.catalogue.actions.photo import remove_photo
from rebond.catalogue.enums import ItemState, WithdrawReason
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row
from rebond.intake.actions.register_lines import cancel_of_operation
from rebond.intake.data.steps import SORT
from rebond.intake.models import Donation, Sorting
from rebond.journal.actions.record import record
from rebond.workshop.actions.task import cancel_tasks_of, open_task
from rebond.workshop.data.chain import PHOTOGRAPH
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step, Task
from rebond.workshop.queries.photograph import pictures_of


def undo_sort(step: Step, by: Any) -> None:
    """Take a sorting back while nothing that holds followed, in the caller's transaction.

    An object leaves with its tasks; the end of a donation opens it again. Its line of the register is crossed out by
    a new one (rules.md F6). Raise NotUndoable.
    """
    found = Sorting.objects.filter(operation_id=step.operation_id).first()
    if found is None:
        _open_again(step, by)
        return
    row = lock_row(found)
    if row.cancelled_on is not None:
        raise NotUndoable
    if row.item_id is not None:
        _take_out(Item.objects.select_related("seller").get(pk=row.item_id), step, by)
    Sorting.objects.filter(pk=row.pk).update(cancelled_on=timezone.localdate())
    cancel_of_operation(row.operation_id)
    record("intake.thing.taken_back", subject=row, by=by, organisation=row.organisation, outcome=row.outcome)


def _open_again(step: Step, by: Any) -> None:
    """That all is sorted was said too early: the donation waits again for who said it."""
    donation = Donation.objects.filter(public_id=step.subject_id).select_related("site").first()
    if donation is None or not step.data.get("is_end"):
        raise NotUndoable
    task = open_task(kind=SORT, subject=donation, site=donation.site, by=by)
    Task.objects.filter(pk=task.pk, worker__isnull=True).update(proposed_to=step.worker_id)


def _take_out(item: Item, step: Step, by: Any) -> None:
    """Off the chain: a draft that nobody else touched, or what was on sale today until that was taken back too.

    Raise NotUndoable where it was changed at the desk, has pictures that no step of today took, or a colleague has it.
    """
    about = {"subject_kind": step.subject_kind, "subject_id": step.subject_id}
    hands = {step.worker_id, step.partner_id}
    begun = list(Task.objects.open().filter(**about, worker__isnull=False))
    if any(task.worker_id not in hands for task in begun):
        raise NotUndoable
    books = [task for task in begun if task.kind == PHOTOGRAPH and "book" in task.data]
    came_back = Step.objects.filter(**about, pk__gt=step.pk, undone_by__isnull=False).exists()
    if item.version != 1 and not books and not came_back:
        raise NotUndoable
    _without_cover(item, books, by)
    item.refresh_from_db()
    if item.photo_count or item.state not in {ItemState.DRAFT, ItemState.WITHDRAWN}:
        raise NotUndoable
    cancel_tasks_of(subject=item)
    if item.state == ItemState.DRAFT:
        withdraw_item(item=item, reason=WithdrawReason.ERROR, by=by)


def _without_cover(item: Item, books: list[Task], by: Any) -> None:
    """A book's cover was taken by the very act that is taken back."""
    covers = {picture.sha256 for task in books for picture in pictures_of(task)}
    for photo in item.photos.filter(asset__sha256__in=covers).order_by("position"):
        remove_photo(photo=photo, by=by)
