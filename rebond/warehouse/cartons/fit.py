"""Whether boxes fit into a box, with all rotations: quickly where they do, exactly for eight of them at most.

First, boxes are put one by one at the corners left by those before (extreme points: Crainic, Perboli and Tadei, INFORMS
Journal on Computing 20, 2008), in many orders. What none of them solves is searched through: two boxes are always apart
on one axis, one before the other (Chen, Lee and Shen, European Journal of Operational Research 80, 1995); every way to
say so for every pair is tried, each box pushed as far as it goes towards the corner, until one holds or none is left.
"""

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

type Size = tuple[int, int, int]

EXACT = 8
"""Up to so many boxes, no arrangement is missed, unless the search is given up."""
MOST_STEPS = 60_000
TRIES = 24


@dataclass(frozen=True)
class Box:
    """Millimetres, grams. `upright`: its third measure stays its height. `fragile`: nothing heavier lies above."""

    id: str
    size: Size
    weight_g: int = 0
    upright: bool = False
    fragile: bool = False

    @property
    def volume(self) -> int:
        return self.size[0] * self.size[1] * self.size[2]

    def turned(self) -> list[Size]:
        """Its measures in every position, each once."""
        length, width, height = self.size
        ways = [(length, width, height), (width, length, height)] if self.upright else itertools.permutations(self.size)
        return sorted({(a, b, c) for a, b, c in ways}, key=lambda size: (size[2], size))


@dataclass(frozen=True)
class Placed:
    """A box, turned, at its corner nearest to the origin."""

    box: Box
    at: Size
    size: Size

    def meets(self, other: "Placed", axes: Sequence[int] = (0, 1, 2)) -> bool:
        return all(self.at[a] < other.at[a] + other.size[a] and other.at[a] < self.at[a] + self.size[a] for a in axes)


@dataclass(frozen=True)
class Answer:
    """`placed`: an arrangement, None where none was found; `is_certain`: there is none, or this is one."""

    placed: tuple[Placed, ...] | None
    is_certain: bool


def fits(boxes: Sequence[Box], inner: Size) -> Answer:
    """An arrangement of the boxes in a space of these measures. The same input gives the same arrangement."""
    if any(not fits_alone(box, inner) for box in boxes):
        return Answer(None, is_certain=True)
    if sum(box.volume for box in boxes) > inner[0] * inner[1] * inner[2]:
        return Answer(None, is_certain=True)
    for order in _orders(boxes):
        put = _put(order, inner)
        if put is not None:
            return Answer(tuple(put), is_certain=True)
    if len(boxes) > EXACT:
        return Answer(None, is_certain=False)
    search = _Pairs(sorted(boxes, key=lambda box: (-box.volume, box.id)), inner)
    found = search.run()
    return Answer(found, is_certain=found is not None or search.steps <= MOST_STEPS)


def fits_alone(box: Box, inner: Size) -> bool:
    return any(all(size[a] <= inner[a] for a in range(3)) for size in box.turned())


def may_lie(upper: Box, lower: Box) -> bool:
    """Whether one may lie above the other."""
    return not (lower.fragile and upper.weight_g > lower.weight_g)


def _orders(boxes: Sequence[Box]) -> Iterator[list[Box]]:
    """Large ones first by several measures, then by chance (always the same)."""
    keys: list[Callable[[Box], tuple[float, ...]]] = [
        lambda box: (box.fragile, -box.volume),
        lambda box: (box.fragile, -max(box.size)),
        lambda box: (-box.weight_g, -box.volume),
        lambda box: (-box.volume / max(box.size), -box.volume),
    ]
    named = sorted(boxes, key=lambda box: box.id)
    for key in keys:
        yield sorted(named, key=key)
    rnd = random.Random(len(boxes))  # noqa: S311 -- a search, not a secret
    for _ in range(TRIES if len(boxes) > 2 else 0):
        yield rnd.sample(named, len(named))


