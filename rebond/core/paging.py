"""Long lists read by key, newest first: as fast with 100,000 rows as with ten."""

from typing import Any

from django.db.models import QuerySet


def key_in(text: str) -> int | None:
    """The key that an address carries; None for anything that is no number of a row."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def page_before[Row: Any](rows: "QuerySet[Row]", key: int | None, size: int) -> tuple[list[Row], int | None]:
    """The `size` rows before the one whose number is `key` (the first ones without), and the key of the next page.

    `rows` are ordered by `-pk`.
    """
    found = list((rows if key is None else rows.filter(pk__lt=key))[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None
