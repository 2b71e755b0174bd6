"""Two rules of thumb to compare with: S-shape and largest gap (Hall, IIE Transactions 25, 1993).

Only for one block: two cross-aisles and a desk on one of them, where walks start and end.
"""

from collections.abc import Sequence

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.measures import PAD, GridMeasure
from rebond.warehouse.picking.network import NEVER, Ints
from rebond.warehouse.picking.routes import Router

S_SHAPE, LARGEST_GAP = "s-shape", "largest-gap"


def one_block(router: Router) -> bool:
    """Whether both rules can be walked there."""
    grid = router.grid
    if grid is None or len(router.tours) != 1 or len(grid.ys) != 2:
        return False
    tours = router.tours[0][2]
    rows = len(grid.xs) - 1
    return tours.start == tours.end and not tours.inside and len(grid.crossings) == 2 * rows


class RuleMeasure(GridMeasure):
    """How long walks are by a rule of thumb.

    S-shape: every aisle with a stop is walked through, but the last one of an odd number. Largest gap: the first and
    the last are; into the others one walks from both sides up to the largest gap.
    """

    def __init__(self, router: Router, orders: Sequence[Sequence[str]], rule: str) -> None:
        super().__init__(router, orders)
        self.rule = rule

    def lengths(self, batches: Sequence[Sequence[int]]) -> Ints:
        start, end, tours = self.router.tours[0]
        found = self.sorted(batches)
        owner, where = np.nonzero(found < PAD)
        costs = tours.costs(found[owner, where], owner, len(batches))
        at_last = tours.start.at != 0 or tours.start.row != 0
        back = costs[states.FROM_LAST if at_last else states.FROM_FIRST]
        walked = costs[states.NOTHING] >= NEVER
        xs = np.array([tours.grid.xs[column] for column, _ in tours.stretches])[:, None]
        left, right = np.where(walked, xs, PAD).min(axis=0), np.where(walked, xs, -PAD).max(axis=0)
        desk = tours.grid.xs[tours.start.column]
        level = np.abs(desk - left) + (right - left) + np.abs(right - desk)
        through, count = tours.lengths[:, None] * walked, walked.sum(axis=0)
        last = walked & (xs == right)
        first = walked & (xs == left)
        if self.rule == S_SHAPE:
            odd = np.where(count % 2 == 1, ((back - through) * last).sum(axis=0), 0)
            upright = through.sum(axis=0) + odd
        else:
            sides = np.minimum(np.minimum(costs[states.FROM_FIRST], costs[states.FROM_LAST]), costs[states.FROM_BOTH])
            upright = np.where(first | last, through, np.where(walked, sides, 0)).sum(axis=0)
            upright = np.where(count == 1, (back * last).sum(axis=0), upright)
        return np.asarray(upright + level + start.off + end.off)
