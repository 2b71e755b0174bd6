"""The trial: the whole file read and judged, nothing of the catalogue written."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.queries.categories import pinned_tree
from rebond.connect.actions.moves import move_import
from rebond.connect.actions.uploads import missing_fields
from rebond.connect.enums import ImportState, Outcome
from rebond.connect.errors import ImportRefused
from rebond.connect.formats import Detected
from rebond.connect.judging import Verdict, judge
from rebond.connect.models import ImportRow, ImportRun
from rebond.connect.queries.categories import category_finder
from rebond.connect.queries.corrections import corrections_of
from rebond.connect.reading import Prepared, RowReader, local_source, read_rows
from rebond.connect.tasks import try_import
from rebond.core.models import Job, JobState
from rebond.journal.actions.record import record

BATCH = 500
MAX_CATEGORIES = 500
MAX_REPORTED = 50_000  # mistakes kept one by one; all are counted


@transaction.atomic
def start_trial(*, run: ImportRun, by: Any, enqueue: bool = True) -> Job:
    """Have the whole file read by a task; raise ImportRefused where title or price has no column."""
    if missing_fields(run.mapping):
        raise ImportRefused(_("Say first which columns give the title and the price."))
    job = Job.objects.create(kind="connect.trial", owner_kind="network.organisation", owner_id=run.seller.public_id)
    move_import(run, "try", by=by, job=job, error="")
    record("connect.import.tried", subject=run, by=by, organisation=run.seller)
    if enqueue:
        try_import.enqueue(run.pk)
    return job


@contextmanager
def open_import(run: ImportRun) -> Iterator[Iterator[Prepared]]:
    """The prepared rows of an import's file, from the first."""
    detected = Detected(run.format, 100, tuple(run.columns), run.mapping, run.how)
    reader = RowReader(detected=detected, defaults=run.defaults, finder=category_finder(run.seller))
    try:
        with local_source(run.file, run.name) as (source, _archive):
            yield read_rows(source, detected, reader, corrections_of(run))
    finally:
        reader.seen.close()


def run_trial(*, run_id: int) -> str:
    """Judge every row and count; a second run starts afresh. Return the state that the import ends in."""
    run = ImportRun.objects.select_related("seller", "file", "job", "by").get(pk=run_id)
    if run.state != ImportState.TRYING:
        return str(run.state)
    run.rows.all().delete()
    try:
        counts, categories = _judge_all(run)
    except ImportRefused as error:
        _end(run, "abandon_trial", error=str(error))
        return str(run.state)
    rows = sum(counts[o] for o in Outcome)
    _end(
        run,
        "finish_trial",
        rows_total=rows,
        rows_read=rows,
        findings={"categories": dict(categories.most_common(MAX_CATEGORIES))},
        **{o.value: counts[o] for o in Outcome},
    )
    return str(run.state)


@transaction.atomic
def _end(run: ImportRun, verb: str, **values: Any) -> None:
    move_import(run, verb, by=run.by, checkpoint=0, **values)
    error = values.get("error", "")
    Job.objects.filter(pk=run.job_id or 0).update(
        state=JobState.FAILED if error else JobState.DONE, message=error[:500], ended_at=timezone.now()
    )


def _judge_all(run: ImportRun) -> tuple[Counter[Outcome], Counter[str]]:
    counts: Counter[Outcome] = Counter()
    categories: Counter[str] = Counter()
    reported = 0
    Job.objects.filter(pk=run.job_id or 0).update(state=JobState.RUNNING, started_at=timezone.now())
    with open_import(run) as rows:
        for batch in batched(rows, BATCH):
            with pinned_tree():
                verdicts = judge(batch, seller=run.seller)
            counts.update(v.outcome for v in verdicts)
            for verdict in verdicts:
                if verdict.row.category_text and (len(categories) < 5_000 or verdict.row.category_text in categories):
                    categories[verdict.row.category_text] += 1
            mistakes = [r for v in verdicts for r in problem_rows(run, v)]
            if reported < MAX_REPORTED:
                ImportRow.objects.bulk_create(mistakes)
                reported += len(mistakes)
            ImportRun.objects.filter(pk=run.pk).update(touched_at=timezone.now(), rows_read=counts.total())
    return counts, categories


def problem_rows(run: ImportRun, verdict: Verdict) -> list[ImportRow]:
    """What the report says of a refused or left out line."""
    row = verdict.row
    if verdict.outcome == Outcome.SKIPPED:
        return [ImportRow(run=run, line=row.line, outcome=Outcome.SKIPPED, code=row.skip)]
    if verdict.outcome != Outcome.REFUSED:
        return []
    return [
        ImportRow(
            run=run,
            line=row.line,
            outcome=Outcome.REFUSED,
            column=p.column[:90],
            value=(row.written.get(p.column) or p.value)[:200],
            code=p.code,
            params=p.params,
        )
        for p in row.problems
    ]
