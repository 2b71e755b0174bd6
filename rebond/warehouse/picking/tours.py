"""Shortest closed or open tours on a grid, exactly: one at a time with the walk, or thousands of lengths at once."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.grid import Grid, Spot
from rebond.warehouse.picking.network import NEVER, Ints

SPAN = 1 << 32
"""A stop as one number: the stretch's index times this, plus centimetres."""


@dataclass(frozen=True)
class Step:
    """A piece of passage: from class `before` by `option` to the classes in order, which begin at `groups`."""

    piece: tuple[int, int]
    is_stretch: bool
    before: Ints
    option: Ints
    groups: Ints


class Tours:
    """The tours of one grid from one spot to another (the same: closed tours)."""

    def __init__(self, grid: Grid, start: Spot, end: Spot) -> None:
        self.grid, self.start, self.end = grid, start, end
        self.stretches = sorted(grid.stretches)
        self.index = {piece: n for n, piece in enumerate(self.stretches)}
        self.lengths = np.array([grid.stretches[piece] for piece in self.stretches], np.int64)
        self.inside = start == end and not self._crossing(start)
        """A closed tour may begin inside a stretch: its beginning is then one more stop."""

    def key(self, spot: Spot) -> int:
        return self.index[spot.column, spot.row] * SPAN + spot.at

    @staticmethod
    def possible(grid: Grid, start: Spot, end: Spot) -> bool:
        """An open tour must begin and end on crossings."""
        return start == end or (_crossing(grid, start) is not None and _crossing(grid, end) is not None)

    def _crossing(self, spot: Spot) -> tuple[int, int] | None:
        return _crossing(self.grid, spot)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The pieces in order, with the classes that can still become a whole tour."""
        rows, columns = len(self.grid.ys), len(self.grid.xs)
        needs = self._needs()
        layers: list[list[states.Class]] = [[states.empty(rows)]]
        moves: list[tuple[tuple[int, int], bool, list[tuple[int, int, states.Class]]]] = []
        for column in range(columns):
            pieces = [((column, row), True) for row in range(rows - 1) if (column, row) in self.index]
            pieces += [((column, row), False) for row in range(rows)]
            for piece, is_stretch in pieces:
                found = self._moves(layers[-1], piece, needs.get(piece, states.PASS), is_stretch=is_stretch)
                moves.append((piece, is_stretch, found))
                layers.append(sorted({after for _, _, after in found}))
        return _prune(moves, layers, (True, states.empty(rows)[1]))

    def _needs(self) -> dict[tuple[int, int], int]:
        first, last = self._crossing(self.start), self._crossing(self.end)
        if first is None or last is None:
            return {}
        return {first: states.END} if first == last else {first: states.TIP, last: states.TIP}

    def _moves(
        self, layer: list[states.Class], piece: tuple[int, int], need: int, *, is_stretch: bool
    ) -> list[tuple[int, int, states.Class]]:
        row = piece[1]
        options = range(6) if is_stretch else range(3 if piece in self.grid.crossings else 1)
        found: list[tuple[int, int, states.Class]] = []
        for n, old in enumerate(layer):
            for option in options:
                new = states.stretch(old, row, option) if is_stretch else states.cross(old, row, option, need)
                if new is not None:
                    found.append((n, option, new))
        return found

    def costs(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """Centimetres of each option (axis 0) on each stretch (axis 1) for each set of stops (axis 2).

        `keys` are the stops of all sets, set by set and in order; `owner` says of which of the `depth` sets each is.
        """
        costs = np.full((6, len(self.stretches), depth), NEVER, np.int64)
        costs[states.NOTHING] = 0
        costs[states.THROUGH] = self.lengths[:, None]
        costs[states.TWICE] = 2 * self.lengths[:, None]
        stretch, at = keys // SPAN, keys % SPAN
        new = np.ones(len(keys), bool)
        new[1:] = (stretch[1:] != stretch[:-1]) | (owner[1:] != owner[:-1])
        first = np.flatnonzero(new)
        last = np.append(first[1:], len(keys)) - 1
        gap = np.zeros(len(keys), np.int64)
        gap[1:] = at[1:] - at[:-1]
        gap[first] = 0
        which, whose = stretch[first], owner[first]
        length = self.lengths[which]
        costs[states.NOTHING, which, whose] = NEVER
        costs[states.FROM_FIRST, which, whose] = 2 * at[last]
        costs[states.FROM_LAST, which, whose] = 2 * (length - at[first])
        costs[states.FROM_BOTH, which, whose] = 2 * (length - np.maximum.reduceat(gap, first))
        return costs

    def measure(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """The length of the shortest tour through each set of stops (as `costs` wants them, none empty)."""
        if self.inside:
            return np.array([self.solve(keys[owner == n])[0] for n in range(depth)], np.int64)
        return np.asarray(self._layers(self.costs(keys, owner, depth))[-1][0])

    def solve(self, keys: Ints) -> tuple[int, list[tuple[tuple[int, int], bool, int]]]:
        """The shortest length and what is done with every piece: (piece, is it a stretch, option)."""
        whole = self._with_inside(keys)
        costs = self.costs(whole, np.zeros(len(whole), np.int64), 1)
        layers = self._layers(costs)
        if self._within(keys) < layers[-1][0, 0]:
            return self._within(keys), [(self.stretches[keys[0] // SPAN], True, states.WITHIN)]
        state, chosen = 0, []
        for depth in range(len(self.steps) - 1, -1, -1):
            step = self.steps[depth]
            low = step.groups[state]
            high = step.groups[state + 1] if state + 1 < len(step.groups) else len(step.before)
            total = layers[depth][step.before[low:high], 0] + self._price(step, costs)[low:high, 0]
            best = int(low + int(total.argmin()))
            chosen.append((step.piece, step.is_stretch, int(step.option[best])))
            state = int(step.before[best])
        return int(layers[-1][0, 0]), chosen[::-1]

    def _within(self, keys: Ints) -> int:
        """The length of a tour that never leaves the stretch it begins in; NEVER where a stop lies elsewhere."""
        if not self.inside or (keys // SPAN != self.key(self.start) // SPAN).any():
            return NEVER
        whole = self._with_inside(keys)
        return 2 * int(whole[-1] - whole[0])

    def _with_inside(self, keys: Ints) -> Ints:
        return np.union1d(keys, np.array([self.key(self.start)], np.int64)) if self.inside else keys

    def _layers(self, costs: Ints) -> list[Ints]:
        """The best length of each class after each step."""
        layers = [np.zeros((1, costs.shape[2]), np.int64)]
        for step in self.steps:
            total = layers[-1][step.before]
            total += self._price(step, costs)
            layers.append(np.minimum.reduceat(total, step.groups, axis=0))
        return layers

    def _price(self, step: Step, costs: Ints) -> Ints:
        if step.is_stretch:
            return np.asarray(costs[step.option, self.index[step.piece]])
        return np.asarray((step.option * self.grid.crossings.get(step.piece, 0))[:, None])


def _crossing(grid: Grid, spot: Spot) -> tuple[int, int] | None:
    """The (column, row) of a spot that is on a row, None inside a stretch."""
    if spot.at == 0:
        return spot.column, spot.row
    return (spot.column, spot.row + 1) if grid.ys[spot.row] + spot.at == grid.ys[spot.row + 1] else None


def _prune(
    moves: list[tuple[tuple[int, int], bool, list[tuple[int, int, states.Class]]]],
    layers: list[list[states.Class]],
    goal: states.Class,
) -> tuple[Step, ...]:
    alive = {goal}
    kept: list[tuple[tuple[int, int], bool, list[tuple[int, int, states.Class]]]] = []
    for (piece, is_stretch, found), layer in zip(reversed(moves), reversed(layers[:-1]), strict=True):
        useful = [move for move in found if move[2] in alive]
        alive = {layer[before] for before, _, _ in useful}
        kept.append((piece, is_stretch, useful))
    steps: list[Step] = []
    for (piece, is_stretch, useful), layer in zip(reversed(kept), layers[:-1], strict=True):
        left = sorted({layer[before] for before, _, _ in useful})
        number = {old: n for n, old in enumerate(left)}
        useful.sort(key=lambda move: move[2])
        before = np.array([number[layer[move[0]]] for move in useful], np.int64)
        option = np.array([move[1] for move in useful], np.int64)
        groups = [n for n, move in enumerate(useful) if n == 0 or move[2] != useful[n - 1][2]]
        steps.append(Step(piece, is_stretch, before, option, np.array(groups, np.int64)))
    return tuple(steps)
