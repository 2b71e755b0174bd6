"""The shortest tour of any drawing (one-way passages, stairs, floors) as an integer program (see `branching`).

Variables say how often each arc is walked and how the bays of each stretch are reached: by walking through, from one of
its ends and back, or from both. A tour must hang together: rows that say so are added when a solution breaks them
(Dantzig, Fulkerson and Johnson, 1954, on the network itself rather than between stops: Cornuéjols, Fonlupt and Naddef,
1985). Without whole numbers it is a relaxation: no tour is shorter.
"""

import itertools
import math
from collections import deque
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import highspy
import numpy as np
import numpy.typing as npt

from rebond.warehouse.picking.layout import Place
from rebond.warehouse.picking.network import Ints, Network
from rebond.warehouse.picking.odd import odd_cuts

type Floats = npt.NDArray[np.float64]
EPSILON = 1e-6
MOST_TIMES = 9
"""No way is walked oftener."""
DEPOT = 0
"""The node before every start and after every end."""


@dataclass
class Stretch:
    """Between two nodes, `arcs` are (there, back) as variables, `ways` (first, last, both) too; `stops` in order."""

    ends: tuple[int, int]
    length: int
    stops: list[Place]
    arcs: list[int] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)


class _Quiet(highspy.Highs):
    """The library prints its name when it turns its callbacks on: standard output is for our answer."""

    def enableCallbacks(self) -> None:  # noqa: N802 -- the library's name
        self.silent()
        super().enableCallbacks()  # type: ignore[no-untyped-call]


