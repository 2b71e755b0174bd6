"""The walk of one picker: the shortest where that can be proved, else a good one with a bound that says how good."""

import itertools
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.branching import Search
from rebond.warehouse.picking.grid import Grid, find_grid, spot_of
from rebond.warehouse.picking.layout import Layout, Place
from rebond.warehouse.picking.local import good_tour
from rebond.warehouse.picking.network import NEVER, Ints, Network, check_reach, make_network
from rebond.warehouse.picking.program import DEPOT, Program
from rebond.warehouse.picking.tours import SPAN, Tours
from rebond.warehouse.picking.walks import first_visits, walk_arcs, walk_edges

type Point = tuple[int, int, int]


@dataclass(frozen=True)
class Route:
    """`stops` are bays in walking order, `path` the points (x, y, floor) walked through; `bound_cm` is never beaten."""

    start: str
    end: str
    stops: tuple[str, ...]
    length_cm: int
    bound_cm: int
    method: str
    path: tuple[Point, ...] = ()

    @property
    def is_proved(self) -> bool:
        return self.length_cm <= self.bound_cm


@dataclass
class Router:
    """The routes of one layout; what does not depend on the stops is computed once."""

    layout: Layout
    network: Network = field(init=False)
    grid: Grid | None = field(init=False)
    tours: list[tuple[Place, Place, Tours]] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        """Raises `DocumentInvalid` where a bay cannot be reached."""
        self.network = make_network(self.layout)
        check_reach(self.network, [*self.layout.bays.values()])
        self.grid = find_grid(self.network, self.layout.bays.values())
        if self.grid is None:
            return
        grid = self.grid
        for start in self.layout.starts:
            for end in self.layout.ends:
                first, last = spot_of(grid, self.layout, start), spot_of(grid, self.layout, end)
                if not Tours.possible(grid, first, last):
                    self.grid, self.tours = None, []
                    return
                self.tours.append((start, end, Tours(grid, first, last)))

    def key(self, bay: str) -> int:
        """The stop as the exact method wants it; only on a grid."""
        if self.grid is None:
            raise ValueError
        return self.tours[0][2].key(spot_of(self.grid, self.layout, self.layout.bays[bay]))

    def aside(self, bays: Iterable[str]) -> int:
        """Centimetres walked aside of the passages, there and back."""
        return sum(2 * self.layout.bays[bay].off for bay in set(bays))

    def route(self, bays: Iterable[str]) -> Route:
        """The walk past these bays, at least one. The same input gives the same walk."""
        names = sorted(set(bays))
        if not names:
            raise ValueError("A route needs a bay.")
        return self._on_grid(names) if self.grid is not None else self._elsewhere(names)

    def _on_grid(self, names: Sequence[str]) -> Route:
        keys = np.unique(np.array([self.key(name) for name in names], np.int64))
        best: tuple[int, int] | None = None
        for n, (start, end, tours) in enumerate(self.tours):
            found = tours.solve(keys)[0] + start.off + end.off
            best = min(best, (found, n)) if best else (found, n)
        if best is None:
            raise ValueError
        start, end, tours = self.tours[best[1]]
        _, pieces = tours.solve(keys)
        walk = _walk(tours, keys, pieces)
        named: dict[tuple[int, int], list[str]] = {}
        for name in names:
            named.setdefault(_vertex(tours, self.key(name)), []).append(name)
        stops = [name for vertex in first_visits(walk, named) for name in named[vertex]]
        length = best[0] + self.aside(names)
        floor = self.layout.passages[0].floor
        path = [self._point(tours.grid, vertex, floor) for vertex in walk]
        return Route(start.id, end.id, tuple(stops), length, length, "grid", _straight(path))

    @staticmethod
    def _point(grid: Grid, vertex: tuple[int, int], floor: int) -> Point:
        x, y = grid.xs[vertex[0]], vertex[1]
        return (y, x, floor) if grid.turned else (x, y, floor)

    def _elsewhere(self, names: Sequence[str]) -> Route:
        places = [self.layout.bays[name] for name in names]
        program = Program(self.network, places)
        search = Search(program)
        search.run()
        aside = self.aside(names)
        bound = math.ceil(search.bound - 1e-4) + aside
        if search.best is None:
            return self._by_insertion(names, bound)
        walk = walk_arcs(program.steps(search.best), DEPOT)
        nodes = {node: [stop.id for stop in stops] for node, stops in program.visited.items()}
        stops: list[str] = []
        for vertex in dict.fromkeys(walk):
            stops += [vertex] if isinstance(vertex, str) else nodes.get(vertex, [])
        stands: dict[str | int, str] = {
            program.stand(place): place.id for place in (*self.layout.starts, *self.layout.ends)
        }
        start, end = (stands[vertex] for vertex in (walk[1], walk[-2]))
        length = round(search.length) + aside
        path = _straight([program.point(vertex) for vertex in walk[1:-1]])
        return Route(start, end, tuple(stops), length, min(bound, length), "program", path)

    def table(self, places: Sequence[Place]) -> Ints:
        """Lengths between a depot that is every start and every end (0) and these places."""
        table = np.zeros((len(places) + 1, len(places) + 1), np.int64)
        table[1:, 1:] = self.network.between(places, places)
        starts, ends = self.layout.starts, self.layout.ends
        off_start, off_end = (np.array([stand.off for stand in stands]) for stands in (starts, ends))
        table[0, 1:] = (self.network.between(starts, places) + off_start[:, None]).min(axis=0)
        table[1:, 0] = (self.network.between(places, ends) + off_end[None, :]).min(axis=1)
        return np.minimum(table, NEVER)

    def _by_insertion(self, names: Sequence[str], bound: int) -> Route:
        places = [self.layout.bays[name] for name in names]
        table = self.table(places)
        tour = good_tour(table)
        length = sum(int(table[a, b]) for a, b in zip(tour, [*tour[1:], 0], strict=True))
        first, last = places[tour[1] - 1], places[tour[-1] - 1]
        starts, ends = self.layout.starts, self.layout.ends
        start = min(starts, key=lambda one: (int(self.network.between([one], [first])[0, 0]) + one.off, one.id))
        end = min(ends, key=lambda one: (int(self.network.between([last], [one])[0, 0]) + one.off, one.id))
        passages = self.layout.passages
        path = [passages[p.passage].point(p.at) for p in (start, *(places[n - 1] for n in tour[1:]), end)]
        stops = tuple(names[n - 1] for n in tour[1:])
        return Route(start.id, end.id, stops, length + self.aside(names), bound, "insertion", tuple(path))


