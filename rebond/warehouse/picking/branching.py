"""Branch and bound over a `Program`'s relaxation, by counts and not by the clock: the same input gives the same tour.

HiGHS solves each relaxation from where the last one ended; the rows that join a tour together are found between two
runs (see `program`). Branching looks first at how bays are reached, then at how often a stretch is walked at all, last
at the direction: a tour may be walked backwards wherever nothing is one-way, so that a direction alone says little.
"""

import heapq
import math
from dataclasses import dataclass, field

import highspy
import numpy as np

from rebond.warehouse.picking.program import MOST_TIMES, Floats, Program

PROOF_NODES = 20
"""So many relaxations are spent on a proof; after them, a tour within `NEAR` of the bound is enough."""
NEAR = 0.01
MOST_NODES = 1_500
ROUNDS = 3
MOST_ROUNDS = 100
WHOLE = 1e-5
NONE = float("inf")

type Change = tuple[bool, int, int, int]
"""(is it about a stretch's two arcs together, which one, at least, at most)."""


@dataclass
class Search:
    """The tour of one program: `best` are its variables, `length` what they cost, `bound` what no tour beats."""

    program: Program
    solver: highspy.Highs = field(init=False)
    best: Floats | None = None
    length: float = NONE
    bound: float = 0.0
    nodes: int = 0
    pairs: list[list[int]] = field(init=False)
    first_row: int = field(init=False)
    step: int = field(init=False)
    first: int = field(init=False)
    changed: set[tuple[bool, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.solver = self.program.solver()
        self.step, self.first = self.program.grid()
        self.pairs = [stretch.arcs for stretch in self.program.stretches if len(stretch.arcs) == 2]
        self.first_row = int(self.solver.getNumRow())
        for pair in self.pairs:
            self.program.row(self.solver, pair, (), 0.0, float(MOST_TIMES))

    def run(self) -> None:
        """Fill `best`, `length` and `bound`."""
        root = self._relax((), MOST_ROUNDS)
        if root is None:
            return
        self.bound = self._raised(root[0])
        self._dive(root[1])
        waiting: list[tuple[float, int, tuple[Change, ...]]] = [(root[0], 0, ())]
        count = 0
        while waiting and self.nodes < MOST_NODES:
            self.bound = min(self._raised(waiting[0][0]), self.length)
            if self.nodes > PROOF_NODES and self.length <= self.bound * (1 + NEAR):
                return
            _, _, changes = heapq.heappop(waiting)
            child: tuple[Change, ...] | None = changes
            while child is not None:  # one way down to its end, the other ways wait
                found = self._relax(child, ROUNDS)
                split = self._split(found[1]) if found else None
                if found is None or split is None:
                    break
                count += 1
                heapq.heappush(waiting, (found[0], count, (*child, split[1])))
                child = (*child, split[0])
            while waiting and waiting[0][0] > self.length - self.step + 0.5:  # nothing shorter can be there
                waiting.clear()
        self.bound = min(self._raised(waiting[0][0]), self.length) if waiting else self.length

    def _raised(self, cost: float) -> float:
        """The first length of a tour that is not below what a relaxation costs."""
        return float(self.first + self.step * math.ceil((cost - self.first - 1e-3) / self.step))

    def _relax(self, changes: tuple[Change, ...], rounds: int) -> tuple[float, Floats] | None:
        """(cost, values) of the relaxation under these changes; None where no shorter tour can be there."""
        self.nodes += 1
        self._apply(changes)
        while True:
            self.solver.run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            cost = float(self.solver.getInfo().objective_function_value)
            if cost > self.length - self.step + 0.5:
                return None
            values = np.array(self.solver.getSolution().col_value)
            whole = bool(np.abs(values - values.round()).max() < WHOLE)
            if rounds <= 0 and not whole:
                return cost, values
            rounds -= 1
            if not self.program.add_rows(self.solver, values):
                if whole:
                    self.best, self.length = values.round(), float(round(cost))
                return cost, values

    def _dive(self, values: Floats) -> None:
        """A first tour: fix what is whole, round the largest part up, again and again."""
        changes: tuple[Change, ...] = ()
        for _ in range(len(values)):
            part = values - np.floor(values + WHOLE)
            if part.max() < WHOLE:
                return
            ways = part.copy()
            ways[: len(self.program.arcs)] = 0
            which = int((ways if ways.max() > WHOLE else part).argmax())
            up = int(np.floor(values[which] + WHOLE)) + 1
            changes = (*changes, (False, which, up, MOST_TIMES))
            found = self._relax(changes, ROUNDS)
            if found is None:
                return
            values = found[1]

    def _split(self, values: Floats) -> tuple[Change, Change] | None:
        """The two ways to forbid a fraction, the likelier first; None where nothing is a fraction."""
        off = np.abs(values - values.round())
        if off.max() < WHOLE:
            return None
        arcs = len(self.program.arcs)
        together, which = False, int(off.argmax())
        if arcs < len(values) and off[arcs:].max() > WHOLE:
            which = arcs + int(off[arcs:].argmax())
        elif self.pairs:
            sums = values[[pair[0] for pair in self.pairs]] + values[[pair[1] for pair in self.pairs]]
            far = np.abs(sums - sums.round())
            if far.max() > WHOLE:
                together, which = True, int(far.argmax())
        value = float(sums[which]) if together else float(values[which])
        low = int(np.floor(value + WHOLE))
        down, up = (together, which, 0, low), (together, which, low + 1, MOST_TIMES)
        return (down, up) if value - low < 0.5 else (up, down)

    def _apply(self, changes: tuple[Change, ...]) -> None:
        bounds: dict[tuple[bool, int], tuple[int, int]] = dict.fromkeys(self.changed, (0, MOST_TIMES))
        for together, which, low, high in changes:
            old = bounds.get((together, which), (0, MOST_TIMES))
            bounds[together, which] = max(low, old[0]), min(high, old[1])
        for (together, which), (low, high) in bounds.items():
            if together:
                self.solver.changeRowBounds(self.first_row + which, float(low), float(high))
            else:
                self.solver.changeColBounds(which, float(low), float(min(high, self.program.limits[which])))
        self.changed = {(together, which) for together, which, _, _ in changes}
