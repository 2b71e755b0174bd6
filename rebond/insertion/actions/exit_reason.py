"""Reasons of exits, by day: added, changed from a day on, ended (rules.md B7). No past exit changes with them."""

import datetime
import json
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext as _

from rebond.core.locks import lock_row
from rebond.insertion.enums import ExitCategory
from rebond.insertion.errors import ReasonRefused
from rebond.insertion.models import ExitReason
from rebond.journal.actions.record import record

FILE = Path(__file__).resolve().parent.parent / "data" / "exit_reasons.json"
FIRST = datetime.date(2015, 1, 1)  # those of the State since the aid is by post
ONE_DAY = datetime.timedelta(days=1)
LONGEST = 120


def install_reasons() -> int:
    """Write the State's reasons where the table is empty; how many. A coordinator changes them after."""
    if ExitReason.objects.exists():
        return 0
    rows = [
        ExitReason(code=code, category=category, label=label, valid_from=FIRST)
        for code, category, label in json.loads(FILE.read_text(encoding="utf-8"))
    ]
    return len(ExitReason.objects.bulk_create(rows))


def _checked(label: str, category: str) -> str:
    label = label.strip()
    if not label or len(label) > LONGEST or "\0" in label:
        raise ReasonRefused(_("From 1 to 120 signs."), field="label")
    if category not in ExitCategory.values:
        raise ReasonRefused(_("Choose one of the list."), field="category")
    return label


@transaction.atomic
def add_reason(*, label: str, category: str, valid_from: datetime.date, by: Any, organisation: Any) -> ExitReason:
    """A reason that there was not, from a day on. Raise ReasonRefused: empty words, or words of another reason."""
    label = _checked(label, category)
    code = slugify(label)[:40] or "motif"
    if ExitReason.objects.filter(Q(code=code) | Q(label__iexact=label)).exists():
        raise ReasonRefused(_("There is a reason with these words: change that one."), field="label")
    try:
        with transaction.atomic():
            made = ExitReason.objects.create(code=code, category=category, label=label, valid_from=valid_from)
    except IntegrityError:
        raise ReasonRefused(_("There is a reason with these words: change that one."), field="label") from None
    record("insertion.reason.added", subject=made, by=by, organisation=organisation, day=valid_from.isoformat())
    return made


@transaction.atomic
def change_reason(
    *, reason: ExitReason, label: str, category: str, valid_from: datetime.date, by: Any, organisation: Any
) -> ExitReason:
    """Other words or another category from a day on: the row ends the day before, a row of the same code follows.

    The same again gives the row as it is. Raise ReasonRefused: one that ended, or a day that is not after its first.
    """
    label = _checked(label, category)
    held = lock_row(reason)
    if (held.label, held.category) == (label, category):
        return held
    if held.valid_to is not None:
        raise ReasonRefused(_("This reason ended: add another one."))
    if valid_from <= held.valid_from:
        raise ReasonRefused(_("Choose a day after the first day of this reason."), field="valid_from")
    others = ExitReason.objects.filter(label__iexact=label).exclude(code=held.code)
    if others.exists():
        raise ReasonRefused(_("There is a reason with these words: change that one."), field="label")
    ExitReason.objects.filter(pk=held.pk).update(valid_to=valid_from - ONE_DAY)
    made = ExitReason.objects.create(code=held.code, category=category, label=label, valid_from=valid_from)
    record("insertion.reason.changed", subject=made, by=by, organisation=organisation, day=valid_from.isoformat())
    return made


@transaction.atomic
def close_reason(*, reason: ExitReason, valid_to: datetime.date, by: Any, organisation: Any) -> ExitReason:
    """Its last day; said again it is as it was. Raise ReasonRefused: a day before its first, another end already."""
    held = lock_row(reason)
    if held.valid_to == valid_to:
        return held
    if held.valid_to is not None:
        raise ReasonRefused(_("This reason ended: add another one."))
    if valid_to < held.valid_from:
        raise ReasonRefused(_("Choose a day after the first day of this reason."), field="valid_to")
    ExitReason.objects.filter(pk=held.pk).update(valid_to=valid_to)
    held.refresh_from_db()
    record("insertion.reason.closed", subject=held, by=by, organisation=organisation, day=valid_to.isoformat())
    return held
