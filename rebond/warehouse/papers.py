"""What is printed for a packed parcel: rooms above add their papers (the label of a carrier, the slip)."""

import io
from collections.abc import Callable
from typing import Any

from pypdf import PdfWriter

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
    found = [pdf for pdf in (maker(parcel) for _order, maker in _MAKERS) if pdf]
    if len(found) < 2:
        return found[0] if found else b""
    writer = PdfWriter()
    for pdf in found:
        writer.append(io.BytesIO(pdf))
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()
