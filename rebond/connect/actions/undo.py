"""Undo an import: what it created goes, what it changed comes back, unless somebody sold or changed it since."""

from datetime import datetime
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_shared import slug_of, tell_stock
from rebond.catalogue.enums import ItemState, StockReason, WithdrawReason
from rebond.catalogue.models import Hold, Item, ItemFlaw, PriceChange
from rebond.catalogue.queries.recalls import stop_of_item
from rebond.catalogue.signals import items_changed
from rebond.connect.actions.history import History
from rebond.connect.actions.moves import move_import
from rebond.connect.actions.photos import detach_photos
from rebond.connect.actions.trial import BATCH
from rebond.connect.actions.writing import set_references
from rebond.connect.enums import ImportState, Outcome
from rebond.connect.models import ImportRow, ImportRun
from rebond.connect.tasks import undo_import as undo_task
from rebond.core.bulk import update_objects
from rebond.core.locks import lock_row, lock_rows
from rebond.core.models import Job, JobState
from rebond.journal.actions.record import record

WRITTEN = (Outcome.CREATED, Outcome.UPDATED)


@transaction.atomic
def undo_import(*, run: ImportRun, by: Any, enqueue: bool = True) -> Job:
    """Start undoing; raise WrongImportState where nothing was imported, or it is already undone."""
    job = Job.objects.create(
        kind="connect.undo",
        owner_kind="network.organisation",
        owner_id=run.seller.public_id,
        state=JobState.RUNNING,
        total=run.created + run.updated,
        started_at=timezone.now(),
    )
    move_import(run, "undo", by=by, job=job, kept=0)
    record("connect.import.undo_started", subject=run, by=by, organisation=run.seller)
    if enqueue:
        undo_task.enqueue(run.pk)
    return job


def undo_batches(*, run_id: int) -> str:
    """Undo what is not undone yet, newest first; may be killed and run again. Return the state at the end."""
    run = ImportRun.objects.select_related("seller", "job", "by").get(pk=run_id)
    while run.state == ImportState.UNDOING and undo_batch(run=run):
        pass
    if run.state == ImportState.UNDOING:
        _finish(run)
    return str(run.state)


@transaction.atomic
def undo_batch(*, run: ImportRun, now: datetime | None = None) -> int:
    """Undo the newest lines not undone yet, their mark in the same transaction; return how many items were looked at.

    A created item that was never sold nor online is deleted; one that was online is withdrawn (its page and
    its code stay known); one never online that the moderators decided on stays, as their decision does (DSA
    art. 17). A changed item gets back the values that nobody touched since.
    """
    now = now or timezone.now()
    lock_row(run)
    rows = list(run.rows.filter(is_undone=False, outcome__in=WRITTEN).order_by("-pk")[:BATCH])
    if not rows:
        return 0
    if rows[0].outcome == Outcome.CREATED:
        rows = rows[:1]  # one row for a whole batch of new items
        made = [key for _line, key in rows[0].items]
        detach_photos(run=run, item_ids=made)
        kept, done = _remove(lock_rows(Item.objects.filter(pk__in=made)), run, now), len(made)
    else:
        rows = list(takewhile(lambda r: r.outcome == Outcome.UPDATED, rows))
        detach_photos(run=run, item_ids=[r.item_id for r in rows if r.item_id])
        known = {i.pk: i for i in lock_rows(Item.objects.filter(pk__in=[r.item_id for r in rows]))}
        kept, done = _restore([(r, known[r.item_id]) for r in rows if r.item_id in known], run, now), len(rows)
    ImportRow.objects.filter(pk__in=[r.pk for r in rows]).update(is_undone=True)
    ImportRun.objects.filter(pk=run.pk).update(kept=F("kept") + kept, touched_at=now)
    Job.objects.filter(pk=run.job_id or 0, total__gte=F("done") + done).update(done=F("done") + done)
    return done


