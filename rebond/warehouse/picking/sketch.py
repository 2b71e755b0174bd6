"""A drawing as junctions and stretches, in the order of a sweep (see `tours` and `flows`)."""

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
    """From junction to junction; of a passage from `low` on, or stairs (no passage). `back`: None where one-way."""

    first: int
    last: int
    length: int
    back: int | None
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
    """`lift[j]`: what coming to junction j costs more than coming back from it (stairs up, then down).

    Nothing is lifted where there is no such number for all: `is_even` says whether a way is a way back.
    """

    layout: Layout
    junctions: tuple[tuple[int, int, int], ...]
    stretches: tuple[Stretch, ...]
    lift: tuple[int, ...]
    is_even: bool

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
        """(width of the frontier, turns): of eight ways to go over the drawing, the one with the least work."""
        ways = [
            sorted(range(len(self.junctions)), key=lambda j: (side * self.junctions[j][a], *self._rest(j, a, b), j))
            for a, b in ((0, 1), (1, 0), (2, 0), (2, 1))
            for side in (1, -1)
        ]
        return min((self._swept(way) for way in ways), key=_work)

    def _rest(self, junction: int, a: int, b: int) -> tuple[int, int]:
        point = self.junctions[junction]
        return point[b], point[3 - a - b]

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
            taken = set(slots.values())
            slots[j] = next(n for n in range(len(way)) if n not in taken)
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


def _work(swept: tuple[int, tuple[Turn, ...]]) -> int:
    """About how many classes are met: each junction on the frontier makes them some four times as many."""
    on: set[int] = set()
    work = 0
    for turn in swept[1]:
        on.update(turn.slots)
        work += 4 ** len(on)
        on.difference_update(slot for slot, _ in turn.left)
    return work


def make_sketch(network: Network, stands: Iterable[Place]) -> Sketch | None:
    """None where a way leads from a junction to itself."""
    layout = network.layout
    junctions = list(network.nodes)
    on = [dict(places) for places in network.on]
    for place in stands:
        if place.at not in on[place.passage]:
            on[place.passage][place.at] = len(junctions)
            junctions.append(layout.passages[place.passage].point(place.at))
    stretches: list[Stretch] = []
    for p, places in enumerate(on):
        for low, high in itertools.pairwise(sorted(places)):
            back = None if layout.passages[p].one_way else high - low
            stretches.append(Stretch(places[low], places[high], high - low, back, p, low))
    ways = {(tail, head): cost for tail, head, cost in sorted(network.stairs, key=lambda one: -one[2])}
    for (tail, head), there in ways.items():
        if (head, tail) not in ways or tail < head:
            stretches.append(Stretch(tail, head, there, ways.get((head, tail))))
    if any(stretch.first == stretch.last for stretch in stretches):
        return None
    lift = _lift(len(junctions), stretches)
    return Sketch(layout, tuple(junctions), tuple(stretches), lift or (0,) * len(junctions), lift is not None)


def _lift(count: int, stretches: Sequence[Stretch]) -> tuple[int, ...] | None:
    """A height for every junction that says what each way costs more than back; None where none does."""
    steps: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for stretch in stretches:
        if stretch.back is None:
            return None
        steps[stretch.first].append((stretch.last, stretch.length - stretch.back))
        steps[stretch.last].append((stretch.first, stretch.back - stretch.length))
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