class Program:
    """One set of stops on one network. Nodes: 0 the depot, then those of the network, then stands inside passages."""

    def __init__(self, network: Network, stops: Sequence[Place]) -> None:
        self.network, self.stops = network, stops
        self.arcs: list[tuple[int, int]] = []
        self.costs: list[int] = []
        self.limits: list[int] = []
        self.stretches: list[Stretch] = []
        self.visited: dict[int, list[Place]] = {}
        """Stops that lie on a node."""
        self.places: dict[tuple[int, int], int] = {}
        self.count = len(network.nodes) + 1
        self._draw()
        self.tails = np.array([tail for tail, _ in self.arcs], np.int64)
        self.heads = np.array([head for _, head in self.arcs], np.int64)

    def _node(self, passage: int, at: int) -> int:
        for known, node in self.network.on[passage]:
            if known == at:
                return node + 1
        if (passage, at) not in self.places:
            self.places[passage, at] = self.count
            self.count += 1
        return self.places[passage, at]

    def stand(self, place: Place) -> int:
        """The node of a start or an end."""
        return self._node(place.passage, place.at)

    def point(self, vertex: str | int) -> tuple[int, int, int]:
        """Where a node or a stop is drawn."""
        passages = self.network.layout.passages
        if isinstance(vertex, str):
            place = self.network.layout.bays[vertex]
            return passages[place.passage].point(place.at)
        if vertex <= len(self.network.nodes):
            return self.network.nodes[vertex - 1]
        passage, at = next(key for key, node in self.places.items() if node == vertex)
        return passages[passage].point(at)

    def _arc(self, tail: int, head: int, cost: int) -> int:
        self.arcs.append((tail, head))
        return self._variable(cost, 1 if DEPOT in {tail, head} else MOST_TIMES)

    def _variable(self, cost: int, limit: int) -> int:
        self.costs.append(cost)
        self.limits.append(limit)
        return len(self.costs) - 1

    def _draw(self) -> None:
        layout = self.network.layout
        for stand in layout.starts:
            self._arc(DEPOT, self._node(stand.passage, stand.at), stand.off)
        for stand in layout.ends:
            self._arc(self._node(stand.passage, stand.at), DEPOT, stand.off)
        for tail, head, cost in self.network.stairs:
            self._arc(tail + 1, head + 1, cost)
        for p, passage in enumerate(layout.passages):
            here = sorted((stop for stop in self.stops if stop.passage == p), key=lambda stop: stop.at)
            cuts = sorted({at for at, _ in self.network.on[p]} | {at for q, at in self.places if q == p})
            for stop in here:
                if stop.at in cuts:
                    self.visited.setdefault(self._node(p, stop.at), []).append(stop)
            for low, high in itertools.pairwise(cuts):
                inside = [stop for stop in here if low < stop.at < high]
                ends = self._node(p, low), self._node(p, high)
                stretch = Stretch(ends, high - low, inside, [self._arc(*ends, high - low)])
                stretch.arcs += [] if passage.one_way else [self._arc(*ends[::-1], high - low)]
                self.stretches.append(stretch)
        for stretch in self.stretches:  # after every arc: arcs are the first variables
            self._ways(stretch)

    def _ways(self, stretch: Stretch) -> None:
        if not stretch.stops or len(stretch.arcs) == 1:
            return
        begin = self._begin(stretch)
        ats = [stop.at - begin for stop in stretch.stops]
        gap = max((b - a for a, b in itertools.pairwise(ats)), default=0)
        for cost in (2 * ats[-1], 2 * (stretch.length - ats[0]), 2 * (stretch.length - gap)):
            stretch.ways.append(self._variable(cost, 1))

    def _begin(self, stretch: Stretch) -> int:
        """Where the stretch begins on its passage."""
        passage = stretch.stops[0].passage
        cuts = sorted({at for at, _ in self.network.on[passage]} | {at for q, at in self.places if q == passage})
        return max(at for at in cuts if at < stretch.stops[0].at)

    def solver(self) -> highspy.Highs:
        solver = _Quiet()  # type: ignore[no-untyped-call]
        solver.setOptionValue("threads", 1)
        solver.setOptionValue("random_seed", 1)
        solver.setOptionValue("presolve", "off")  # small, and solved again and again from where it ended
        for cost, limit in zip(self.costs, self.limits, strict=True):
            solver.addVar(0.0, float(limit))
            solver.changeColCost(solver.getNumCol() - 1, float(cost))
        for node in range(self.count):
            out, into = np.flatnonzero(self.tails == node), np.flatnonzero(self.heads == node)
            self.row(solver, out, into, 0.0, 0.0)
            if node == DEPOT:
                self.row(solver, out, (), 1.0, 1.0)
            elif node in self.visited:
                self.row(solver, out, (), 1.0, highspy.kHighsInf)
        for stretch in self.stretches:
            if stretch.stops:
                self.row(solver, [*stretch.arcs, *stretch.ways], (), 1.0, highspy.kHighsInf)
                self._leave(solver, {*stretch.ends}, ())
        return solver

    def grid(self) -> tuple[int, int]:
        """(step, first): every tour is as long as `first` and some whole steps, whatever way it takes.

        A height for each node makes a way up cost more and a way down as much less: a tour comes back to where it
        began, so that its length is what is left of each arc, a multiple of their greatest common divisor.
        """
        heights = self._heights()
        left: dict[bool, list[int]] = {
            True: [],
            False: [],
        }  # of the arcs from the depot, and to it: one of each
        step = 0
        for (tail, head), cost in zip(self.arcs, self.costs, strict=False):
            over = cost + heights.get(tail, 0) - heights.get(head, 0)
            if DEPOT in {tail, head}:
                left[tail == DEPOT].append(over)
            else:
                step = math.gcd(step, over)
        for some in left.values():
            step = math.gcd(step, *(one - some[0] for one in some))
        step = math.gcd(step, *self.costs[len(self.arcs) :]) or 1
        return step, sum(some[0] for some in left.values()) % step

    def _heights(self) -> dict[int, int]:
        around: dict[int, list[tuple[int, int]]] = {}
        for (tail, head), cost in zip(self.arcs, self.costs, strict=False):
            if DEPOT not in {tail, head}:
                around.setdefault(tail, []).append((head, cost))
                around.setdefault(head, []).append((tail, -cost))
        heights: dict[int, int] = {}
        for begin in around:
            if begin in heights:
                continue
            heights[begin], queue = 0, [begin]
            while queue:
                node = queue.pop()
                for other, cost in around[node]:
                    if other not in heights:
                        heights[other] = heights[node] + cost
                        queue.append(other)
        return heights

    @staticmethod
    def row(solver: highspy.Highs, plus: Iterable[int], minus: Iterable[int], low: float, high: float) -> None:
        where = [*plus, *minus]
        signs = np.ones(len(where))
        signs[len(where) - len([*minus]) :] = -1.0
        solver.addRow(low, high, len(where), np.array(where, np.int32), signs)

    def _leave(self, solver: highspy.Highs, inside: Collection[int], ways: Sequence[int]) -> None:
        """What is inside is left as often as it is needed: once, or as often as these ways are used."""
        self.row(solver, self._out(inside), ways, 0.0 if ways else 1.0, highspy.kHighsInf)

    def _out(self, inside: Collection[int]) -> Ints:
        member = np.zeros(self.count, bool)
        member[[*inside]] = True
        return np.flatnonzero(member[self.tails] & ~member[self.heads])

    def add_rows(self, solver: highspy.Highs, values: Floats) -> int:
        """Add the rows that this solution breaks; how many."""
        added: set[tuple[frozenset[int], tuple[int, ...]]] = set()
        flow = _Flow(self.count, self.tails, self.heads, values)
        for sinks, need, ways in self._demands(values):
            if need < EPSILON:
                continue
            side = flow.beyond(sinks, need)
            if side is not None:
                added.add((frozenset(side), ways))
        for inside, ways in sorted(added, key=lambda one: (sorted(one[0]), one[1])):
            self._leave(solver, inside, ways)
        odd = odd_cuts(self, values)
        for nodes, counted, need in odd:
            self.row(solver, [*self._out(nodes), *counted], (), float(need), highspy.kHighsInf)
        return len(added) + len(odd)

    def _demands(self, values: Floats) -> Iterable[tuple[tuple[int, ...], float, tuple[int, ...]]]:
        """What must be joined with the depot: (nodes, how much, the variables that say how much; none: always once)."""
        for node in self.visited:
            yield (node,), 1.0, ()
        for stretch in self.stretches:
            if not stretch.stops:
                continue
            yield stretch.ends, 1.0, ()
            if stretch.ways:
                first, last, both = stretch.ways
                yield (stretch.ends[0],), float(values[first] + values[both]), (first, both)
                yield (stretch.ends[1],), float(values[last] + values[both]), (last, both)

    def steps(self, values: Floats) -> Iterable[tuple[str | int, str | int]]:
        """The arcs of the tour between nodes and stops (by identifier), as often as they are walked."""
        inside = {arc: stretch for stretch in self.stretches for arc in stretch.arcs}
        for arc, (tail, head) in enumerate(self.arcs):
            stops = [stop.id for stop in inside[arc].stops] if arc in inside else []
            if arc in inside and tail != inside[arc].ends[0]:
                stops.reverse()
            for _ in range(int(values[arc])):
                yield from _chain([tail, *stops, head])
        for stretch in self.stretches:
            names: list[str | int] = [stop.id for stop in stretch.stops]
            for way, variable in enumerate(stretch.ways):
                if values[variable] >= 1:
                    for chain in _ways_back(stretch, names, way):
                        yield from _chain([*chain, *chain[-2::-1]])


