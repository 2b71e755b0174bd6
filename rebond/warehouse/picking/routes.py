"""The walk of one picker: the shortest where that can be proved, else a good one with a bound that says how good."""

import dataclasses
import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.branching import NEAR, Search
from rebond.warehouse.picking.flows import Both, make_both
from rebond.warehouse.picking.layout import Layout, Place
from rebond.warehouse.picking.local import good_tour
from rebond.warehouse.picking.network import NEVER, Ints, Network, check_reach, make_network
from rebond.warehouse.picking.program import DEPOT, Program
from rebond.warehouse.picking.sketch import SPAN, Sketch, make_sketch
from rebond.warehouse.picking.surplus import WALKED, net
from rebond.warehouse.picking.tours import TooWide, Tours
from rebond.warehouse.picking.walks import first_visits, walk_arcs, walk_edges

type Point = tuple[int, int, int]
MOST_PAIRS = 4
"""Of a start and an end, for each of which `flows` are made."""


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
    sketch: Sketch | None = field(init=False)
    """None where a way is no way back, or the drawing is too wide."""
    tours: list[tuple[Place, Place, Tours]] = field(init=False, default_factory=list)
    flows: list[tuple[Place, Place, Both]] = field(init=False, default_factory=list)
    """Where there is no sketch; empty where the walk is left to the integer program."""

    def __post_init__(self) -> None:
        """Raises `DocumentInvalid` where a bay cannot be reached."""
        layout = self.layout
        self.network = make_network(layout)
        check_reach(self.network, [*layout.bays.values()])
        self.sketch = None
        sketch = make_sketch(self.network, (*layout.starts, *layout.ends))
        if sketch is None:
            return
        sides: dict[int, set[int]] = {}
        for key in map(sketch.key, layout.bays.values()):
            sides.setdefault(key // SPAN, set()).add(key % SPAN)
        tip = {stand: sketch.spot(sketch.key(stand))[1] for stand in (*layout.starts, *layout.ends)}
        pairs = [(start, end, (tip[start], tip[end])) for start in layout.starts for end in layout.ends]
        if not sketch.is_even:
            self.flows = _flows(sketch, pairs, sides)
            return
        try:
            self.tours = [(start, end, Tours(sketch, *tips, sides)) for start, end, tips in pairs]
            self.sketch = sketch
        except TooWide:
            return

    def key(self, bay: str) -> int:
        """The stop as the exact method wants it; only where there is a sketch."""
        if self.sketch is None:
            raise ValueError(bay)
        return self.sketch.key(self.layout.bays[bay])

    def aside(self, bays: Iterable[str]) -> int:
        """Centimetres walked aside of the passages, there and back."""
        return sum(2 * self.layout.bays[bay].off for bay in set(bays))

    def route(self, bays: Iterable[str]) -> Route:
        """The walk past these bays, at least one. The same input gives the same walk."""
        names = sorted(set(bays))
        if not names:
            raise ValueError("A route needs a bay.")
        if self.sketch is not None:
            return self._swept(names, self.sketch)
        swept = self._by_flows(names) if self.flows else None
        if swept is not None and swept.length_cm <= swept.bound_cm * (1 + NEAR):
            return swept
        found = self._elsewhere(names)
        return found if swept is None else _better(found, swept)

    def _swept(self, names: Sequence[str], sketch: Sketch) -> Route:
        keys = np.unique(np.array([self.key(name) for name in names], np.int64))
        found = [tours.solve(keys)[0] + start.off + end.off for start, end, tours in self.tours]
        best = found.index(min(found))
        start, end, tours = self.tours[best]
        walk = _walk(sketch, keys, tours.solve(keys)[1], (tours.start, tours.end))
        length = found[best] + self.aside(names)
        stops, path = self._drawn(sketch, names, walk)
        return Route(start.id, end.id, stops, length, length, "exact", path)

    def _by_flows(self, names: Sequence[str]) -> Route | None:
        """None where no tour of those that are looked at passes everywhere."""
        sketch = self.flows[0][2].tours.sketch
        keys = np.unique(np.array([sketch.key(self.layout.bays[name]) for name in names], np.int64))
        solved = [both.tours.solve(keys) for *_, both in self.flows]
        aside = [start.off + end.off + self.aside(names) for start, end, _ in self.flows]
        least = min(both.floor.solve(keys)[0] + off for (*_, both), off in zip(self.flows, aside, strict=True))
        found = [length + off for (length, _), off in zip(solved, aside, strict=True)]
        best = found.index(min(found))
        if found[best] >= NEVER:
            return None
        start, end, both = self.flows[best]
        arcs = _arcs(sketch, keys, solved[best][1])
        walk = walk_arcs([arc for arc in arcs if arc[0] != arc[1]], (-1, both.tours.start))
        stops, path = self._drawn(sketch, names, walk)
        return Route(start.id, end.id, stops, found[best], min(least, found[best]), "sweep", path)

    def _drawn(
        self, sketch: Sketch, names: Sequence[str], walk: Sequence[tuple[int, int]]
    ) -> tuple[tuple[str, ...], tuple[Point, ...]]:
        """The stops of a walk in order, and its turns."""
        named: dict[tuple[int, int], list[str]] = {}
        for name in names:
            named.setdefault(sketch.spot(sketch.key(self.layout.bays[name])), []).append(name)
        stops = tuple(name for spot in first_visits(walk, named) for name in named[spot])
        return stops, _straight([sketch.point(spot) for spot in walk])

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


def _flows(
    sketch: Sketch, pairs: Sequence[tuple[Place, Place, tuple[int, int]]], sides: Mapping[int, set[int]]
) -> list[tuple[Place, Place, Both]]:
    """None of them where one is too wide, or there are so many that making them takes longer than they save."""
    if len(pairs) > MOST_PAIRS:
        return []
    found: list[tuple[Place, Place, Both]] = []
    for start, end, tips in pairs:
        both = make_both(sketch, tips, sides)
        if both is None:
            return []
        found.append((start, end, both))
    return found


def _better(one: Route, other: Route) -> Route:
    """The shorter walk, with the higher bound."""
    short = min(one, other, key=lambda route: route.length_cm)
    return dataclasses.replace(short, bound_cm=min(short.length_cm, max(one.bound_cm, other.bound_cm)))


def _walk(
    sketch: Sketch, keys: Ints, pieces: Sequence[tuple[int, int]], tips: tuple[int, int]
) -> list[tuple[int, int]]:
    """The spots of the walk."""
    edges: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for number, option in pieces:
        stretch = sketch.stretches[number]
        inside = [key for key in keys.tolist() if key // SPAN == number]
        stops = [(sketch.spot(key), key % SPAN) for key in inside]
        for chain in _chains((-1, stretch.first), stops, (-1, stretch.last), option):
            edges += itertools.pairwise(chain)
    return walk_edges([edge for edge in edges if edge[0] != edge[1]], (-1, tips[0]), (-1, tips[1]))


def _arcs(
    sketch: Sketch, keys: Ints, pieces: Sequence[tuple[int, int]]
) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """The spots walked between, each in its direction."""
    arcs: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for number, option in pieces:
        stretch = sketch.stretches[number]
        stops = [(sketch.spot(key), key % SPAN) for key in keys.tolist() if key // SPAN == number]
        ends = (-1, stretch.first), (-1, stretch.last)
        if option >= WALKED:
            (chain,) = _chains(ends[0], stops, ends[1], states.THROUGH)
            times = net(option)
            arcs += [*itertools.pairwise(chain if times > 0 else chain[::-1])] * abs(times)
            continue
        for n, chain in enumerate(_chains(ends[0], stops, ends[1], option)):
            arcs += itertools.pairwise(chain[::-1] if n % 2 else chain)  # every second one is the way back
    return arcs


def _chains[V](first: V, stops: list[tuple[V, int]], last: V, option: int) -> list[list[V]]:
    """What is walked of a stretch, a chain walked twice standing twice; stops with their centimetres."""
    if option == states.NOTHING:
        return []
    spots = [spot for spot, _ in stops]
    if option in {states.THROUGH, states.TWICE}:
        return [[first, *spots, last]] * (1 if option == states.THROUGH else 2)
    cut = len(stops) if option == states.FROM_FIRST else 0
    if option == states.FROM_BOTH:
        cut = max(range(1, len(stops)), key=lambda n: stops[n][1] - stops[n - 1][1])
    return [[first, *spots[:cut]], [first, *spots[:cut]], [*spots[cut:], last], [*spots[cut:], last]]


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
