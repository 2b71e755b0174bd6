"""Tours of a drawing with one-way ways, by the sweep of `tours`: one that is walked, and a bound that none beats."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from rebond.warehouse.picking import states, surplus
from rebond.warehouse.picking.network import NEVER, Ints
from rebond.warehouse.picking.sketch import Sketch, Turn
from rebond.warehouse.picking.tours import Sweep, TooWide, stops_of

WITHIN = 2
"""In the tours that are looked at, no junction of the frontier is left so far more than this oftener than come to."""
ROUNDED = 2
"""The bound counts no further than this."""


class Flows(Sweep):
    """Tours of one drawing, by one rule of `surplus`."""

    def __init__(
        self, sketch: Sketch, tips: tuple[int, int], sides: Mapping[int, set[int]], rule: surplus.Rule
    ) -> None:
        """Raises `TooWide`. `sides`: where bays are on each stretch."""
        self.rules = [
            rule._replace(back=one.back is not None, aside=_is_left_aside(sides.get(n, set()), one.length, one.back))
            for n, one in enumerate(sketch.stretches)
        ]
        self.options = surplus.WALKED + 4 * rule.most
        self.there = np.array([one.length for one in sketch.stretches], np.int64)
        self.back = np.array([NEVER if one.back is None else one.back for one in sketch.stretches], np.int64)
        super().__init__(sketch, *tips)

    def after(self, old: states.Class, turn: Turn) -> Iterable[tuple[int, states.Class]]:
        leaving = tuple(
            (slot, (junction == self.start) - (junction == self.end), junction in {self.start, self.end})
            for slot, junction in turn.left
        )
        return surplus.after(old, turn.slots, leaving, self.rules[turn.stretch])

    def costs(self, keys: Ints, owner: Ints, depth: int) -> Ints:
        """Centimetres."""
        costs = np.full((self.options, len(self.there), depth), NEVER, np.int64)
        costs[states.NOTHING] = 0
        costs[states.TWICE] = (self.there + self.back)[:, None]
        for option in range(surplus.WALKED, self.options):
            times = surplus.net(option)
            costs[option] = (times * self.there if times > 0 else -times * self.back)[:, None]
        which, whose, first, last, gap = stops_of(keys, owner)
        twice = 2 * self.there[which]
        costs[states.NOTHING, which, whose] = NEVER
        one_way = self.back[which] == NEVER
        for option, cost in (
            (states.FROM_FIRST, 2 * last),
            (states.FROM_LAST, twice - 2 * first),
            (states.FROM_BOTH, twice - 2 * gap),
        ):
            costs[option, which, whose] = np.where(one_way & (cost > 0), NEVER, cost)
        return costs


def _is_left_aside(places: set[int], length: int, back: int | None) -> bool:
    """Bays of a one-way stretch are met by walking through, but for those at its ends."""
    return bool(places if back is not None else places & {0, length})


@dataclass(frozen=True)
class Both:
    """A way to find tours, and one to find what no tour beats."""

    tours: Flows
    floor: Flows


def make_both(sketch: Sketch, tips: tuple[int, int], sides: Mapping[int, set[int]]) -> Both | None:
    """None where the drawing has too many junctions side by side."""
    is_open = tips[0] != tips[1]
    try:
        return Both(
            Flows(sketch, tips, sides, surplus.Rule(WITHIN, is_rounded=False, is_open=is_open)),
            Flows(sketch, tips, sides, surplus.Rule(ROUNDED, is_rounded=True, is_open=is_open)),
        )
    except TooWide:
        return None
