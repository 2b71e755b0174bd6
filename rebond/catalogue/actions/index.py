"""The search index follows the items: changes noted with the change itself, applied by the worker in batches.

The index is derived data: no journal entry, and a rebuild from the database gives the same.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue import tasks
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import IndexChange, Item
from rebond.catalogue.search import IndexBusy, IndexUnavailable, get_index
from rebond.catalogue.search.base import IndexSession
from rebond.catalogue.search.documents import all_documents, documents_for
from rebond.core.bulk import insert_values
from rebond.network.models import Closure

BATCH = 2_000
PACE_S = 1.0  # while changes keep coming, between two commits: small ones cost twice as much a document, merged again


@transaction.atomic
def mark_items_changed(*, ids: Iterable[int]) -> None:
    """Note items whose document is out of date and ask for their indexing, within the caller's transaction.

    Cheap to call twice: the worker takes all notes that wait, whoever left them.
    """
    found = sorted(set(ids))
    if not found:
        return
    insert_values(IndexChange, ("item_id", "is_applied"), ((pk, False) for pk in found))
    tasks.update_search_index.enqueue()


@transaction.atomic
def mark_seller_changed(*, seller_id: int) -> None:
    """All items of a seller: admitted, suspended, renamed, closed for some days or open again."""
    keys = Item.objects.filter(seller_id=seller_id, state=ItemState.ON_SALE).order_by("pk")
    found = list(keys.values_list("pk", flat=True))
    if not found:
        return
    insert_values(IndexChange, ("item_id", "is_applied"), ((pk, False) for pk in found))
    tasks.update_search_index.enqueue()


def refresh_closed_sellers() -> int:
    """Hide items of sellers whose closing days begin today, show those of sellers who are back; return how many."""
    today = timezone.localdate()
    turning = Q(starts_on=today) | Q(ends_on=today - timedelta(days=1))
    sellers = set(Closure.objects.filter(turning, hides_items=True).values_list("organisation_id", flat=True))
    for seller_id in sorted(sellers):
        mark_seller_changed(seller_id=seller_id)
    return len(sellers)


def apply_index_changes() -> int:
    """Write every change that waits to the live index; return how many items.

    Killed between the commit and the removal of the notes, the next run does the same again: same result.
    Without a usable index the notes stay, and a rebuild (which asks for nothing else) is queued.
    """
    index = get_index()
    done = 0
    try:
        with index.writing() as session:
            keeps = index.is_rebuilding()
            if not keeps:
                IndexChange.objects.filter(is_applied=True).delete()  # left by a rebuild that was interrupted
            start = time.monotonic()
            while count := _apply_some(session, keeps=keeps):
                done += count
                if count < BATCH and IndexChange.objects.filter(is_applied=False).exists():
                    time.sleep(max(0.0, start + PACE_S - time.monotonic()))
                start = time.monotonic()
    except IndexUnavailable:
        tasks.rebuild_search_index.enqueue()
    return done


def _apply_some(session: IndexSession, *, keeps: bool) -> int:
    notes = list(IndexChange.objects.filter(is_applied=False).order_by("pk").values_list("pk", "item_id")[:BATCH])
    if not notes:
        return 0
    _write(session.write, {item_id for _, item_id in notes})
    done = IndexChange.objects.filter(pk__in=[pk for pk, _ in notes])
    if keeps:
        done.update(is_applied=True)
    else:
        done.delete()
    return len(notes)


def _by_batches[T](values: list[T]) -> Iterator[list[T]]:
    for start in range(0, len(values), BATCH):
        yield values[start : start + BATCH]


def _write(write: Callable[..., None], ids: set[int]) -> None:
    """Replace the documents of those on sale; remove those of the others."""
    documents = documents_for(ids)
    write(documents, delete_ids=sorted(ids - {document.id for document in documents}))


def rebuild_index(*, progress: Callable[[int], None] | None = None) -> int:
    """Build a new index from the database beside the live one and swap; return its number of documents.

    Changes made meanwhile are in it when it goes live. A kill at any moment leaves the old index serving.
    `progress` is called with the documents written so far. Raise IndexBusy where a rebuild runs already.
    """
    index = get_index()
    written = 0
    with index.rebuilding() as builder:
        IndexChange.objects.filter(is_applied=True).delete()
        for documents in all_documents():
            builder.add(documents)
            written += len(documents)
            if progress:
                progress(written)
        builder.commit()
        with index.swapping():
            notes = list(IndexChange.objects.order_by("pk").values_list("pk", "item_id"))
            for some in _by_batches(notes):
                _write(builder.replace, {item_id for _, item_id in some})
            builder.publish()
            for some in _by_batches(notes):
                IndexChange.objects.filter(pk__in=[pk for pk, _ in some]).delete()
    return index.count()


def repair_index() -> bool:
    """Rebuild where the index cannot be used; return whether that was done. Nothing where it works, or is in work."""
    index = get_index()
    if index.is_usable():
        return False
    try:
        rebuild_index()
    except IndexBusy:
        return False
    return True
