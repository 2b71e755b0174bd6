"""A drawing that is walked both ways everywhere: its junctions and stretches, in the order of a sweep (see `tours`)."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from rebond.warehouse.picking.layout import Layout, Place
from rebond.warehouse.picking.network import Network

SPAN = 1 << 32
"""A stop as one number: its stretch times this, plus centimetres from the stretch's beginning."""


@dataclass(frozen=True)
class Stretch:
    """From junction to junction; of a passage from `low` on, or stairs (no passage, `length` both ways together)."""

    first: int
    last: int
    length: int
    passage: int | None = None
    low: int = 0


@dataclass(frozen=True)
class Turn:
    """A stretch between two slots of the frontier, then the junctions whose last stretch it is."""

    stretch: int
    slots: tuple[int, int]
    left: tuple[tuple[int, int], ...]
    """(slot, junction)"""


@dataclass(frozen=True)
class Sketch:
    """`lift[j]`: what coming to junction j costs more than coming back from it (stairs up, then down)."""

    layout: Layout
    junctions: tuple[tuple[int, int, int], ...]
    stretches: tuple[Stretch, ...]
    lift: tuple[int, ...]

    @cached_property
    def _of_passage(self) -> dict[int, list[tuple[int, Stretch]]]:
        found: dict[int, list[tuple[int, Stretch]]] = {}
        for n, stretch in enumerate(self.stretches):
            if stretch.passage is not None:
                found.setdefault(stretch.passage, []).append((n, stretch))
        return found

    def key(self, place: Place) -> int:
        """The place as one number, on a passage."""
        for n, stretch in self._of_passage[place.passage]:
            if stretch.low <= place.at <= stretch.low + stretch.length:
                return n * SPAN + place.at - stretch.low
        raise ValueError(place.id)

    def spot(self, key: int) -> tuple[int, int]:
        """(-1, junction), or (stretch, centimetres) between two."""
        stretch, at = self.stretches[key // SPAN], key % SPAN
        if at == 0:
            return -1, stretch.first
        return (-1, stretch.last) if at == stretch.length else (key // SPAN, at)

    def point(self, spot: tuple[int, int]) -> tuple[int, int, int]:
        """Where a spot is drawn."""
        if spot[0] < 0:
            return self.junctions[spot[1]]
        stretch = self.stretches[spot[0]]
        if stretch.passage is None:
            raise ValueError(spot)
        return self.layout.passages[stretch.passage].point(stretch.low + spot[1])

    @cached_property
    def sweep(self) -> tuple[int, tuple[Turn, ...]]:
        """(width of the frontier, turns): the narrowest of four ways to go over the drawing."""
        ways = [
            sorted(range(len(self.junctions)), key=lambda j: (*(self.junctions[j][n] for n in order), j))
            for order in ((0, 1, 2), (1, 0, 2), (2, 0, 1), (2, 1, 0))
        ]
        return min((self._swept(way) for way in ways), key=lambda found: found[0])

    def _swept(self, way: Sequence[int]) -> tuple[int, tuple[Turn, ...]]:
        rank = {j: n for n, j in enumerate(way)}
        due: list[list[int]] = [[] for _ in way]
        open_ends = [0] * len(way)
        for n, stretch in enumerate(self.stretches):
            due[max(rank[stretch.first], rank[stretch.last])].append(n)
            open_ends[stretch.first] += 1
            open_ends[stretch.last] += 1
        slots: dict[int, int] = {}
        width, turns = 0, []
        for j, stretches in zip(way, due, strict=True):
            slots[j] = next(n for n in range(len(way)) if n not in slots.values())
            width = max(width, slots[j] + 1)
            for n in sorted(stretches, key=lambda n: min(rank[self.stretches[n].first], rank[self.stretches[n].last])):
                ends = self.stretches[n].first, self.stretches[n].last
                pair = slots[ends[0]], slots[ends[1]]
                left = []
                for end in ends:
                    open_ends[end] -= 1
                    if not open_ends[end]:
                        left.append((slots.pop(end), end))
                turns.append(Turn(n, pair, tuple(left)))
        return width, tuple(turns)


def make_sketch(network: Network, stands: Iterable[Place]) -> Sketch | None:
    """None where a way is no way back: one-way, or two stairs that differ in how much harder going up is."""
    layout = network.layout
    if any(passage.one_way for passage in layout.passages):
        return None
    junctions = list(network.nodes)
    on = [dict(places) for places in network.on]
    for place in stands:
        if place.at not in on[place.passage]:
            on[place.passage][place.at] = len(junctions)
            junctions.append(layout.passages[place.passage].point(place.at))
    stretches: list[Stretch] = []
    for p, places in enumerate(on):
        cuts = sorted(places)
        for low, high in itertools.pairwise(cuts):
            stretches.append(Stretch(places[low], places[high], high - low, p, low))
    if any(stretch.first == stretch.last for stretch in stretches):
        return None
    ways = {(tail, head): cost for tail, head, cost in sorted(network.stairs, key=lambda one: -one[2])}
    if any((head, tail) not in ways or tail == head for tail, head in ways):
        return None
    lift = _lift(len(junctions), stretches, ways)
    if lift is None:
        return None
    stretches += [Stretch(a, b, there + ways[b, a]) for (a, b), there in ways.items() if a < b]
    return Sketch(layout, tuple(junctions), tuple(stretches), lift)


def _lift(count: int, stretches: Sequence[Stretch], ways: dict[tuple[int, int], int]) -> tuple[int, ...] | None:
    """A height for every junction that says what each stairs cost more up than down; None where none does."""
    steps: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for stretch in stretches:
        steps[stretch.first].append((stretch.last, 0))
        steps[stretch.last].append((stretch.first, 0))
    for (tail, head), cost in ways.items():
        steps[tail].append((head, cost - ways[head, tail]))
    lift: dict[int, int] = {}
    for root in range(count):
        waiting = [] if root in lift else [root]
        lift.setdefault(root, 0)
        while waiting:
            here = waiting.pop()
            for other, more in steps[here]:
                if other not in lift:
                    lift[other] = lift[here] + more
                    waiting.append(other)
                elif lift[other] != lift[here] + more:
                    return None
    return tuple(lift[j] for j in range(count))
