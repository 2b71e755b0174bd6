"""What a partial tour may look like on the frontier of a drawing, and how one more piece of passage changes it.

Ratliff and Rosenthal (Operations Research 31, 1983) build the shortest tour of one block aisle by aisle: of all partial
tours, only the best of each *class* matters, a class being the parity of the degree at each end of the aisle and which
ends hang together. Roodbergen and De Koster (European Journal of Operational Research 133, 2001) write it for two
blocks, Pansart, Catusse and Cambazard (Computers and Operations Research 100, 2018) for any number of cross-aisles.
This module makes the classes for any drawing that is walked both ways.
"""

from functools import lru_cache

type Class = tuple[bool, tuple[tuple[int, int], ...]]
"""(is the tour complete, (parity, piece) of each junction): parity 0 unused, 1 odd, 2 even; pieces count from 1."""

NOTHING, THROUGH, TWICE, FROM_FIRST, FROM_LAST, FROM_BOTH = range(6)
"""What is done with a stretch of passage between two junctions."""
PASS, END, TIP = range(3)
"""What a junction asks when it is left: nothing; to be on a closed tour; to be one of the two ends of a tour."""


def empty(width: int) -> Class:
    return False, ((0, 0),) * width


@lru_cache(maxsize=500_000)
def stretch(old: Class, a: int, b: int, option: int) -> Class | None:
    """The class after a stretch between `a` and `b`; None where this cannot be part of one tour."""
    complete, labels = old
    if option == NOTHING:
        return old
    if complete:
        return None
    changed = list(labels)
    piece = max(p for _, p in labels) + 1
    ends = {FROM_FIRST: (a,), FROM_LAST: (b,)}.get(option, (a, b))
    for n, end in enumerate(ends):
        parity, name = changed[end]
        changed[end] = (_plus(parity, 1 if option == THROUGH else 2), name or piece + n)
    if option in {THROUGH, TWICE}:
        _unite(changed, a, b)
    return complete, _named(changed)


@lru_cache(maxsize=500_000)
def leave(old: Class, at: int, need: int) -> Class | None:
    """The class when nothing more is walked at `at`; None where a tour cannot pass there so."""
    complete, labels = old
    parity, name = labels[at]
    if (parity == 1) != (need == TIP) or (need == END and not parity):
        return None
    changed = list(labels)
    changed[at] = (0, 0)
    if name and not any(p == name for _, p in changed):  # a piece ends here: it must be the whole tour
        return None if any(p for _, p in changed) else (True, _named(changed))
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
