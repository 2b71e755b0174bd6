"""How long the tours of many sets of stops are, all at once: what the batching asks thousands of times."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from rebond.warehouse.picking.network import NEVER, Ints
from rebond.warehouse.picking.routes import Router
from rebond.warehouse.picking.tours import Sweep

MOST_WEIGHT = 8_000
PAD = np.iinfo(np.int64).max


class Measure(Protocol):
    """`lengths` of the tours through the stops of sets of orders, in centimetres; `floors`: no tour through an order's
    stops is shorter. `weight`: how much work a length is.
    """

    weight: int

    def lengths(self, batches: Sequence[Sequence[int]]) -> Ints: ...

    def floors(self) -> Ints: ...


def padded(rows: Sequence[Sequence[int]], fill: int) -> Ints:
    """The rows as one table, filled up to the longest."""
    table = np.full((len(rows), max(len(row) for row in rows)), fill, np.int64)
    for n, row in enumerate(rows):
        table[n, : len(row)] = row
    return table


class _Stops:
    """The stops of sets of orders, in order, each said by a number."""

    def __init__(self, numbers: Sequence[Sequence[int]]) -> None:
        self.table = np.vstack([padded(numbers, PAD), np.full((1, max(map(len, numbers))), PAD, np.int64)])

    def sorted(self, batches: Sequence[Sequence[int]]) -> Ints:
        members = padded(batches, len(self.table) - 1)
        found = self.table[members].reshape(len(batches), -1)
        found.sort(axis=1)
        return found

    def least(self, batches: Sequence[Sequence[int]], ways: Iterable[tuple[int, Sweep]]) -> Ints:
        """The shortest by any of these sweeps, each with what is walked aside at its start and end."""
        found = self.sorted(batches)
        owner, where = np.nonzero(found < PAD)
        keys = found[owner, where]
        return np.asarray(np.minimum.reduce([sweep.measure(keys, owner, len(batches)) + off for off, sweep in ways]))


class ExactMeasure(_Stops):
    """Exact, where there is a sketch: the shortest over every pair of start and end."""

    def __init__(self, router: Router, orders: Sequence[Sequence[str]]) -> None:
        super().__init__([sorted({router.key(bay) for bay in bays}) for bays in orders])
        self.router = router
        self.weight = weight_of(router)

    def lengths(self, batches: Sequence[Sequence[int]]) -> Ints:
        return self.least(batches, ((start.off + end.off, tours) for start, end, tours in self.router.tours))

    def floors(self) -> Ints:
        return self.lengths([[n] for n in range(len(self.table) - 1)])


class SweptMeasure(_Stops):
    """Where some ways are one-way: never too short by the one sweep, floors by the other."""

    def __init__(self, router: Router, orders: Sequence[Sequence[str]]) -> None:
        sketch, bays = router.flows[0][2].tours.sketch, router.layout.bays
        super().__init__([sorted({sketch.key(bays[bay]) for bay in order}) for order in orders])
        self.router = router
        self.weight = weight_of(router)

    def lengths(self, batches: Sequence[Sequence[int]]) -> Ints:
        return self.least(batches, ((start.off + end.off, both.tours) for start, end, both in self.router.flows))

    def floors(self) -> Ints:
        single = [[n] for n in range(len(self.table) - 1)]
        return self.least(single, ((start.off + end.off, both.floor) for start, end, both in self.router.flows))


def weight_of(router: Router) -> int:
    """Additions a length; costs of one-way drawings take as long again."""
    both_ways = sum(tours.weight for _, _, tours in router.tours)
    return both_ways + 2 * sum(both.tours.weight for _, _, both in router.flows)


class OrderedMeasure(_Stops):
    """Elsewhere, never too short: stops are met in the order of a tour through all of them, or in the opposite order.

    Bertsimas, Jaillet and Odoni (Operations Research 38, 1990) call it an a priori tour. Ways between stops are
    shortest, so that what is not in the set is not walked to.
    """

    def __init__(self, router: Router, orders: Sequence[Sequence[str]]) -> None:
        self.router, self.orders, self.weight = router, orders, 300
        route = router.route({bay for bays in orders for bay in bays})
        rank = {bay: n + 1 for n, bay in enumerate(route.stops)}
        super().__init__([sorted({rank[bay] for bay in bays}) for bays in orders])
        self.way = router.table([router.layout.bays[bay] for bay in route.stops])

    def lengths(self, batches: Sequence[Sequence[int]]) -> Ints:
        found = self.sorted(batches)
        found[:, 1:][found[:, 1:] == found[:, :-1]] = PAD
        found.sort(axis=1)
        found[found == PAD] = 0  # the depot, as often as wanted: it is at no distance from itself
        edge = np.zeros((len(batches), 1), np.int64)
        tour = np.hstack([edge, found, edge])
        there = self.way[tour[:, :-1], tour[:, 1:]].sum(axis=1)
        return np.minimum(there, self.way[tour[:, 1:], tour[:, :-1]].sum(axis=1))

    def floors(self) -> Ints:
        """By the exact method where there is one; else a tour passes an order's farthest stop."""
        if self.router.sketch is not None:
            return ExactMeasure(self.router, self.orders).floors()
        stops = np.where(self.table[:-1] == PAD, 0, self.table[:-1])
        return np.asarray((self.way[0, stops] + self.way[stops, 0]).max(axis=1))


def measure_of(router: Router, orders: Sequence[Sequence[str]]) -> Measure:
    """By the sweeps unless each length would be too much work, or an order has no tour among those they look at."""
    if weight_of(router) <= MOST_WEIGHT:
        if router.sketch is not None:
            return ExactMeasure(router, orders)
        if router.flows:
            swept = SweptMeasure(router, orders)
            if (swept.lengths([[n] for n in range(len(orders))]) < NEVER).all():
                return swept
    return OrderedMeasure(router, orders)
