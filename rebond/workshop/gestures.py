"""One's last acts at a station, each with its way back or why there is none; the rooms above add their own."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Gesture:
    """One act of today. `url` is where its undoing is posted, with an operation; else `why` says why it cannot be.

    `is_undone`: it was taken back already.
    """

    icon: str
    tint: str
    title: str | Promise
    text: str
    url: str = ""
    why: str | Promise = ""
    is_undone: bool = False
    operation: uuid.UUID = field(default_factory=uuid.uuid4, compare=False)


Source = Callable[[Any], Iterable[Gesture]]
_SOURCES: list[Source] = []


def add_gestures(source: Source) -> None:
    """`source(worker)`: acts of today that are no steps, a few at most. In a few queries."""
    if source not in _SOURCES:
        _SOURCES.append(source)


def more_gestures(worker: Any) -> list[Gesture]:
    """What the rooms above add."""
    return [one for source in _SOURCES for one in source(worker)]
