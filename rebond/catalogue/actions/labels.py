"""That labels were made: told in the object's story. Made again, it is the same object (commerce.md 3 E)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.journal.actions.record import Recorder


@transaction.atomic
def note_labels(*, items: Sequence[Item], by: Any, organisation: Any, now: datetime | None = None) -> int:
    """One journal entry for each object, all of `organisation`, in one statement; returns how many."""
    recorder = Recorder(kind=Item, by=by, organisation=organisation, at=now or timezone.now())
    recorder.record("catalogue.label.made", ((item, {}) for item in items))
    return len(items)
