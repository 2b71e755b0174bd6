"""The walks of a wave as one small picture: lines of an SVG, each round with its own tint."""

from collections.abc import Sequence
from dataclasses import dataclass

from rebond.warehouse.models import Round

TINTS = ("rose", "ciel", "menthe", "anis", "peche", "sable")
MARGIN = 150  # centimetres


@dataclass(frozen=True, slots=True)
class Walk:
    """`points` as SVG has them."""

    round: Round
    tint: str
    points: str


@dataclass(frozen=True, slots=True)
class Picture:
    box: str
    walks: Sequence[Walk]


def picture_of(rounds: Sequence[Round]) -> Picture | None:
    """None where no walk was laid on a drawing."""
    drawn = [one for one in rounds if len(one.path) > 1]
    points = [point for one in drawn for point in one.path]
    if not points:
        return None
    across, along, low = max(x for x, _y in points), max(y for _x, y in points), min(y for _x, y in points)
    walks = [
        Walk(one, TINTS[n % len(TINTS)], " ".join(f"{x + 12 * n},{y + 12 * n}" for x, y in one.path))
        for n, one in enumerate(drawn)
    ]
    return Picture(f"{-MARGIN} {low - MARGIN} {across + 2 * MARGIN} {along - low + 2 * MARGIN}", walks)