def _vertex(tours: Tours, key: int) -> tuple[int, int]:
    column, row = tours.stretches[key // SPAN]
    return column, tours.grid.ys[row] + key % SPAN


def _walk(tours: Tours, keys: Ints, pieces: Sequence[tuple[tuple[int, int], bool, int]]) -> list[tuple[int, int]]:
    """The vertices (column, y) of the walk."""
    grid = tours.grid
    edges: list[tuple[tuple[int, int], tuple[int, int]]] = []
    inside = sorted({*keys.tolist(), *([tours.key(tours.start)] if tours.inside else [])})
    for (column, row), is_stretch, option in pieces:
        if not is_stretch:
            edges += [((column, grid.ys[row]), (column + 1, grid.ys[row]))] * option
            continue
        number = tours.index[column, row]
        stops = [(column, grid.ys[row] + key % SPAN) for key in inside if key // SPAN == number]
        for chain in _chains((column, grid.ys[row]), stops, (column, grid.ys[row + 1]), option):
            edges += itertools.pairwise(chain)
    start, end = ((spot.column, grid.ys[spot.row] + spot.at) for spot in (tours.start, tours.end))
    return walk_edges([edge for edge in edges if edge[0] != edge[1]], start, end)


def _chains[V](first: V, stops: list[V], last: V, option: int) -> list[list[V]]:
    """What is walked of a stretch, a chain walked twice standing twice."""
    if option == states.NOTHING:
        return []
    if option in {states.THROUGH, states.TWICE}:
        return [[first, *stops, last]] * (1 if option == states.THROUGH else 2)
    if option == states.WITHIN:
        return [stops, stops]
    cut = len(stops) if option == states.FROM_FIRST else 0
    if option == states.FROM_BOTH:
        ats = [stop[1] for stop in stops]  # type: ignore[index]
        cut = max(range(1, len(ats)), key=lambda n: ats[n] - ats[n - 1])
    return [[first, *stops[:cut]], [first, *stops[:cut]], [*stops[cut:], last], [*stops[cut:], last]]


def _straight(path: Sequence[Point]) -> tuple[Point, ...]:
    """Without the points on the way from one turn to the next."""
    kept: list[Point] = []
    for point in path:
        if kept and kept[-1] == point:
            continue
        if len(kept) > 1 and _ahead(kept[-2], kept[-1], point):
            kept.pop()
        kept.append(point)
    return tuple(kept)


def _ahead(a: Point, b: Point, c: Point) -> bool:
    if not a[2] == b[2] == c[2]:
        return False
    across = (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])
    return across == 0 and (b[0] - a[0]) * (c[0] - b[0]) + (b[1] - a[1]) * (c[1] - b[1]) > 0
