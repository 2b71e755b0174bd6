"""What a partial tour may look like on the frontier of a drawing with one-way ways (`states`, where all go both ways).

A walk over given arcs, back to where it began, needs that they hang together and that each junction is left as often as
it is come to (Euler). So a class is the *surplus* of each junction, how much oftener it is left than come to so far,
and which junctions hang together. A surplus has no limit of its own; two rules make the classes few:

- *kept within* `most`: tours with more on the frontier are not looked at. What is found is a tour, maybe not the best;
- *rounded* at `most`: so much stands for so much **or more**. Then every tour is among what is looked at, and some
  things that are no tours: the least of them is a bound. From "so much or more" a step back leads to several classes.
"""

import itertools
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from rebond.warehouse.picking.states import FROM_BOTH, FROM_FIRST, FROM_LAST, NOTHING, TWICE, Class

WALKED = 6
"""The first option that walks through: once there, once back, twice there, twice back and so on."""

type Labels = tuple[tuple[int, int], ...]
"""(surplus, piece) of each junction; piece 0: unused."""
type Leaving = tuple[int, int, bool]
"""(slot, surplus it must have, must it be used) of a junction that is left."""


class Rule(NamedTuple):
    """What may be done with a stretch. `is_open`: the tour ends elsewhere than it starts, so that sums are one off."""

    most: int
    is_rounded: bool
    is_open: bool
    back: bool = True
    aside: bool = True
    """Are its ends also used for walking to its bays and back?"""


def net(option: int) -> int:
    """How often an option walks through, less than 0: back."""
    count, is_back = divmod(option - WALKED, 2)
    return -(count + 1) if is_back else count + 1


def after(old: Class, slots: tuple[int, int], leaving: Iterable[Leaving], rule: Rule) -> Iterable[tuple[int, Class]]:
    """(option, class) for all that may be done with a stretch, then its junctions left."""
    found = _walked(old, slots, rule)
    for junction in leaving:
        found = [(option, gone) for option, new in found if (gone := _left(new, junction)) is not None]
    return found


@lru_cache(maxsize=200_000)
def _walked(old: Class, slots: tuple[int, int], rule: Rule) -> Sequence[tuple[int, Class]]:
    complete, labels = old
    found = [(NOTHING, old)]
    if complete:
        return found
    a, b = slots
    if rule.aside:
        for option, ends in ((FROM_FIRST, (a,)), (FROM_LAST, (b,)), (FROM_BOTH, (a, b))):
            found.append((option, (False, _named(_used(labels, ends)))))
    together = _used(labels, slots)
    keep, lose = together[a][1], together[b][1]
    joined = _named([(surplus, keep if piece == lose else piece) for surplus, piece in together])
    if rule.back:
        found.append((TWICE, (False, joined)))
    rest = tuple(surplus for n, (surplus, piece) in enumerate(joined) if piece == joined[a][1] and n not in slots)
    for option, first, last in _through(joined[a][0], joined[b][0], rule):
        if not rule.is_rounded or _can_be_even((*rest, first, last), rule):
            changed = list(joined)
            changed[a], changed[b] = (first, joined[a][1]), (last, joined[b][1])
            found.append((option, (False, tuple(changed))))
    return found


@lru_cache(maxsize=10_000)
def _through(first: int, last: int, rule: Rule) -> Sequence[tuple[int, int, int]]:
    """(option, surplus of the first end, of the last) for walking through, once or oftener."""
    found: list[tuple[int, int, int]] = []
    for sign in (1, -1) if rule.back else (1,):
        known: set[tuple[int, int]] = set()
        for step in range(sign, sign * (2 * rule.most + 1), sign):  # from one end of what is looked at to the other
            for pair in itertools.product(_plus(first, step, rule), _plus(last, -step, rule)):
                if pair not in known:  # oftener for the same costs more
                    known.add(pair)
                    found.append((WALKED + 2 * (abs(step) - 1) + (step < 0), *pair))
    return found


def _plus(surplus: int, step: int, rule: Rule) -> Iterable[int]:
    """What a surplus may be after a step."""
    most = rule.most
    if not rule.is_rounded:
        return (surplus + step,) if abs(surplus + step) <= most else ()
    if abs(surplus) == most and surplus * step < 0:
        low, high = sorted((surplus, surplus + step))
        return range(max(low, -most), min(high, most) + 1)
    return (max(-most, min(most, surplus + step)),)


def _can_be_even(piece: Sequence[int], rule: Rule) -> bool:
    """What is left once is come to once: the surpluses of a piece add up to nothing."""
    total, slack = sum(piece), int(rule.is_open)
    return (total >= -slack or rule.most in piece) and (total <= slack or -rule.most in piece)


def _used(labels: Labels, ends: Sequence[int]) -> list[tuple[int, int]]:
    changed = list(labels)
    piece = max(name for _, name in labels) + 1
    for n, end in enumerate(ends):
        surplus, name = changed[end]
        changed[end] = surplus, name or piece + n
    return changed


@lru_cache(maxsize=200_000)
def _left(old: Class, leaving: Leaving) -> Class | None:
    """The class when nothing more is walked at a junction; None where a tour cannot pass there so."""
    complete, labels = old
    slot, wanted, is_used = leaving
    surplus, name = labels[slot]
    if surplus != wanted or (is_used and not name):
        return None
    changed = list(labels)
    changed[slot] = (0, 0)
    if name and not any(piece == name for _, piece in changed):  # a piece ends here: it must be the whole tour
        return None if any(piece for _, piece in changed) else (True, tuple(changed))
    return complete, _named(changed)


def _named(labels: Iterable[tuple[int, int]]) -> Labels:
    names: dict[int, int] = {0: 0}
    return tuple((surplus, names.setdefault(name, len(names))) for surplus, name in labels)