def _remove(items: list[Item], run: ImportRun, now: datetime) -> int:
    """Delete or withdraw created items; return how many stay (sold, held by buyers, or decided on while drafts)."""
    history = History(run=run, now=now)
    judged = set(Hold.objects.filter(item__in=items).order_by().values_list("item_id", flat=True))
    unsold = [i for i in items if i.state != ItemState.SOLD and not i.reserved and not i.sold_at]
    free = [i for i in unsold if i.published_at is not None or i.pk not in judged]
    fresh = [i for i in free if i.published_at is None]
    seen = [i for i in free if i.published_at is not None and i.state != ItemState.WITHDRAWN]
    history.deleted(fresh)
    tell_stock([i.pk for i in fresh], StockReason.DELETED)
    Item.objects.filter(pk__in=[i.pk for i in fresh]).delete()
    for item in seen:
        before, item.state, item.withdraw_reason = item.state, ItemState.WITHDRAWN, WithdrawReason.ERROR
        item.updated_at, item.version = now, item.version + 1
        history.moved(item, before, _("Import undone"))
    update_objects(seen, ("state", "withdraw_reason", "updated_at", "version"))
    history.write()
    if seen:
        items_changed.send(sender=Item, ids=[i.pk for i in seen])
    return len(items) - len(free)


def _restore(pairs: list[tuple[ImportRow, Item]], run: ImportRun, now: datetime) -> int:
    """Put back values that are still those which the import wrote; return how many items keep something newer."""
    kept, columns, touched, prices = 0, {"updated_at", "version", "slug"}, [], []
    history = History(run=run, now=now)
    held = _held([item for _row, item in pairs])
    for row, item in pairs:
        whole, before, facts = True, item.state, {}
        for key, (old, new) in sorted(row.previous.items(), key=lambda pair: pair[0] == "state"):
            if key == "flaws":
                whole &= _restore_flaws(item, old, new)
            elif _may_put_back(item, key, old, new, held):
                setattr(item, key, old)
                columns.add(key)
                facts[key] = [new, old]
                if key == "price_cents":
                    prices.append(item)
                if key == "title":
                    item.slug = slug_of(old)
            else:
                whole = False
        item.version, item.updated_at = item.version + 1, now
        history.changed(item, {k: v for k, v in facts.items() if k not in {"state", "withdraw_reason"}})
        if item.state != before:
            history.moved(item, before, _("Import undone"))
        touched.append(item)
        kept += not whole
    if touched:
        if prices:
            columns.add("previous_price_cents")
            by_label = run.by.display_name[:160] if run.by else ""
            PriceChange.objects.bulk_create(
                PriceChange(item=i, price_cents=i.price_cents, at=now, by_label=by_label, reason=_("Import undone"))
                for i in prices
            )
            set_references(prices)
        update_objects(touched, sorted(columns))
        if columns & {"quantity", "state"}:
            tell_stock([i.pk for i in touched], StockReason.CORRECTED)
        history.write()
        items_changed.send(sender=Item, ids=[i.pk for i in touched])
    return kept


def _held(items: list[Item]) -> set[int]:
    """The items that the moderators keep off sale."""
    return set(Hold.objects.open().filter(item__in=items).order_by().values_list("item_id", flat=True))


def _may_put_back(item: Item, key: str, old: Any, new: Any, held: set[int]) -> bool:
    """Where nobody touched it since; never below what buyers hold, nor on sale against a decision or a recall.

    The state is asked last: what the item says of itself is then what it will say on sale.
    """
    if getattr(item, key) != new:
        return False
    if key == "quantity":
        return bool(old >= item.reserved)
    if key != "state":
        return True
    return item.pk not in held and not (old == ItemState.ON_SALE and stop_of_item(item))


def _restore_flaws(item: Item, old: list[dict[str, Any]], new: list[str]) -> bool:
    if list(item.flaws.order_by("position", "pk").values_list("detail", flat=True)) != new:
        return False
    item.flaws.all().delete()
    ItemFlaw.objects.bulk_create(ItemFlaw(item=item, position=place, **flaw) for place, flaw in enumerate(old))
    return True


@transaction.atomic
def _finish(run: ImportRun) -> None:
    now = timezone.now()
    move_import(run, "finish_undo", by=run.by, undone_at=now)
    run.refresh_from_db(fields=["kept"])
    Job.objects.filter(pk=run.job_id or 0).update(state=JobState.DONE, ended_at=now, result={"kept": run.kept})
    record("connect.import.undone", subject=run, by=run.by, organisation=run.seller, kept=run.kept)
