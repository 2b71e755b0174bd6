"""A good tour from a table of lengths only, for any kind of drawing: insertion, then moving short runs of stops."""

import itertools
from collections.abc import Sequence

from rebond.warehouse.picking.network import Ints

MOST_PASSES = 50
LONGEST_RUN = 3


def good_tour(table: Ints) -> list[int]:
    """An order of 1..n-1 from and to 0. `table[i, j]` is the length from i to j and may differ from j to i."""
    rows: list[list[int]] = table.tolist()
    tour = [0]
    left = set(range(1, len(rows)))
    while left:  # farthest insertion (Rosenkrantz, Stearns and Lewis, 1977), both ways counted
        _, chosen = max((min(rows[a][b] + rows[b][a] for a in tour), -b) for b in left)
        left.discard(-chosen)
        _, where = cheapest(rows, tour, -chosen)
        tour.insert(where, -chosen)
    return moved_runs(rows, tour)


def cheapest(rows: Sequence[Sequence[int]], tour: Sequence[int], stop: int) -> tuple[int, int]:
    """(added length, index to insert at, never before the first)."""
    best = (1 << 60, 1)
    for n, before in enumerate(tour):
        after = tour[(n + 1) % len(tour)]
        best = min(best, (rows[before][stop] + rows[stop][after] - rows[before][after], n + 1))
    return best


def moved_runs(rows: Sequence[Sequence[int]], tour: list[int]) -> list[int]:
    """Move runs of one to three stops to a better place, either way round, while this shortens the tour (Or, 1976)."""
    for _ in range(MOST_PASSES):
        before = tour_length(rows, tour)
        for length in range(1, LONGEST_RUN + 1):
            for first in range(1, len(tour) - length + 1):
                tour = _moved(rows, tour, first, length)
        if tour_length(rows, tour) == before:
            break
    return tour


def tour_length(rows: Sequence[Sequence[int]], tour: Sequence[int]) -> int:
    return sum(rows[a][b] for a, b in zip(tour, [*tour[1:], tour[0]], strict=True))


def _moved(rows: Sequence[Sequence[int]], tour: list[int], first: int, length: int) -> list[int]:
    run = tour[first : first + length]
    rest = tour[:first] + tour[first + length :]
    follower = tour[(first + length) % len(tour)]
    gain = rows[tour[first - 1]][run[0]] + rows[run[-1]][follower] - rows[tour[first - 1]][follower]
    turned_cost = sum(rows[b][a] - rows[a][b] for a, b in itertools.pairwise(run))
    best, where, way = gain, first, run
    for n, a in enumerate(rest):
        b = rest[(n + 1) % len(rest)]
        for candidate, extra in ((run, 0), (run[::-1], turned_cost)):
            added = rows[a][candidate[0]] + rows[candidate[-1]][b] - rows[a][b] + extra
            if added < best:
                best, where, way = added, n + 1, candidate
    return rest[:where] + way + rest[where:]
