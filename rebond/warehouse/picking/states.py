"""What a partial tour may look like on the frontier of a grid, and how one more piece of passage changes it.

Ratliff and Rosenthal (Operations Research 31, 1983) build the shortest tour of one block aisle by aisle: of all partial
tours, only the best of each *class* matters, a class being the parity of the degree at each end of the aisle and which
ends hang together. Roodbergen and De Koster (European Journal of Operational Research 133, 2001) write it for two
blocks, Pansart, Catusse and Cambazard (Computers and Operations Research 100, 2018) for any number of cross-aisles.
This module makes the classes for any number.
"""

from functools import lru_cache
from typing import Literal

type Class = tuple[bool, tuple[tuple[int, int], ...]]
"""(is the tour complete, (parity, piece) of each row): parity 0 unused, 1 odd, 2 even; pieces count from 1."""

NOTHING, THROUGH, TWICE, FROM_FIRST, FROM_LAST, FROM_BOTH, WITHIN = range(7)
"""What is done with a stretch of aisle between two cross-aisles. WITHIN: a whole tour stays inside."""
PASS, END, TIP = range(3)
"""What a crossing asks when it is left: nothing; to be on a closed tour; to be one of the two ends of a tour."""

type Need = Literal[0, 1, 2]


def empty(rows: int) -> Class:
    return False, ((0, 0),) * rows


@lru_cache(maxsize=200_000)
def stretch(old: Class, row: int, option: int) -> Class | None:
    """The class after a stretch between `row` and `row + 1`; None where this cannot be part of one tour."""
    complete, labels = old
    if option == NOTHING:
        return old
    if complete:
        return None
    changed = list(labels)
    piece = max(p for _, p in labels) + 1
    ends = {FROM_FIRST: (row,), FROM_LAST: (row + 1,)}.get(option, (row, row + 1))
    for n, end in enumerate(ends):
        parity, name = changed[end]
        changed[end] = (_plus(parity, 1 if option == THROUGH else 2), name or piece + n)
    if option in {THROUGH, TWICE}:
        _unite(changed, row, row + 1)
    return complete, _named(changed)


@lru_cache(maxsize=200_000)
def cross(old: Class, row: int, times: int, need: int) -> Class | None:
    """The class after leaving the crossing of `row` for that of the next column, walked 0, 1 or 2 times."""
    complete, labels = old
    parity, name = labels[row]
    after = _plus(parity, times)
    if times and complete:
        return None
    if (after == 1) != (need == TIP) or (need == END and not after):
        return None
    changed = list(labels)
    others = any(p == name for n, (_, p) in enumerate(labels) if n != row)
    if times:
        changed[row] = (1 if times == 1 else 2, name or max(p for _, p in labels) + 1)
        return complete, _named(changed)
    changed[row] = (0, 0)
    if name and not others:  # a piece ends here: it must be the whole tour
        if any(p for _, p in changed):
            return None
        return True, _named(changed)
    return complete, _named(changed)


def _plus(parity: int, times: int) -> int:
    if times == 0:
        return parity
    return (1 if parity == 2 else 2) if times == 1 and parity else (1 if times == 1 else (parity or 2))


def _unite(labels: list[tuple[int, int]], a: int, b: int) -> None:
    keep, lose = labels[a][1], labels[b][1]
    labels[:] = [(parity, keep if name == lose else name) for parity, name in labels]


def _named(labels: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    names: dict[int, int] = {0: 0}
    return tuple((parity, names.setdefault(name, len(names))) for parity, name in labels)
