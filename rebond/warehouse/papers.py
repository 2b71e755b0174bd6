"""What is printed for a packed parcel: rooms above add their papers (the label of a carrier, the slip)."""

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


def papers_of(parcel: Any) -> bytes:
    """One PDF of all of them, b"" where there is none."""
    return join_pdfs([pdf for _order, maker in _MAKERS if (pdf := maker(parcel))])
