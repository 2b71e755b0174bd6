"""Two rules of thumb to compare with: S-shape and largest gap (Hall, IIE Transactions 25, 1993).

Only for one block: two cross-aisles and a desk on one of them, where walks start and end.
"""

from collections.abc import Sequence

import numpy as np

from rebond.warehouse.picking import states
from rebond.warehouse.picking.measures import PAD, ExactMeasure
from rebond.warehouse.picking.network import Ints
from rebond.warehouse.picking.routes import Router

S_SHAPE, LARGEST_GAP = "s-shape", "largest-gap"


def one_block(router: Router) -> bool:
    """Whether both rules can be walked there: parallel aisles, all from one straight cross-aisle to the other."""
    layout, sketch = router.layout, router.sketch
    if sketch is None or len(router.tours) != 1 or router.tours[0][2].start != router.tours[0][2].end:
        return False
    aisles = [n for n, passage in enumerate(layout.passages) if passage.x1 == passage.x2]
    level = [passage for passage in layout.passages if passage.y1 == passage.y2]
    rows = {y for passage in level for y in (passage.y1,)}
    one_each = sum(stretch.passage in aisles for stretch in sketch.stretches) == len(aisles)
    ends = {y for n in aisles for y in (layout.passages[n].y1, layout.passages[n].y2)}
    return len(aisles) + 2 == len(layout.passages) and len(rows) == 2 and ends == rows and one_each


class RuleMeasure(ExactMeasure):
    """How long walks are by a rule of thumb.

    S-shape: every aisle with a stop is walked through, but the last one of an odd number. Largest gap: the first and
    the last are; into the others one walks from both sides up to the largest gap.
    """

    def __init__(self, router: Router, orders: Sequence[Sequence[str]], rule: str) -> None:
        super().__init__(router, orders)
        self.rule = rule
        self.aisles = {n for n, passage in enumerate(router.layout.passages) if passage.x1 == passage.x2}

    def lengths(self, batches: Sequence[Sequence[int]]) -> Ints:
        start, end, tours = self.router.tours[0]
        sketch, passages = tours.sketch, self.router.layout.passages
        aisles = [n for n, one in enumerate(sketch.stretches) if one.passage in self.aisles]
        found = self.sorted(batches)
        owner, where = np.nonzero(found < PAD)
        costs = tours.costs(found[owner, where], owner, len(batches))[:, aisles] // 2
        x, y, _ = sketch.junctions[tours.start]
        first = sketch.stretches[aisles[0]]
        back = costs[states.FROM_LAST if y == sketch.junctions[first.last][1] else states.FROM_FIRST]
        walked = costs[states.NOTHING] > 0
        lengths = np.array([sketch.stretches[n].length for n in aisles], np.int64)
        xs = np.array([passages[sketch.stretches[n].passage or 0].x1 for n in aisles])[:, None]
        left, right = np.where(walked, xs, PAD).min(axis=0), np.where(walked, xs, -PAD).max(axis=0)
        level = np.abs(x - left) + (right - left) + np.abs(right - x)
        through, count = lengths[:, None] * walked, walked.sum(axis=0)
        last, outer = walked & (xs == right), walked & ((xs == left) | (xs == right))
        if self.rule == S_SHAPE:
            odd = np.where(count % 2 == 1, ((back - through) * last).sum(axis=0), 0)
            upright = through.sum(axis=0) + odd
        else:
            sides = np.minimum(np.minimum(costs[states.FROM_FIRST], costs[states.FROM_LAST]), costs[states.FROM_BOTH])
            upright = np.where(outer, through, np.where(walked, sides, 0)).sum(axis=0)
            upright = np.where(count == 1, (back * last).sum(axis=0), upright)
        return np.asarray(upright + level + start.off + end.off)
