"""How each sort of goods is protected in a parcel: room around it, what may lie above it, what to say to the packer.

Figures are the workshop's own rule of thumb, an estimate: two fists of room (60 mm) around what breaks, one finger
(20 mm) around what dents, a sheet (5 mm) around what only gets dirty.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class Protection:
    """`padding_mm` on each side; `fragile`: nothing heavier lies above; `upright`: its height stays its height."""

    padding_mm: int
    advice: Promise | str
    icon: str = "package"
    is_fragile: bool = False
    is_upright: bool = False


SOFT = Protection(5, _("It does not break: a closed bag keeps it clean and dry."), "shirt")
FLAT = Protection(10, _("Protect the corners with cardboard, and close it tight: nothing moves."), "book-open")
GLASS = Protection(
    60, _("It breaks: wrap each piece in paper alone, two fists of filling around it."), "wine", is_fragile=True
)
PLUGGED = Protection(
    40, _("It fears shocks: thick paper around it, the cable tied, filling on all sides."), "plug", is_fragile=True
)
HARD = Protection(20, _("It scratches the others: wrap it alone, points and edges covered."), "wrench")
HANGING = Protection(
    60, _("Glass or frame: cardboard on both faces, then paper; it stays upright."), "frame", True, True
)
PLAIN = Protection(20, _("Paper around it, and filling so that nothing moves when you shake."))

BY_CATEGORY: dict[str, Protection] = {
    **dict.fromkeys(("books", "vinyl", "cds", "dvds", "video-games", "sheet-music", "board-games", "jigsaws"), FLAT),
    **dict.fromkeys(("stationery", "postcards"), FLAT),
    **dict.fromkeys(("clothes", "shoes", "accessories", "linen", "soft-toys", "dressing-up"), SOFT),
    **dict.fromkeys(("tableware", "vases", "figurines", "globes", "christmas", "candlesticks"), GLASS),
    **dict.fromkeys(("vintage-tableware", "music-boxes", "plant-pots", "glasses-frames"), GLASS),
    **dict.fromkeys(("cutlery", "pans", "pots", "kitchen-tools", "hand-tools", "garden-tools", "hardware"), HARD),
    **dict.fromkeys(("power-tools", "toolboxes", "bike-parts", "skates"), HARD),
    **dict.fromkeys(("frames", "paintings", "mirrors", "clocks"), HANGING),
    **dict.fromkeys(("electronics", "appliances", "table-lamps", "desk-lamps", "ceiling-lights"), PLUGGED),
    **dict.fromkeys(("vintage-lighting", "film-cameras", "scientific", "watches", "electronic-toys"), PLUGGED),
}


def protection_of(path: Iterable[str]) -> Protection:
    """Of a category, from the keys of its path, universe first: the nearest one answers."""
    return next((BY_CATEGORY[key] for key in reversed(list(path)) if key in BY_CATEGORY), PLAIN)
