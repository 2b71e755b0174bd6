"""Shortest closed or open tours, exactly: one with its walk, or thousands of lengths at once (see `states`)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.network import NEVER, Ints
from rebond.warehouse.picking.sketch import SPAN, Sketch, Turn

MOST_CLASSES = 2_000
"""With more of them on the frontier, the drawing is left to `branching`."""


class TooWide(Exception):  # noqa: N818 -- named by what happened
    """The drawing has too many junctions side by side, or its tours are none of those that are looked at."""


@dataclass(frozen=True)
class Step:
    """A stretch: from class `before` by `option` to the classes in order, which begin at `groups`."""

    stretch: int
    before: Ints
    option: Ints
    groups: Ints


class Sweep:
    """The tours of one drawing from one junction to another (the same: closed tours): of all that look the same on the
    frontier, the shortest. What may be done with a stretch, and what it costs, is said by the kinds of tours below.
    """

    def __init__(self, sketch: Sketch, start: int, end: int) -> None:
        """Raises `TooWide`."""
        self.sketch, self.start, self.end = sketch, start, end
        self.steps = self._steps()
        self.weight = sum(len(step.before) for step in self.steps)
        """Additions a tour."""

    def after(self, old: states.Class, turn: Turn) -> Iterable[tuple[int, states.Class]]:
        """(option, class) for everything that may be done with a stretch."""
        raise NotImplementedError

    def costs(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """What each option (axis 0) on each stretch (axis 1) costs for each set of stops (axis 2).

        `keys` are the stops of all sets, set by set and in order; `owner` says of which of the `depth` sets each is.
        """
        raise NotImplementedError

    def length(self, total: Ints) -> Ints:
        """The centimetres of tours whose costs add up so."""
        return total

    def _steps(self) -> tuple[Step, ...]:
        """The stretches in order, with the classes that can still become a whole tour."""
        width, turns = self.sketch.sweep
        layer: list[states.Class] = [states.empty(width)]
        moves: list[Ints] = []
        for turn in turns:
            number: dict[states.Class, int] = {}
            found = [
                (before, option, number.setdefault(new, len(number)))
                for before, old in enumerate(layer)
                for option, new in self.after(old, turn)
            ]
            if len(number) > MOST_CLASSES:
                raise TooWide
            moves.append(np.array(found, np.int64).reshape(-1, 3))
            layer = [*number]
        goal = True, states.empty(width)[1]
        if goal not in layer:
            raise TooWide
        return _prune([turn.stretch for turn in turns], moves, layer.index(goal))

    def measure(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """The length of the shortest tour through each set of stops (as `costs` wants them, none empty)."""
        return self.length(self._layers(self.costs(keys, owner, depth))[-1][0])

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
        return int(self.length(layers[-1][0])[0]), chosen[::-1]

    def _layers(self, costs: Ints) -> list[Ints]:
        """The best length of each class after each step."""
        layers = [np.zeros((1, costs.shape[2]), np.int64)]
        for step in self.steps:
            total = layers[-1][step.before]
            total += costs[step.option, step.stretch]
            layers.append(np.minimum.reduceat(total, step.groups, axis=0))
        return layers


class Tours(Sweep):
    """Where every stretch is walked both ways. Lengths inside are doubled."""

    def __init__(self, sketch: Sketch, start: int, end: int, with_bays: Collection[int]) -> None:
        """Raises `TooWide`. `with_bays`: the stretches that may have stops."""
        self.with_bays = with_bays
        self.doubled = np.array([one.length + (one.back or 0) for one in sketch.stretches], np.int64)
        self.aside = sketch.lift[end] - sketch.lift[start]
        super().__init__(sketch, start, end)

    def after(self, old: states.Class, turn: Turn) -> Iterable[tuple[int, states.Class]]:
        for option in range(6 if turn.stretch in self.with_bays else 3):
            new = states.stretch(old, *turn.slots, option)
            for slot, junction in turn.left:
                new = states.leave(new, slot, self._need(junction)) if new is not None else None
            if new is not None:
                yield option, new

    def _need(self, junction: int) -> int:
        if junction not in {self.start, self.end}:
            return states.PASS
        return states.END if self.start == self.end else states.TIP

    def length(self, total: Ints) -> Ints:
        return np.asarray((total + self.aside) // 2)

    def costs(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """Doubled centimetres."""
        costs = np.full((6, len(self.doubled), depth), NEVER, np.int64)
        costs[states.NOTHING] = 0
        costs[states.THROUGH] = self.doubled[:, None]
        costs[states.TWICE] = 2 * self.doubled[:, None]
        which, whose, first, last, gap = stops_of(keys, owner)
        double = self.doubled[which]
        costs[states.NOTHING, which, whose] = NEVER
        costs[states.FROM_FIRST, which, whose] = 4 * last
        costs[states.FROM_LAST, which, whose] = 2 * double - 4 * first
        costs[states.FROM_BOTH, which, whose] = 2 * double - 4 * gap
        return costs


def stops_of(keys: Ints, owner: Ints) -> tuple[Ints, Ints, Ints, Ints, Ints]:
    """Of each stretch with stops in each set: (stretch, set, the first stop's place, the last one's, largest gap)."""
    stretch, at = keys // SPAN, keys % SPAN
    new = np.ones(len(keys), bool)
    new[1:] = (stretch[1:] != stretch[:-1]) | (owner[1:] != owner[:-1])
    first = np.flatnonzero(new)
    last = np.append(first[1:], len(keys)) - 1
    gap = np.zeros(len(keys), np.int64)
    gap[1:] = at[1:] - at[:-1]
    gap[first] = 0
    return stretch[first], owner[first], at[first], at[last], np.maximum.reduceat(gap, first)


def _prune(stretches: Sequence[int], moves: Sequence[Ints], goal: int) -> tuple[Step, ...]:
    """The moves (before, option, after) of each stretch by which the goal is still reached, classes numbered anew."""
    alive = np.array([goal])
    steps: list[Step] = []
    for stretch, found in zip(reversed(stretches), reversed(moves), strict=True):
        useful = found[np.isin(found[:, 2], alive)]
        useful = useful[np.argsort(useful[:, 2], kind="stable")]
        alive, before = np.unique(useful[:, 0], return_inverse=True)
        steps.append(Step(stretch, before, useful[:, 1].copy(), np.flatnonzero(np.diff(useful[:, 2], prepend=-1))))
    return tuple(reversed(steps))
