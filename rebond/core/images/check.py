"""Is this photo good enough to sell an object? What is wrong with it, and what to do, in plain words.

The numbers come from the child that decodes (`measure.py`); here they meet their limits. The limits, and how often they
are right on photos whose faults are known: docs/algorithms/photo-checks.md. A check advises, it never refuses.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from rebond.core.images.pool import SECONDS, ask_child
from rebond.core.images.sniff import sniff

SIDE = 480  # measure.SIDE: that module runs in the child only


class Fault(StrEnum):
    """In the order to tell them: what makes the others doubtful first."""

    SMALL = "small"
    DARK = "dark"
    BRIGHT = "bright"
    BLUR = "blur"
    TURNED = "turned"
    GLARE = "glare"
    CUT = "cut"
    TILT = "tilt"


ADVICE = {
    Fault.SMALL: _("Too small: come closer, or use the camera of the phone."),
    Fault.DARK: _("Too dark: switch on the lamp."),
    Fault.BRIGHT: _("Too bright: turn away from the lamp or the window."),
    Fault.BLUR: _("Blurred: hold still, and touch the object on the screen."),
    Fault.TURNED: _("It seems to lie on its side: turn the phone."),
    Fault.GLARE: _("A reflection hides part of it: move the lamp, or yourself."),
    Fault.CUT: _("The object is cut: step back."),
    Fault.TILT: _("It leans: hold the phone straight."),
}
DOUBTS = {Fault.CUT: _("Look: is the whole object in the picture?")}
WAYS = ("light", "crop", "ground")  # retouch.py
RETOUCHED = 2400  # pixels of width at most

SMALLEST = 300  # pixels of the shorter side: below, a card of the shop is already soft
DARKEST = 95  # of 255: not one pixel in twenty is lighter
DIM = 64  # of 255: mean of a picture in which little is seen
BLOWN = 0.75  # of the middle, burnt
BLURRED = 0.45  # of measure.blur
LEANS = (0.15, 2.0)  # of the straight lines at one angle, and how many times those that are level
CUT_AT = 0.5  # of measure.cut: half of the object's own width or height goes on outside
MAY_BE_CUT = 0.2  # of the same: a sleeve, or another thing behind it; a doubt is said, nothing is asked
GLARE_AT = 0.004  # of the picture
ON_ITS_SIDE = 0.0  # of measure.turned, where the picture is wider than high


@dataclass(frozen=True, slots=True)
class Check:
    """`faults` in the order to tell them; `tilt` in degrees, to the right above 0; `numbers` for programs.

    `doubts` are what may be wrong: said, never asked about, and they change no verdict.
    """

    width: int
    height: int
    faults: tuple[Fault, ...]
    tilt: float
    numbers: dict[str, Any]
    doubts: tuple[Fault, ...] = ()

    @property
    def is_good(self) -> bool:
        return not self.faults

    @property
    def verdict(self) -> str:
        """`good`, or `retake`: better to take it again, which the person decides."""
        return "good" if self.is_good else "retake"

    @property
    def advice(self) -> list[str]:
        """One sentence for each fault, in the current language."""
        return [advice_on(fault) for fault in self.faults]


def advice_on(fault: str) -> str:
    """What to do about a fault, in the current language; raise ValueError for an unknown one."""
    return gettext(ADVICE[Fault(fault)])


def doubt_on(fault: str) -> str:
    """What to look at where a fault is only possible, in the current language; raise KeyError where none is told so."""
    return gettext(DOUBTS[Fault(fault)])


def check_picture(data: bytes, *, seconds: float = SECONDS) -> Check:
    """Look at the picture `data`. Raise ImageRefused where it cannot be read at all."""
    answer, _blobs = ask_child({"work": "measure", "base": SIDE}, data, fmt=sniff(data), seconds=seconds)
    return judge(answer)


def retouch_picture(data: bytes, ways: Collection[str], *, seconds: float = SECONDS) -> bytes:
    """A JPEG of the picture after `ways`: light, crop, ground (retouch.py). Raise ImageRefused."""
    asked = [way for way in WAYS if way in ways]
    request = {"work": "retouch", "base": RETOUCHED, "ways": asked}
    return ask_child(request, data, fmt=sniff(data), seconds=seconds)[1][0]


def judge(numbers: dict[str, Any]) -> Check:
    """Put the numbers of `measure.measure` against the limits."""
    light, tilt = numbers["light"], numbers["tilt"]
    is_dark = light["high"] < DARKEST or light["mean"] < DIM
    found = {
        Fault.SMALL: min(numbers["width"], numbers["height"]) < SMALLEST,
        Fault.DARK: is_dark,
        Fault.BRIGHT: light["blown"] > BLOWN,
        Fault.BLUR: numbers["blur"] > BLURRED and not is_dark,  # in the dark nothing is drawn
        Fault.TURNED: numbers["turned"] > ON_ITS_SIDE and numbers["width"] > 1.1 * numbers["height"],
        Fault.GLARE: numbers["glare"] > GLARE_AT,
        Fault.CUT: numbers["cut"] > CUT_AT,
        Fault.TILT: bool(tilt["angle"]) and tilt["agree"] >= max(LEANS[0], LEANS[1] * tilt["level"]),
    }
    return Check(
        width=numbers["width"],
        height=numbers["height"],
        faults=tuple(fault for fault in Fault if found[fault]),
        tilt=tilt["angle"],
        numbers=numbers,
        doubts=(Fault.CUT,) if MAY_BE_CUT < numbers["cut"] <= CUT_AT else (),
    )
