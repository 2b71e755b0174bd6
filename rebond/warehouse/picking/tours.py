"""Shortest closed or open tours, exactly: one with its walk, or thousands of lengths at once (see `states`)."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.network import NEVER, Ints
from rebond.warehouse.picking.sketch import SPAN, Sketch, Turn

MOST_CLASSES = 2_000
"""With more of them on the frontier, the drawing is left to `branching`."""


class TooWide(Exception):  # noqa: N818 -- named by what happened
    """The drawing has too many junctions side by side."""


@dataclass(frozen=True)
class Step:
    """A stretch: from class `before` by `option` to the classes in order, which begin at `groups`."""

    stretch: int
    before: Ints
    option: Ints
    groups: Ints


class Tours:
    """The tours of one drawing from one junction to another (the same: closed tours). Lengths inside are doubled."""

    def __init__(self, sketch: Sketch, start: int, end: int, with_bays: Collection[int]) -> None:
        """Raises `TooWide`. `with_bays`: the stretches that may have stops."""
        self.sketch, self.start, self.end = sketch, start, end
        doubled = [one.length * (1 if one.passage is None else 2) for one in sketch.stretches]
        self.doubled = np.array(doubled, np.int64)
        self.aside = sketch.lift[end] - sketch.lift[start]
        self.steps = self._steps(with_bays)
        self.weight = sum(len(step.before) for step in self.steps)
        """Additions a tour."""

    def _steps(self, with_bays: Collection[int]) -> tuple[Step, ...]:
        """The stretches in order, with the classes that can still become a whole tour."""
        width, turns = self.sketch.sweep
        layers: list[list[states.Class]] = [[states.empty(width)]]
        moves: list[list[tuple[int, int, states.Class]]] = []
        for turn in turns:
            found = self._moves(layers[-1], turn, 6 if turn.stretch in with_bays else 3)
            moves.append(found)
            layers.append(sorted({after for _, _, after in found}))
            if len(layers[-1]) > MOST_CLASSES:
                raise TooWide
        return _prune([turn.stretch for turn in turns], moves, layers, (True, states.empty(width)[1]))

    def _moves(self, layer: list[states.Class], turn: Turn, options: int) -> list[tuple[int, int, states.Class]]:
        found: list[tuple[int, int, states.Class]] = []
        for n, old in enumerate(layer):
            for option in range(options):
                new = states.stretch(old, *turn.slots, option)
                for slot, junction in turn.left:
                    new = states.leave(new, slot, self._need(junction)) if new is not None else None
                if new is not None:
                    found.append((n, option, new))
        return found

    def _need(self, junction: int) -> int:
        if junction not in {self.start, self.end}:
            return states.PASS
        return states.END if self.start == self.end else states.TIP

    def costs(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """Doubled centimetres of each option (axis 0) on each stretch (axis 1) for each set of stops (axis 2).

        `keys` are the stops of all sets, set by set and in order; `owner` says of which of the `depth` sets each is.
        """
        costs = np.full((6, len(self.doubled), depth), NEVER, np.int64)
        costs[states.NOTHING] = 0
        costs[states.THROUGH] = self.doubled[:, None]
        costs[states.TWICE] = 2 * self.doubled[:, None]
        stretch, at = keys // SPAN, keys % SPAN
        new = np.ones(len(keys), bool)
        new[1:] = (stretch[1:] != stretch[:-1]) | (owner[1:] != owner[:-1])
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(keys)) - 1
        gap = np.zeros(len(keys), np.int64)
        gap[1:] = at[1:] - at[:-1]
        gap[first] = 0
        which, whose = stretch[first], owner[first]
        double = self.doubled[which]
        costs[states.NOTHING, which, whose] = NEVER
        costs[states.FROM_FIRST, which, whose] = 4 * at[last]
        costs[states.FROM_LAST, which, whose] = 2 * double - 4 * at[first]
        costs[states.FROM_BOTH, which, whose] = 2 * double - 4 * np.maximum.reduceat(gap, first)
        return costs

    def measure(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """The length of the shortest tour through each set of stops (as `costs` wants them, none empty)."""
        found = self._layers(self.costs(keys, owner, depth))[-1][0]
        return np.asarray((found + self.aside) // 2)

    def solve(self, keys: Ints) -> tuple[int, list[tuple[int, int]]]:
        """The shortest length through these sorted stops, and what is done with every stretch: (stretch, option)."""
        costs = self.costs(keys, np.zeros(len(keys), np.int64), 1)
        layers = self._layers(costs)
        state, chosen = 0, []
        for depth in range(len(self.steps) - 1, -1, -1):
            step = self.steps[depth]
            low = step.groups[state]
            high = step.groups[state + 1] if state + 1 < len(step.groups) else len(step.before)
            total = layers[depth][step.before[low:high], 0] + costs[step.option[low:high], step.stretch, 0]
            best = int(low + int(total.argmin()))
            chosen.append((step.stretch, int(step.option[best])))
            state = int(step.before[best])
        return (int(layers[-1][0, 0]) + self.aside) // 2, chosen[::-1]

    def _layers(self, costs: Ints) -> list[Ints]:
        """The best length of each class after each step."""
        layers = [np.zeros((1, costs.shape[2]), np.int64)]
        for step in self.steps:
            total = layers[-1][step.before]
            total += costs[step.option, step.stretch]
            layers.append(np.minimum.reduceat(total, step.groups, axis=0))
        return layers


def _prune(
    stretches: list[int],
    moves: list[list[tuple[int, int, states.Class]]],
    layers: list[list[states.Class]],
    goal: states.Class,
) -> tuple[Step, ...]:
    alive = {goal}
    kept: list[list[tuple[int, int, states.Class]]] = []
    for found, layer in zip(reversed(moves), reversed(layers[:-1]), strict=True):
        useful = [move for move in found if move[2] in alive]
        alive = {layer[before] for before, _, _ in useful}
        kept.append(useful)
    steps: list[Step] = []
    for stretch, useful, layer in zip(stretches, reversed(kept), layers[:-1], strict=True):
        number = {old: n for n, old in enumerate(sorted({layer[before] for before, _, _ in useful}))}
        useful.sort(key=lambda move: move[2])
        before = np.array([number[layer[move[0]]] for move in useful], np.int64)
        option = np.array([move[1] for move in useful], np.int64)
        groups = [n for n, move in enumerate(useful) if n == 0 or move[2] != useful[n - 1][2]]
        steps.append(Step(stretch, before, option, np.array(groups, np.int64)))
    return tuple(steps)
