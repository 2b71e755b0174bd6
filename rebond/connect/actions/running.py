"""The import itself: batch after batch, each with its checkpoint in one transaction; killed, it goes on from there."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import batched, islice
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.catalogue.models import Item
from rebond.catalogue.queries.categories import pinned_tree
from rebond.catalogue.signals import items_changed
from rebond.connect.actions.moves import move_import
from rebond.connect.actions.telling import language_of, tell_ended
from rebond.connect.actions.trial import BATCH, MAX_REPORTED, open_import, problem_rows
from rebond.connect.actions.uploads import missing_fields
from rebond.connect.actions.writing import Writer
from rebond.connect.enums import ImportState, Outcome, PhotoState
from rebond.connect.errors import ImportRefused, WrongImportState
from rebond.connect.judging import find_items, judge
from rebond.connect.models import ImportRow, ImportRun
from rebond.connect.reading import Prepared
from rebond.connect.tasks import fetch_photos, run_import
from rebond.core.locks import lock_row, lock_rows
from rebond.core.models import Job, JobState
from rebond.intake.queries.register import pinned_registers
from rebond.journal.actions.record import record

ZERO: dict[str, Any] = {
    "checkpoint": 0,
    "rows_read": 0,
    "created": 0,
    "updated": 0,
    "unchanged": 0,
    "refused": 0,
    "skipped": 0,
    "incomplete": 0,
}


@transaction.atomic
def start_import(*, run: ImportRun, by: Any, enqueue: bool = True) -> Job:
    """Start writing: what the trial noted is dropped, counters begin at zero. Raise WrongImportState, ImportRefused."""
    if missing_fields(run.mapping):
        raise ImportRefused(_("Say first which columns give the title and the price."))
    job = Job.objects.create(
        kind="connect.import",
        owner_kind="network.organisation",
        owner_id=run.seller.public_id,
        state=JobState.RUNNING,
        total=run.rows_total,
        started_at=timezone.now(),
    )
    move_import(run, "start", by=by, job=job, started_at=timezone.now(), error="", **ZERO)
    run.rows.all().delete()
    record("connect.import.started", subject=run, by=by, organisation=run.seller, target=run.target)
    if enqueue:
        run_import.enqueue(run.pk)
    return job


@transaction.atomic
def pause_import(*, run: ImportRun, by: Any) -> None:
    """Stop after the batch being written; what is written stays. Raise WrongImportState where it is not under way."""
    move_import(run, "pause", by=by)
    record("connect.import.paused", subject=run, by=by, organisation=run.seller)


@transaction.atomic
def resume_import(*, run: ImportRun, by: Any, enqueue: bool = True) -> None:
    """Go on after a pause or a failure, from the last batch written."""
    move_import(run, "resume", by=by, error="")
    Job.objects.filter(pk=run.job_id or 0).update(state=JobState.RUNNING, message="", ended_at=None)
    record("connect.import.resumed", subject=run, by=by, organisation=run.seller, checkpoint=run.checkpoint)
    if enqueue:
        run_import.enqueue(run.pk)


def run_batches(*, run_id: int, batch: int = BATCH, told: Callable[[ImportRun], None] | None = None) -> str:
    """Write the rows that are not written yet; return the state that the import ends in.

    Twice at once, or again after a kill, it has the effect of once: a batch is written only where the
    checkpoint is still its own. `told` is called after each batch.
    """
    run = ImportRun.objects.select_related("seller", "file", "job", "by").get(pk=run_id)
    try:
        if run.state == ImportState.RUNNING:
            with open_import(run) as rows:
                at = sum(1 for _row in islice(rows, run.checkpoint))  # read again: repeats and parents are known again
                for some in batched(rows, batch):
                    if not write_batch(run=run, start=at, rows=some):
                        run.refresh_from_db(fields=["state"])
                        return str(run.state)
                    at += len(some)
                    if told is not None:
                        told(run)
            finish_import(run=run)
    except ImportRefused as error:
        if not isinstance(error, WrongImportState):
            with translation.override(language_of(run)):
                fail_import(run=run, reason=str(error))
    return str(run.state)


@transaction.atomic
def write_batch(*, run: ImportRun, start: int, rows: Sequence[Prepared], now: datetime | None = None) -> bool:
    """Write one batch with its results, counters and checkpoint; False where it is not its turn."""
    now = now or timezone.now()
    fresh = lock_row(run)
    if fresh.state != ImportState.RUNNING or fresh.checkpoint != start:
        return False
    known = find_items(rows, seller=run.seller)
    if known:
        known = {i.external_ref: i for i in lock_rows(Item.objects.filter(pk__in=[i.pk for i in known.values()]))}
    with pinned_tree(), pinned_registers():
        verdicts = judge(rows, seller=run.seller, items=known)
        writer = Writer(run=run, now=now)
        results = writer.write(verdicts)
    counts = Counter(v.outcome for v in verdicts)
    mistakes = [r for v in verdicts for r in problem_rows(run, v)]
    if fresh.refused + fresh.skipped < MAX_REPORTED:
        results.extend(mistakes)
    ImportRow.objects.bulk_create(results)
    ImportRun.objects.filter(pk=run.pk).update(
        checkpoint=start + len(rows),
        touched_at=now,
        rows_read=F("rows_read") + len(rows),
        incomplete=F("incomplete") + writer.incomplete,
        **{o.value: F(o.value) + counts[o] for o in Outcome},
    )
    _progress(run, start + len(rows))
    if writer.shown_ids:
        for ids in batched(writer.shown_ids, 1_000):
            items_changed.send(sender=Item, ids=list(ids))
    return True


def _progress(run: ImportRun, done: int) -> None:
    if run.job_id is not None:
        Job.objects.filter(pk=run.job_id or 0, total__gte=done).update(done=done)
        Job.objects.filter(pk=run.job_id or 0, total__lt=done, total__gt=0).update(done=done, total=done)


@transaction.atomic
def finish_import(*, run: ImportRun, now: datetime | None = None) -> None:
    """Close the import: counts to the journal, pictures to their task."""
    now = now or timezone.now()
    fresh = ImportRun.objects.get(pk=run.pk)
    move_import(run, "finish", by=run.by, ended_at=now, rows_total=fresh.rows_read)
    counts = {o.value: getattr(fresh, o.value) for o in Outcome}
    Job.objects.filter(pk=run.job_id or 0).update(state=JobState.DONE, ended_at=now, result=counts)
    record(
        "connect.import.finished", subject=run, by=run.by, organisation=run.seller, rows_read=fresh.rows_read, **counts
    )
    _tell_end(run, now)
    if run.pictures.filter(state=PhotoState.WAITING).exists():
        fetch_photos.enqueue(run.pk)


def _tell_end(run: ImportRun, now: datetime) -> None:
    """A mail with the counts as they are written."""
    fresh = ImportRun.objects.select_related("seller", "by").get(pk=run.pk)
    tell_ended(run=fresh, since=fresh.started_at, now=now)


@transaction.atomic
def fail_import(*, run: ImportRun, reason: str) -> None:
    """Stop with a sentence for its owner; what is written stays, and the import may go on once mended."""
    now = timezone.now()
    move_import(run, "fail", by=run.by, reason=reason, error=reason[:500])
    Job.objects.filter(pk=run.job_id or 0).update(state=JobState.FAILED, message=reason[:500], ended_at=now)
    _tell_end(run, now)
    record("connect.import.failed", subject=run, by=run.by, organisation=run.seller, reason=reason[:500])
