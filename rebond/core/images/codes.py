"""Read QR, EAN, UPC and Code 128 on a picture, for browsers that do not read codes themselves.

As `render_picture`: bytes in, answer out, nothing touches the database; the decoding is a child's (decision 0006).
"""

from dataclasses import dataclass

from rebond.core.images.pool import SECONDS, ask_child
from rebond.core.images.sniff import sniff

WIDTH = 2000  # pixels: enough for a label that fills a tenth of a phone's picture


@dataclass(frozen=True, slots=True)
class ReadCode:
    """`format` is qr, ean13 (UPC-A too, with its 0), ean8, upce or code128; `text` is what it says."""

    text: str
    format: str


def read_codes(data: bytes, *, seconds: float = SECONDS) -> list[ReadCode]:
    """The codes on the picture `data`, none where none is found. Raise ImageRefused."""
    request = {"work": "read_codes", "base": WIDTH, "min_side": 1}  # one row of pixels is a bar code
    answer, _ = ask_child(request, data, fmt=sniff(data), seconds=seconds)
    return [ReadCode(code["text"], code["format"]) for code in answer["codes"]]
