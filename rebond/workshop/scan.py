"""Readers of scanned texts: each room adds those of its own codes (the warehouse: places, boxes; the shop: orders).

A reader takes (text, organisation) and returns what it is, or None. The workshop's own know objects and badges.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class ScanKind(StrEnum):
    ITEM = "item"
    PLACE = "place"
    BOX = "box"
    BADGE = "badge"
    ORDER = "order"
    ISBN = "isbn"
    EAN = "ean"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Scanned:
    """`subject` is the row where there is one; `label` is what people read on it (`text` where nothing is known).

    `state`: how far it is, in words, where a room above says it (an order).
    """

    kind: ScanKind
    text: str
    label: str
    subject: Any = None
    state: str = ""


Reader = Callable[[str, Any], Scanned | None]
_READERS: list[tuple[int, Reader]] = []


def add_reader(order: int, reader: Reader) -> None:
    """Called by an app's `ready`; twice the same is one."""
    if (order, reader) not in _READERS:
        _READERS.append((order, reader))
        _READERS.sort(key=lambda entry: entry[0])


def readers() -> list[Reader]:
    """In their order."""
    return [reader for _order, reader in _READERS]
