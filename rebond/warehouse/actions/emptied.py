"""The zero check: who took the last object of a bin says whether it is empty. What is left is counted, by a count."""

from datetime import datetime
from typing import Any

from django.db import transaction

from rebond.core.locks import lock_row
from rebond.warehouse.actions.count import close_count, open_count
from rebond.warehouse.data import EMPTY
from rebond.warehouse.enums import CountState
from rebond.warehouse.errors import NothingToCount
from rebond.warehouse.models import Count, Holding, Place
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step


@transaction.atomic
def say_emptied(*, place: Place, is_empty: bool, hands: Hands, now: datetime | None = None) -> Step:
    """Nothing lies there any more, or something is left: then a count of this place is asked of the site.

    So too where the ledger says that something lies there and nobody sees it. Sent twice, it is one step.
    """
    if (found := already_done(hands.operation_id)) is not None:
        return found
    is_right = is_empty and not Holding.objects.filter(place=place).exists()
    count = None if is_right else _ask_count(place, hands.user)
    code = count.public_id if count is not None else ""
    facts: dict[str, Any] = {"empty": is_empty, "count": code, "label": str(place)}
    return record_step(kind=EMPTY, subject=place, hands=hands, site=place.site, now=now, is_asked=True, **facts)


def _ask_count(place: Place, by: Any) -> Count | None:
    """None where another open count has this place already."""
    try:
        return open_count(place=place, by=by)
    except NothingToCount:
        return None


@transaction.atomic
def unsay_emptied(*, step: Step, by: Any) -> None:
    """Taken back: the count that was asked is closed. Raise NotUndoable where somebody counts it."""
    count = Count.objects.filter(public_id=step.data.get("count", ""), state=CountState.OPEN).first()
    if count is None:
        return
    held = lock_row(count)
    if held.bins.filter(rounds__gt=0).exists() or held.bins.filter(counting_by__isnull=False).exists():
        raise NotUndoable
    close_count(count=held, by=by)
