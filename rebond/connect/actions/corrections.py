"""Corrections made in the report: kept with the import, applied each time its file is read."""

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.connect.correcting import SHOWN
from rebond.connect.enums import ImportState
from rebond.connect.errors import ImportRefused, WrongImportState
from rebond.connect.models import ImportCorrection, ImportRun
from rebond.core.locks import lock_row
from rebond.journal.actions.record import record

MOST = 5_000


@transaction.atomic
def correct_values(
    *, run: ImportRun, lines: dict[tuple[int, str], tuple[str, str]], values: dict[tuple[str, str], str], by: Any
) -> int:
    """Keep corrections of a tried import; return how many. The file itself does not change.

    `lines`: (line, column) → (what is written, new value). `values`: (column, what is written) → new value, for all
    lines that say so; a value that an earlier correction gave is followed to its new one. Raise WrongImportState once
    the import has started, ImportRefused above 5,000 corrections.
    """
    _check_open(run)
    for (column, before), after in values.items():
        run.corrections.filter(column=column, after=before).update(after=after)
        run.corrections.update_or_create(
            line=0, column=column, before=before[:SHOWN], defaults={"after": after, "created_at": timezone.now()}
        )
    for (line, column), (before, after) in lines.items():
        run.corrections.update_or_create(
            line=line,
            column=column,
            defaults={"before": before[:SHOWN], "after": after, "created_at": timezone.now()},
        )
    if run.corrections.count() > MOST:
        raise ImportRefused(_("More than %(limit)s corrections: mend the file and send it again."), limit=MOST)
    count = len(lines) + len(values)
    if count:
        told = [[line, column, before, after] for (line, column), (before, after) in lines.items()]
        told += [[0, column, before, after] for (column, before), after in values.items()]
        record("connect.import.corrected", subject=run, by=by, organisation=run.seller, count=count, values=told[:200])
    return count


@transaction.atomic
def remove_correction(*, run: ImportRun, correction: ImportCorrection, by: Any) -> None:
    """The value is read as the file writes it again. Raise WrongImportState once the import has started."""
    _check_open(run)
    correction.delete()
    record("connect.import.correction_removed", subject=run, by=by, organisation=run.seller, column=correction.column)


def _check_open(run: ImportRun) -> None:
    fresh = lock_row(run)
    if fresh.state not in {ImportState.UPLOADED, ImportState.TRIED}:
        raise WrongImportState(_("This import has already started: its lines do not change any more."))
