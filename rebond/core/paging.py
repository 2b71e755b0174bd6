"""Long lists read by key, newest first: as fast with 100,000 rows as with ten."""

from typing import Any

from django.db.models import Q, QuerySet


def key_in(text: str) -> int | None:
    """The key that an address carries; None for anything that is no number of a row."""
    return int(text) if text.isdecimal() and len(text) < 19 else None


def page_before[Row: Any](rows: "QuerySet[Row]", key: int | None, size: int) -> tuple[list[Row], int | None]:
    """The `size` rows before the one whose number is `key` (the first ones without), and the key of the next page.

    `rows` are ordered by `-pk`.
    """
    found = list((rows if key is None else rows.filter(pk__lt=key))[: size + 1])
    return found[:size], found[size - 1].pk if len(found) > size else None


def page_dated_before[Row: Any](
    rows: "QuerySet[Row]", key: int | None, size: int, *, by: str
) -> tuple[list[Row], int | None]:
    """As `page_before`, for rows ordered by (`-by`, `-pk`): one query more after the first page.

    What came in later may be older. A key that is none of theirs shows nothing.
    """
    if key is not None:
        at = rows.filter(pk=key).values_list(by, flat=True).first()
        rows = rows.filter(Q(**{f"{by}__lt": at}) | Q(**{by: at}, pk__lt=key)) if at is not None else rows.none()
    return page_before(rows, None, size)
