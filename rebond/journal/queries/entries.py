"""The journal as a list: newest first, walked by key, so that the last page costs no more than the first."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.journal.perms import visible_entries

PAGE = 50
DAYS = 90  # read at once where no date is asked: the search within it stays bounded


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """What the page was asked; dates are days in Paris, both included."""

    words: str = ""
    room: str = ""
    since: date | None = None
    until: date | None = None
    organisation: str = ""


def find_entries(access: Any, asked: EntryFilter, *, today: date | None = None) -> QuerySet[Entry]:
    """Entries that `access` may read, newest first, of the last 90 days unless dates are asked."""
    today = today or timezone.localdate()
    until = asked.until or today
    since = asked.since or until - timedelta(days=DAYS)
    rows = Entry.objects.filter(
        visible_entries(access), at__gte=midnight(since), at__lt=midnight(until + timedelta(days=1))
    )
    if asked.room:
        rows = rows.filter(action__startswith=f"{asked.room}.")
    if asked.organisation:
        rows = rows.filter(organisation_label__icontains=asked.organisation)
    for word in asked.words.split()[:5]:
        rows = rows.filter(Q(subject_label__icontains=word) | Q(actor_label__icontains=word))
    return rows.order_by("-at", "-pk")


def page_before(rows: QuerySet[Entry], key: int | None, *, size: int = PAGE) -> tuple[list[Entry], int | None]:
    """The `size` entries before the one whose number is `key` (the newest without), and the key of the next page."""
    last = Entry.objects.filter(pk=key).values_list("at", flat=True).first() if key else None
    if last is not None:
        rows = rows.filter(Q(at__lt=last) | Q(at=last, pk__lt=key))
    found = list(rows[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None
