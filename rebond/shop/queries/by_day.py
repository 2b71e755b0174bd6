"""Lists by the day of whoever has to act, read by key."""

import datetime
from typing import Any

from django.db.models import Q, QuerySet

PAGE = 50


def page_by_day[Row: Any](rows: "QuerySet[Row]", key: str) -> tuple[list[Row], str]:
    """One page after `key` (`day.number`), and the key of the next one ("" at the end).

    `rows` are ordered by `due_on` and `pk`.
    """
    day, _dot, pk = key.partition(".")
    try:
        since = datetime.date.fromisoformat(day)
    except ValueError:
        since = None
    if since and pk.isdecimal() and len(key) < 40:
        rows = rows.filter(Q(due_on__gt=since) | Q(due_on=since, pk__gt=int(pk)))
    found = list(rows[: PAGE + 1])
    last = found[PAGE - 1] if len(found) > PAGE else None
    return found[:PAGE], f"{last.due_on.isoformat()}.{last.pk}" if last else ""
