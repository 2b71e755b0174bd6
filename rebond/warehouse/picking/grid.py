"""A drawing whose passages are rows and columns, as the exact method wants it (see `states`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rebond.warehouse.picking.layout import Layout, Passage, Place
from rebond.warehouse.picking.network import Network

MOST_ROWS = 5
"""Cross-aisles and ends of aisles, counted together: with more, there are too many classes to be quick."""


@dataclass(frozen=True)
class Spot:
    """Where a place is on the grid: in the stretch of `column` that begins at `row`, `at` cm from its beginning."""

    column: int
    row: int
    at: int


@dataclass(frozen=True)
class Grid:
    """`xs` are columns, `ys` rows; `stretches` and `crossings` the lengths by (column, row), where something is drawn.

    A stretch goes from row to row + 1 of a column, a crossing from column to column + 1 of a row. `turned`: x and y are
    swapped.
    """

    xs: tuple[int, ...]
    ys: tuple[int, ...]
    stretches: dict[tuple[int, int], int]
    crossings: dict[tuple[int, int], int]
    turned: bool

    def point(self, spot: Spot) -> tuple[int, int]:
        x, y = self.xs[spot.column], self.ys[spot.row] + spot.at
        return (y, x) if self.turned else (x, y)


def find_grid(network: Network, bays: Iterable[Place]) -> Grid | None:
    """The grid of a layout where every bay lies on a column; None where it is drawn otherwise or is too tall."""
    layout = network.layout
    if layout.stairs or any(p.one_way or p.floor != layout.passages[0].floor for p in layout.passages):
        return None
    if any(p.x1 != p.x2 and p.y1 != p.y2 for p in layout.passages):
        return None
    for turned in (False, True):
        grid = _grid(layout, turned=turned)
        if len(grid.ys) <= MOST_ROWS and all(_upright(layout.passages[b.passage], turned=turned) for b in bays):
            return grid
    return None


def spot_of(grid: Grid, layout: Layout, place: Place) -> Spot:
    """The spot of a place on a row or column; a crossing begins its stretch, or ends the one before."""
    x, y, _ = layout.passages[place.passage].point(place.at)
    x, y = (y, x) if grid.turned else (x, y)
    column, row = grid.xs.index(x), max(n for n, at in enumerate(grid.ys) if at <= y)
    if y == grid.ys[row] and (column, row) not in grid.stretches and (column, row - 1) in grid.stretches:
        row -= 1
    return Spot(column, row, y - grid.ys[row])


def _upright(passage: Passage, *, turned: bool) -> bool:
    return passage.y1 == passage.y2 if turned else passage.x1 == passage.x2


def _grid(layout: Layout, *, turned: bool) -> Grid:
    lines = [_line(passage, turned=turned) for passage in layout.passages]
    upright = [line for line in lines if line[0] == line[2]]
    level = [line for line in lines if line[1] == line[3]]
    stands = [layout.passages[p.passage].point(p.at) for p in (*layout.starts, *layout.ends)]
    ends = {x for line in level for x in (line[0], line[2])}
    xs = sorted({line[0] for line in upright} | ends | {(y if turned else x) for x, y, _ in stands})
    ys = sorted({y for line in level for y in (line[1],)} | {y for line in upright for y in (line[1], line[3])})
    stretches = {
        (c, r): ys[r + 1] - ys[r]
        for c, x in enumerate(xs)
        for r in range(len(ys) - 1)
        if _covered([(a[1], a[3]) for a in upright if a[0] == x], ys[r], ys[r + 1])
    }
    crossings = {
        (c, r): xs[c + 1] - xs[c]
        for r, y in enumerate(ys)
        for c in range(len(xs) - 1)
        if _covered([(a[0], a[2]) for a in level if a[1] == y], xs[c], xs[c + 1])
    }
    return Grid(tuple(xs), tuple(ys), stretches, crossings, turned)


def _line(passage: Passage, *, turned: bool) -> tuple[int, int, int, int]:
    x1, y1, x2, y2 = passage.x1, passage.y1, passage.x2, passage.y2
    if turned:
        x1, y1, x2, y2 = y1, x1, y2, x2
    return min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2)


def _covered(spans: Sequence[tuple[int, int]], low: int, high: int) -> bool:
    return any(a <= low and high <= b for a, b in spans)
