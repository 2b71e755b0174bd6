"""What is printed for a packed parcel, after the label of its carrier: rooms above add their papers (the slip)."""

from collections.abc import Callable
from typing import Any

from rebond.core.pdf import join_pdfs

type Maker = Callable[[Any], bytes]
"""Takes the parcel, gives a PDF, or b"" where it has nothing to print for it."""
_MAKERS: list[tuple[int, Maker]] = []


def add_paper(order: int, maker: Maker) -> None:
    """Called when a room is ready; the lowest order is printed first."""
    if (order, maker) not in _MAKERS:
        _MAKERS.append((order, maker))
        _MAKERS.sort(key=lambda one: one[0])


def papers_of(parcel: Any, label: bytes = b"") -> bytes:
    """One PDF of the label and all of them, b"" where there is none."""
    made = [maker(parcel) for _order, maker in _MAKERS]
    return join_pdfs([pdf for pdf in (label, *made) if pdf])