def _ways_back(stretch: Stretch, names: list[str | int], way: int) -> list[list[str | int]]:
    """The chains walked there and back: from the first end, from the last, or from both up to the largest gap."""
    a, b = stretch.ends
    if way == 0:
        return [[a, *names]]
    if way == 1:
        return [[b, *names[::-1]]]
    ats = [stop.at for stop in stretch.stops]
    cut = max(range(1, len(ats)), key=lambda n: ats[n] - ats[n - 1], default=1)
    return [chain for chain in ([a, *names[:cut]], [b, *names[cut:][::-1]]) if len(chain) > 1]


def _chain(places: Sequence[str | int]) -> Iterable[tuple[str | int, str | int]]:
    return itertools.pairwise(places)


class _Flow:
    """Which nodes hang too loosely on the depot, by augmenting paths (Edmonds and Karp, 1972).

    An arc walked once or more joins its ends for good: no cut smaller than one parts them, as what enters a set of
    nodes also leaves it (Padberg and Rinaldi, Mathematical Programming 47, 1990). What is left is small.
    """

    def __init__(self, count: int, tails: Ints, heads: Ints, values: Floats) -> None:
        self.parent = list(range(count))
        arcs = list(zip(tails.tolist(), heads.tolist(), values[: len(tails)].tolist(), strict=True))
        for tail, head, value in arcs:
            if value > 1 - EPSILON:
                self.parent[self.find(tail)] = self.find(head)
        self.depot = self.find(DEPOT)
        ways: dict[tuple[int, int], float] = {}
        for tail, head, value in arcs:
            a, b = self.find(tail), self.find(head)
            if value > EPSILON and a != b:
                ways[a, b] = ways.get((a, b), 0.0) + value
        self.around: dict[int, list[int]] = {self.find(node): [] for node in range(count)}
        self.heads: list[int] = []
        self.free: list[float] = []
        self.sent: dict[int, float] = {}
        for (a, b), value in ways.items():
            for tail, head, free in ((a, b, value), (b, a, 0.0)):
                self.around[tail].append(len(self.heads))
                self.heads.append(head)
                self.free.append(free)

    def find(self, node: int) -> int:
        while self.parent[node] != node:
            self.parent[node] = self.parent[self.parent[node]]
            node = self.parent[node]
        return node

    def beyond(self, nodes: Sequence[int], need: float) -> set[int] | None:
        """The nodes on the sinks' side of a cut smaller than `need`; None where there is none."""
        sinks = {self.find(node) for node in nodes}
        if self.depot in sinks or any(self._alone(sink) >= need - EPSILON * 10 for sink in sorted(sinks)):
            return None
        _, came = self._send(sinks, need)
        if came is None:
            return None
        return {node for node in range(len(self.parent)) if self.find(node) not in came}

    def _alone(self, sink: int) -> float:
        """How much reaches this node by itself, one at most: asked by many, it is found once."""
        if sink not in self.sent:
            self.sent[sink] = self._send({sink}, 1.0)[0]
        return self.sent[sink]

    def _send(self, sinks: set[int], need: float) -> tuple[float, dict[int, int] | None]:
        """How much was sent, and what is still reached where that is less than `need`."""
        free, sent = self.free.copy(), 0.0
        while sent < need - EPSILON * 10:
            came, end = self._search(free, sinks)
            if end is None:
                return sent, came
            path: list[int] = []
            node = end
            while node != self.depot:
                path.append(came[node])
                node = self.heads[came[node] ^ 1]
            least = min(free[arc] for arc in path)
            for arc in path:
                free[arc] -= least
                free[arc ^ 1] += least
            sent += least
        return sent, None

    def _search(self, free: list[float], sinks: set[int]) -> tuple[dict[int, int], int | None]:
        came, queue = {self.depot: -1}, deque([self.depot])
        while queue:
            for arc in self.around[queue.popleft()]:
                head = self.heads[arc]
                if free[arc] > EPSILON and head not in came:
                    came[head] = arc
                    if head in sinks:
                        return came, head
                    queue.append(head)
        return came, None