def _put(boxes: Sequence[Box], inner: Size) -> list[Placed] | None:
    done: list[Placed] = []
    corners: set[Size] = {(0, 0, 0)}
    for box in boxes:
        best: tuple[tuple[int, ...], Placed] | None = None
        for at in corners:
            for size in box.turned():
                placed = Placed(box, at, size)
                if all(at[a] + size[a] <= inner[a] for a in range(3)) and _allowed(placed, done):
                    rank = (at[2] + size[2], at[1] + size[1], at[0] + size[0], *at, *size)
                    best = min(best, (rank, placed), key=lambda one: one[0]) if best else (rank, placed)
        if best is None:
            return None
        corners |= _new_corners(best[1], done)
        corners.discard(best[1].at)
        done.append(best[1])
    return done


def _allowed(placed: Placed, done: Sequence[Placed]) -> bool:
    for other in done:
        if placed.meets(other):
            return False
        if placed.meets(other, (0, 1)):
            upper, lower = (placed, other) if placed.at[2] > other.at[2] else (other, placed)
            if not may_lie(upper.box, lower.box):
                return False
    return True


def _new_corners(placed: Placed, done: Sequence[Placed]) -> set[Size]:
    """Beyond the box on each axis, pushed back along the two others as far as what stands there."""
    found: set[Size] = set()
    for axis in range(3):
        for back in (a for a in range(3) if a != axis):
            point = list(placed.at)
            point[axis] += placed.size[axis]
            rest = [a for a in range(3) if a != back]
            stops = [
                other.at[back] + other.size[back]
                for other in done
                if other.at[back] + other.size[back] <= point[back]
                and all(other.at[a] <= point[a] < other.at[a] + other.size[a] for a in rest)
            ]
            point[back] = max(stops, default=0)
            found.add((point[0], point[1], point[2]))
    return found


class _Pairs:
    """Every way to be apart for every pair, box by box."""

    def __init__(self, boxes: Sequence[Box], inner: Size) -> None:
        self.boxes, self.inner = boxes, inner
        self.sizes: list[Size] = []
        self.before: list[list[tuple[int, int]]] = [[], [], []]
        """By axis: (a, b): a ends before b begins."""
        self.steps = 0

    def run(self) -> tuple[Placed, ...] | None:
        at = self._box(0)
        if at is None:
            return None
        return tuple(
            Placed(box, (at[0][n], at[1][n], at[2][n]), size)
            for n, (box, size) in enumerate(zip(self.boxes, self.sizes, strict=True))
        )

    def _box(self, n: int) -> list[list[int]] | None:
        """Place box n and those after it; the coordinates by axis."""
        if n == len(self.boxes):
            return self._pushed()
        for size in self.boxes[n].turned():
            if any(size[a] > self.inner[a] for a in range(3)):
                continue
            self.sizes.append(size)
            found = self._pair(n, 0)
            if found is not None:
                return found
            self.sizes.pop()
        return None

    def _pair(self, n: int, other: int) -> list[list[int]] | None:
        """Decide how box n is apart from `other` and those after it."""
        if other == n:
            return self._box(n + 1)
        for axis in range(3):
            if self.sizes[n][axis] + self.sizes[other][axis] > self.inner[axis]:
                continue
            for first, second in ((other, n), (n, other)):
                if axis == 2 and not may_lie(self.boxes[second], self.boxes[first]):
                    continue
                if (n, other) == (1, 0) and first == n and not (axis == 2 and self._is_uneven()):
                    continue  # the mirror image of what was tried
                self.steps += 1
                if self.steps > MOST_STEPS:
                    return None
                self.before[axis].append((first, second))
                found = self._pair(n, other + 1) if self._pushed_axis(axis) is not None else None
                if found is not None:
                    return found
                self.before[axis].pop()
        return None

    def _is_uneven(self) -> bool:
        """Whether above and below differ."""
        return any(box.fragile for box in self.boxes)

    def _pushed(self) -> list[list[int]] | None:
        axes = [self._pushed_axis(axis) for axis in range(3)]
        return [axis for axis in axes if axis is not None] if None not in axes else None

    def _pushed_axis(self, axis: int) -> list[int] | None:
        """Each box as near to the corner as those before it let it; None where one sticks out."""
        at = [0] * len(self.sizes)
        for _ in range(len(at) + 1):
            moved = False
            for first, second in self.before[axis]:
                end = at[first] + self.sizes[first][axis]
                if at[second] < end:
                    if end + self.sizes[second][axis] > self.inner[axis]:
                        return None
                    at[second], moved = end, True
            if not moved:
                return at
        return None
