"""Plans, and the walks of a wave on them, as one small picture: lines of an SVG, each round with its own tint."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rebond.warehouse.enums import PickState
from rebond.warehouse.models import PickLine, Round, SiteLayout
from rebond.warehouse.picking.drawn import Plan, Spots, flat_of

LOOKS = 6  # lines that are told apart by colour and by dashes (desk.css)
BESIDE = 20  # centimetres between two rounds in one aisle
MARGIN = 150  # centimetres
PHONE = 324, 260  # pixels of the smallest picture
LETTER = 12  # pixels of a name in it
type Stop = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Walk:
    """`points` as SVG has them; `look` is its line, from 1; `stops` are where something is taken."""

    round: Round
    look: int
    points: str
    stops: Sequence[tuple[int, int]] = ()


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
    """`lines` and `stands` (name, x, y) are of the plan that was drawn, none where it was supposed. `letter`: how high
    names are, in its own units.
    """

    box: str
    letter: int
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
    """None where no walk was laid on a drawing. One query for the stops, where somebody drew the site."""
    drawn = [one for one in rounds if len(one.path) > 1]
    points = [point for one in drawn for point in one.path]
    if not points:
        return None
    lines, stands = (lines_of(layout.plan), stands_of(layout.plan)) if layout is not None else ([], [])
    stops = _stops(drawn, layout) if layout is not None else {}
    points += [point for line in lines for point in (line.start, line.end)]
    box, letter = box_of([*points, *((x, y) for _name, x, y in stands)])
    return Picture(box, letter, [_walk(n, one, stops.get(one.pk, [])) for n, one in enumerate(drawn)], lines, stands)


def _walk(n: int, one: Round, stops: Sequence[tuple[int, int]]) -> Walk:
    """Some centimetres beside the one before, so that two in one aisle are both seen."""
    points = " ".join(f"{x},{y}" for x, y in walk_beside(one.path, n))
    return Walk(one, n % LOOKS + 1, points, walk_beside(stops, n))


def walk_beside(points: Iterable[Sequence[int]], n: int) -> list[Stop]:
    """The points of the n-th walk of a picture."""
    aside = BESIDE * (n % LOOKS)
    return [(x + aside, y + aside) for x, y in points]


def _stops(rounds: Sequence[Round], layout: SiteLayout) -> dict[int, list[tuple[int, int]]]:
    """{round's key: where its objects lie}, each spot once; what lies nowhere on the plan is left out."""
    ways = ways_of(layout.plan)
    found: dict[int, set[tuple[int, int]]] = {}
    rows = PickLine.objects.filter(parcel__round__in=rounds, place__isnull=False).exclude(state=PickState.DROPPED)
    for key, path in rows.order_by("pk").values_list("parcel__round_id", "place__path"):
        code = next((code for code in reversed(path.rstrip("/").split("/")) if code in layout.spots), "")
        if code:
            found.setdefault(key, set()).add(point_on(ways, *layout.spots[code]))
    return {key: sorted(points) for key, points in found.items()}


type Ways = dict[str, tuple[tuple[int, int], tuple[int, int], float]]


def ways_of(plan: Plan) -> Ways:
    """{aisle's name: its ends in the picture, its length}"""
    flat = flat_of(plan)
    found: Ways = {}
    for one in plan["aisles"]:
        start, end = (flat.point(one[f"x{n}"], one[f"y{n}"], one["floor"]) for n in (1, 2))
        found[one["name"]] = (start, end, max(1.0, math.dist(start, end)))
    return found


def point_on(ways: Ways, name: str, at: int) -> tuple[int, int]:
    """The point of the picture that is `at` centimetres along an aisle."""
    (x1, y1), (x2, y2), length = ways[name]
    return round(x1 + (x2 - x1) * at / length), round(y1 + (y2 - y1) * at / length)


@dataclass(frozen=True, slots=True)
class PlanPicture:
    """A plan alone: its ways, stands, and a dot for each bay; `letter` as `Picture` has it."""

    box: str
    letter: int
    lines: Sequence[Line]
    stands: Sequence[tuple[str, int, int]]
    dots: Sequence[tuple[int, int]]


MOST_DOTS = 3_000


def plan_picture(plan: Plan, spots: Spots) -> PlanPicture | None:
    """None of a plan without an aisle."""
    if not plan["aisles"]:
        return None
    lines, stands, ways = lines_of(plan), stands_of(plan), ways_of(plan)
    dots = {point_on(ways, name, at) for name, at in list(spots.values())[:MOST_DOTS]}
    points = [point for line in lines for point in (line.start, line.end)] + [(x, y) for _name, x, y in stands]
    box, letter = box_of(points)
    return PlanPicture(box, letter, lines, stands, sorted(dots))


def box_of(points: Sequence[Sequence[int]]) -> tuple[str, int]:
    """The viewBox that shows these points, with a margin; how high a name is that is read on a phone."""
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    left, low = min(*xs, 0) - MARGIN, min(ys) - MARGIN
    wide, high = max(xs) + MARGIN - left, max(ys) + MARGIN - low
    return f"{left} {low} {wide} {high}", round(LETTER * max(wide / PHONE[0], high / PHONE[1]))
