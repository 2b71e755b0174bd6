"""From the bytes that somebody sent to pictures for pages, in bounded memory and time.

Nothing here touches the database or a storage: `render_picture` takes bytes and gives bytes.
Widths and their reasons: docs/decisions/ ("Pictures are decoded by a child process").
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from rebond.core.images.errors import MAX_BYTES, MAX_PIXELS, ImageRefused, Refusal
from rebond.core.images.pool import SECONDS, close_pool, decode
from rebond.core.images.sniff import SUFFIXES, check_weight, sniff

__all__ = [
    "FIRST_FILES",
    "FIRST_WIDTHS",
    "LATER_FILES",
    "LATER_WIDTHS",
    "MAX_BYTES",
    "MAX_PIXELS",
    "WIDTHS",
    "ImageRefused",
    "Picture",
    "Refusal",
    "Rendition",
    "check_weight",
    "close_pool",
    "render_picture",
    "sniff",
]

# Thumbnails (56 to 84 px, twice); a card on a phone (171 px, twice); a card at the desk width (230 px, twice);
# the item's picture on a phone (358 px, twice); at 1440 px (560 px, twice); the zoom.
WIDTHS = (160, 360, 480, 720, 1120, 1600)
FIRST_WIDTHS = (480, 720)  # made at once: the card and the item
LATER_WIDTHS = tuple(w for w in WIDTHS if w not in FIRST_WIDTHS)
PLACEHOLDER = 600  # characters of Item.cover_placeholder


def _files(widths: Sequence[int]) -> tuple[tuple[int, str], ...]:
    # JPEG is for the few readers without WebP (mail, previews of links): the two first widths are enough.
    return tuple((w, fmt) for w in widths for fmt in ("avif", "webp", "jpg") if fmt != "jpg" or w in FIRST_WIDTHS)


FIRST_FILES = _files(FIRST_WIDTHS)
LATER_FILES = _files(LATER_WIDTHS)


@dataclass(frozen=True, slots=True)
class Rendition:
    """One file for pages. `width` is the target: a smaller original keeps its own size, never upscaled."""

    width: int
    format: str  # avif, webp or jpg
    data: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """What is known of an accepted picture. `width` and `height` are the original's, upright."""

    sha256: str
    suffix: str
    width: int
    height: int
    color: str
    placeholder: str
    renditions: tuple[Rendition, ...]


def render_picture(data: bytes, files: Sequence[tuple[int, str]] = FIRST_FILES, *, seconds: float = SECONDS) -> Picture:
    """Decode `data` and make `files` (width, format); no metadata of the original is left in them.

    Raise ImageRefused (see `Refusal`), after at most `seconds` of decoding.
    """
    fmt = sniff(data)
    answer, blobs = decode(data, fmt=fmt, files=files, placeholder=PLACEHOLDER, seconds=seconds)
    made = zip(answer["files"], blobs, strict=True)
    return Picture(
        sha256=hashlib.sha256(data).hexdigest(),
        suffix=SUFFIXES[fmt],
        width=answer["width"],
        height=answer["height"],
        color=answer["color"],
        placeholder=answer["placeholder"],
        renditions=tuple(Rendition(width, kind, blob) for (width, kind, _), blob in made),
    )
