"""Which pictures are asked of an object, by universe (the first category of its path), and the outline to put it in.

The outline is an SVG path in a frame of 320 × 296, as the kiosk's finder draws it. The first shot is the shop's main
picture; any of the others may be skipped. `FLAWS` pictures of flaws at most.
"""

from dataclasses import dataclass, replace

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FLAWS = 4

OUTLINES = {
    "box": "M52 40h216q12 0 12 12v192q0 12-12 12H52q-12 0-12-12V52q0-12 12-12z",
    "book": "M98 26h124q8 0 8 8v228q0 8-8 8H98q-8 0-8-8V34q0-8 8-8z",
    "square": "M48 36h224q8 0 8 8v208q0 8-8 8H48q-8 0-8-8V44q0-8 8-8z",
    "garment": "M118 34q42 26 84 0l66 34-24 56-30-12v154H106V112l-30 12-24-56z",
    "shoe": "M44 208V132q0-18 18-22l30 4q46 56 128 62 56 4 56 36v20q0 14-14 14H58q-14 0-14-14z",
    "chair": "M88 34q72-30 144 0l-12 98 26 36-6 94H80l-6-94 26-36z",
    "wide": "M36 84h248q12 0 12 12v120q0 12-12 12H36q-12 0-12-12V96q0-12 12-12z",
    "round": "M160 30a118 118 0 1 0 .1 0z",
    "tall": "M122 24h76q10 0 10 10v228q0 10-10 10h-76q-10 0-10-10V34q0-10 10-10z",
    "label": "M68 92h184q10 0 10 10v92q0 10-10 10H68q-10 0-10-10v-92q0-10 10-10z",
    "spot": "M160 78a70 70 0 1 0 .1 0z",
}


@dataclass(frozen=True, slots=True)
class Shot:
    """`label` is the screen's title, `short` names the step under its picture, `hint` says what to do (12 words)."""

    key: str
    label: Promise
    short: Promise
    hint: Promise
    icon: str
    outline: str = "box"


FRONT = Shot(
    "front", _("The front"), pgettext_lazy("shot", "Front"), _("The whole object, in the frame."), "scan", "box"
)
BACK = Shot(
    "back",
    _("The back"),
    pgettext_lazy("shot", "Back"),
    _("Turn the object. It must fit in the frame."),
    "rotate-3d",
    "box",
)
LABEL = Shot(
    "label",
    _("The brand’s label"),
    pgettext_lazy("shot", "Label"),
    _("Come close. The brand and the size must be read."),
    "tag",
    "label",
)
PLATE = Shot(
    "label",
    _("The maker’s plate"),
    pgettext_lazy("shot", "Plate"),
    _("Come close. The model and the power must be read."),
    "zap",
    "label",
)
SOLES = Shot("soles", _("The soles"), pgettext_lazy("shot", "Soles"), _("Turn both shoes over."), "footprints", "wide")
SCREEN = Shot(
    "screen",
    _("Switched on"),
    pgettext_lazy("shot", "On"),
    _("Switch it on. The screen must be seen."),
    "power",
    "box",
)
PIECES = Shot(
    "pieces",
    _("All the pieces"),
    pgettext_lazy("shot", "Pieces"),
    _("Lay out all the pieces, side by side."),
    "blocks",
    "wide",
)
DETAIL = Shot(
    "detail",
    _("A detail"),
    pgettext_lazy("shot", "Detail"),
    _("Come close to what is beautiful or special."),
    "search",
    "spot",
)
FLAW = Shot(
    "flaw",
    _("A flaw"),
    pgettext_lazy("shot", "Flaw"),
    _("A stain, a hole, a scratch? Come close. Or skip."),
    "bandage",
    "spot",
)


def _both(outline: str) -> tuple[Shot, Shot]:
    return replace(FRONT, outline=outline), replace(BACK, outline=outline)


BY_UNIVERSE: dict[str, tuple[Shot, ...]] = {
    "books": (*_both("book"), FLAW),
    "music-film": (*_both("square"), FLAW),
    "clothes": (*_both("garment"), LABEL, FLAW),
    "shoes": (replace(FRONT, outline="shoe"), SOLES, LABEL, FLAW),
    "accessories": (*_both("box"), LABEL, FLAW),
    "furniture": (*_both("chair"), DETAIL, FLAW),
    "decoration": (*_both("tall"), DETAIL, FLAW),
    "tableware": (*_both("round"), DETAIL, FLAW),
    "linen": (replace(FRONT, outline="square"), LABEL, DETAIL, FLAW),
    "toys": (replace(FRONT, outline="box"), PIECES, LABEL, FLAW),
    "sport": (*_both("box"), LABEL, FLAW),
    "bikes": (*_both("wide"), DETAIL, FLAW),
    "electronics": (*_both("tall"), SCREEN, PLATE, FLAW),
    "appliances": (*_both("box"), PLATE, FLAW),
    "diy-garden": (*_both("box"), PLATE, FLAW),
}
OTHERS: tuple[Shot, ...] = (*_both("box"), DETAIL, FLAW)


def shots_of(path: str, flaws: int = 0) -> tuple[Shot, ...]:
    """The pictures to take of an object whose category has this `path`; one more place for each of `flaws` taken."""
    shots = BY_UNIVERSE.get(path.split("/", 1)[0], OTHERS)
    more = range(2, min(flaws + 1, FLAWS) + 1)
    return (*shots, *(replace(FLAW, key=f"flaw-{number}") for number in more))
