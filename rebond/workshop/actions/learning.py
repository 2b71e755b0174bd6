"""Note for a day what a scan stopped while somebody learns, and forget it."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from rebond.workshop.models import Caught, Worker
from rebond.workshop.queries.skills import knows


@transaction.atomic
def note_caught(*, worker: Worker, kind: str, code: str, now: datetime | None = None) -> bool:
    """The scan stopped `code` (`learning.Lesson`) at work of `kind`; whether it is noted. Twice is once.

    Only for who learns this work. No journal entry: nothing of it outlives the day (rules.md F8).
    """
    if knows(worker, kind):
        return False
    Caught.objects.bulk_create(
        [Caught(worker=worker, kind=kind, code=code, day=timezone.localdate(now))], ignore_conflicts=True
    )
    return True


def forget_caught(*, now: datetime | None = None) -> int:
    """Erase what is not of today; how many."""
    found: int = Caught.objects.filter(day__lt=timezone.localdate(now)).delete()[0]
    return found
