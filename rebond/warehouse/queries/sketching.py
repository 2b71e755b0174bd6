"""Plans, and the walks of a wave on them, as one small picture: lines of an SVG, each round with its own tint."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from rebond.warehouse.models import Round, SiteLayout
from rebond.warehouse.picking.drawn import Plan, Spots, flat_of

TINTS = ("rose", "ciel", "menthe", "anis", "peche", "sable")
MARGIN = 150  # centimetres


@dataclass(frozen=True, slots=True)
class Walk:
    """`points` as SVG has them."""

    round: Round
    tint: str
    points: str


@dataclass(frozen=True, slots=True)
class Line:
    """An aisle or stairs of the plan, in the points of the picture; `label` is its name, in the middle."""

    label: str
    start: tuple[int, int]
    end: tuple[int, int]
    is_one_way: bool = False
    is_stairs: bool = False

    @property
    def middle(self) -> tuple[int, int]:
        return (self.start[0] + self.end[0]) // 2, (self.start[1] + self.end[1]) // 2


@dataclass(frozen=True, slots=True)
class Picture:
    """`lines` and `stands` (name, x, y) are of the plan that was drawn, none where it was supposed."""

    box: str
    walks: Sequence[Walk]
    lines: Sequence[Line] = ()
    stands: Sequence[tuple[str, int, int]] = ()


def lines_of(plan: Plan) -> list[Line]:
    """Its aisles, then its stairs; floors lie side by side."""
    flat, found = flat_of(plan), []
    for one in plan["aisles"]:
        ends = [flat.point(one[f"x{n}"], one[f"y{n}"], one["floor"]) for n in (1, 2)]
        found.append(Line(one["name"], ends[0], ends[1], is_one_way=one["one_way"]))
    for one in plan["stairs"]:
        ends = [flat.point(one[f"x{n}"], one[f"y{n}"], one[f"floor{n}"]) for n in (1, 2)]
        found.append(Line(one["name"], ends[0], ends[1], is_one_way=one["one_way"], is_stairs=True))
    return found


def stands_of(plan: Plan) -> list[tuple[str, int, int]]:
    """Where people start and end: name, x, y; floors lie side by side."""
    flat = flat_of(plan)
    return [(one["name"], *flat.point(one["x"], one["y"], one["floor"])) for one in plan["stands"]]


def picture_of(rounds: Sequence[Round], layout: SiteLayout | None = None) -> Picture | None:
    """None where no walk was laid on a drawing."""
    drawn = [one for one in rounds if len(one.path) > 1]
    points = [point for one in drawn for point in one.path]
    if not points:
        return None
    lines, stands = (lines_of(layout.plan), stands_of(layout.plan)) if layout is not None else ([], [])
    points += [point for line in lines for point in (line.start, line.end)]
    box = box_of([*points, *((x, y) for _name, x, y in stands)])
    walks = [
        Walk(one, TINTS[n % len(TINTS)], " ".join(f"{x + 12 * n},{y + 12 * n}" for x, y in one.path))
        for n, one in enumerate(drawn)
    ]
    return Picture(box, walks, lines, stands)


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """A plan alone: its ways, stands, and a dot for each bay."""

    box: str
    lines: Sequence[Line]
    stands: Sequence[tuple[str, int, int]]
    dots: Sequence[tuple[int, int]]


MOST_DOTS = 3_000


def plan_picture(plan: Plan, spots: Spots) -> PlanPicture | None:
    """None of a plan without an aisle."""
    if not plan["aisles"]:
        return None
    lines, stands, flat = lines_of(plan), stands_of(plan), flat_of(plan)
    ways: dict[str, tuple[tuple[int, int], tuple[int, int], float]] = {}
    for one in plan["aisles"]:
        start, end = (flat.point(one[f"x{n}"], one[f"y{n}"], one["floor"]) for n in (1, 2))
        ways[one["name"]] = (start, end, max(1.0, math.dist(start, end)))
    dots = set()
    for name, at in list(spots.values())[:MOST_DOTS]:
        (x1, y1), (x2, y2), length = ways[name]
        dots.add((round(x1 + (x2 - x1) * at / length), round(y1 + (y2 - y1) * at / length)))
    points = [point for line in lines for point in (line.start, line.end)] + [(x, y) for _name, x, y in stands]
    return PlanPicture(box_of(points), lines, stands, sorted(dots))


def box_of(points: Sequence[Sequence[int]]) -> str:
    """The viewBox that shows these points, with a margin."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, low = min(*xs, 0) - MARGIN, min(ys) - MARGIN
    return f"{left} {low} {max(xs) + MARGIN - left} {max(ys) + MARGIN - low}"
