"""What waits for a second person beside `MoneyRequest`: acts with states of their own after the grant (decision 30).

A registry that each room fills: one list shows all of it, one number on the home counts what no other line tells.
"""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

AT_MOST = 50  # of one kind, in the list


@dataclass(frozen=True, slots=True)
class OtherWait:
    """One thing, or several asked together: what, of what, how much (0: no amount), who asked, since when, where."""

    label: str
    cents: int
    asked_by: str
    since: datetime.date
    page: tuple[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class WaitSource:
    """`permission` is who grants. `find(organisation, user)`: at most `AT_MOST` rows, in one query, the oldest first;
    `count(organisation, user)` where the home has no line of its own for them.
    """

    key: str
    permission: str
    words: str | Promise
    find: Callable[[Any, Any], Iterable[OtherWait]]
    count: Callable[[Any, Any], int] | None = None


_SOURCES: dict[str, WaitSource] = {}


def register_wait(source: WaitSource) -> None:
    """Add a kind; raise ValueError where its key is another's."""
    if _SOURCES.get(source.key, source).find is not source.find:
        raise ValueError(f"the kind {source.key} is registered twice")
    _SOURCES[source.key] = source


def all_waits() -> list[WaitSource]:
    """In the order in which the rooms registered them."""
    return list(_SOURCES.values())
