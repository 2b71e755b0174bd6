"""The drawn layout as a network: where passages meet, and the shortest walk between any two places."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from rebond.warehouse.documents import DocumentInvalid
from rebond.warehouse.picking.layout import Layout, Passage, Place

type Ints = npt.NDArray[np.int64]
NEVER = 1 << 40
"""Longer than any walk: there is no way."""


@dataclass(frozen=True)
class Network:
    """`nodes` are points (x, y, floor); `on[p]` the (at, node) of passage p in order; `stairs` arcs (from, to, cm)."""

    layout: Layout
    nodes: tuple[tuple[int, int, int], ...]
    on: tuple[tuple[tuple[int, int], ...], ...]
    stairs: tuple[tuple[int, int, int], ...]
    shortest: Ints

    def between(self, origins: Sequence[Place], targets: Sequence[Place]) -> Ints:
        """Centimetres walked from each origin to each target along passages; what lies aside (`off`) is not in it."""
        out_node, out_cm = self._doors(origins, leaving=True)
        in_node, in_cm = self._doors(targets, leaving=False)
        found = np.full((len(origins), len(targets)), NEVER, dtype=np.int64)
        for a in (0, 1):
            for b in (0, 1):
                way = self.shortest[out_node[:, a][:, None], in_node[:, b][None, :]]
                found = np.minimum(found, out_cm[:, a][:, None] + way + in_cm[:, b][None, :])
        passages = self.layout.passages
        origin_passage, origin_at = (np.array([getattr(p, f) for p in origins], np.int64) for f in ("passage", "at"))
        target_passage, target_at = (np.array([getattr(p, f) for p in targets], np.int64) for f in ("passage", "at"))
        step = target_at[None, :] - origin_at[:, None]
        one_way = np.array([passages[p.passage].one_way for p in origins], bool)[:, None]
        straight = np.where((step < 0) & one_way, NEVER, np.abs(step))
        same = origin_passage[:, None] == target_passage[None, :]
        return np.minimum(np.where(same, np.minimum(found, straight), found), NEVER)

    def sides(self, place: Place) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
        """The (at, node) of the passage on each side of a place, the same twice where the place is on a node."""
        before = [one for one in self.on[place.passage] if one[0] <= place.at]
        after = [one for one in self.on[place.passage] if one[0] >= place.at]
        return (before[-1] if before else None), (after[0] if after else None)

    def _doors(self, places: Sequence[Place], *, leaving: bool) -> tuple[Ints, Ints]:
        nodes, lengths = np.zeros((len(places), 2), np.int64), np.full((len(places), 2), NEVER, np.int64)
        for n, place in enumerate(places):
            one_way = self.layout.passages[place.passage].one_way
            for side, door in enumerate(self.sides(place)):
                forward = side == 1
                if door is None or (one_way and forward != leaving and door[0] != place.at):
                    continue
                nodes[n, side], lengths[n, side] = door[1], abs(door[0] - place.at)
        return nodes, lengths


def make_network(layout: Layout) -> Network:
    """Join the passages where they cross or touch. Raises `DocumentInvalid` for stairs beside all of them."""
    joins = _Joins()
    for a, first in enumerate(layout.passages):
        joins.find((a, 0))  # ends are nodes too: a dead end may be walked into
        joins.find((a, first.length))
        for b in range(a):
            for at_a, at_b in _meetings(first, layout.passages[b]):
                joins.join((a, at_a), (b, at_b))
    feet = [(_foot(layout, one.id, one.first), _foot(layout, one.id, one.second)) for one in layout.stairs]
    for pair in feet:
        for foot in pair:
            joins.find(foot)
    number: dict[tuple[int, int], int] = {}
    on: list[list[tuple[int, int]]] = [[] for _ in layout.passages]
    for p, at in sorted(joins.parent):
        on[p].append((at, number.setdefault(joins.find((p, at)), len(number))))
    stairs: list[tuple[int, int, int]] = []
    for one, (first_foot, second_foot) in zip(layout.stairs, feet, strict=True):
        low, high = number[joins.find(first_foot)], number[joins.find(second_foot)]
        stairs.append((low, high, one.there_cm))
        stairs += [(high, low, one.back_cm)] if one.back_cm is not None else []
    ordered = tuple(tuple(places) for places in on)
    points = tuple(layout.passages[p].point(at) for p, at in number)
    return Network(layout, points, ordered, tuple(stairs), _shortest(layout, ordered, stairs, len(number)))


def check_reach(network: Network, bays: Sequence[Place]) -> None:
    """Every bay is reached from a start and from every other bay, and leads to an end. Raises `DocumentInvalid`."""
    layout, one = network.layout, bays[:1]
    for found, message in (
        (network.between(layout.starts, bays).min(axis=0), "bay “{0}” cannot be reached from any start."),
        (network.between(bays, layout.ends).min(axis=1), "from bay “{0}” no end can be reached."),
        (network.between(one, bays)[0], "bay “{0}” cannot be reached from bay “{1}”."),
        (network.between(bays, one)[:, 0], "bay “{1}” cannot be reached from bay “{0}”."),
    ):
        lost = np.flatnonzero(found >= NEVER)
        if len(lost):
            raise DocumentInvalid("layout", message.format(bays[int(lost[0])].id, one[0].id))


class _Joins:
    """Which (passage, at) are one node."""

    def __init__(self) -> None:
        self.parent: dict[tuple[int, int], tuple[int, int]] = {}

    def find(self, place: tuple[int, int]) -> tuple[int, int]:
        self.parent.setdefault(place, place)
        while self.parent[place] != place:
            place = self.parent[place]
        return place

    def join(self, a: tuple[int, int], b: tuple[int, int]) -> None:
        low, high = sorted((self.find(a), self.find(b)))
        self.parent[high] = low


def _foot(layout: Layout, name: str, point: tuple[int, int, int]) -> tuple[int, int]:
    for p, passage in enumerate(layout.passages):
        if passage.floor == point[2] and (at := _touch(passage, point[0], point[1])) is not None:
            return p, at
    raise DocumentInvalid("layout.stairs", f"“{name}” begins or ends beside every passage of floor {point[2]}.")


def _touch(passage: Passage, x: int, y: int) -> int | None:
    """How far along the passage the point lies, None where it lies more than 1 cm aside."""
    dx, dy = passage.x2 - passage.x1, passage.y2 - passage.y1
    square = dx * dx + dy * dy
    along, aside = (x - passage.x1) * dx + (y - passage.y1) * dy, (x - passage.x1) * dy - (y - passage.y1) * dx
    if aside * aside > square or not -passage.length <= along <= square + passage.length:
        return None
    return max(0, min(passage.length, round(along * passage.length / square)))


def _meetings(a: Passage, b: Passage) -> list[tuple[int, int]]:
    """The (at on a, at on b) where two passages of one floor cross or touch."""
    if a.floor != b.floor:
        return []
    found: set[tuple[int, int]] = set()
    for x, y in ((a.x1, a.y1), (a.x2, a.y2)):
        if (at := _touch(b, x, y)) is not None:
            found.add((0 if (x, y) == (a.x1, a.y1) else a.length, at))
    for x, y in ((b.x1, b.y1), (b.x2, b.y2)):
        if (at := _touch(a, x, y)) is not None:
            found.add((at, 0 if (x, y) == (b.x1, b.y1) else b.length))
    if found:
        return sorted(found)
    ax, ay, bx, by = a.x2 - a.x1, a.y2 - a.y1, b.x2 - b.x1, b.y2 - b.y1
    across = ax * by - ay * bx
    if across == 0:
        return []
    s = ((b.x1 - a.x1) * by - (b.y1 - a.y1) * bx) / across
    t = ((b.x1 - a.x1) * ay - (b.y1 - a.y1) * ax) / across
    return [(round(s * a.length), round(t * b.length))] if 0 <= s <= 1 and 0 <= t <= 1 else []


def _shortest(
    layout: Layout,
    on: tuple[tuple[tuple[int, int], ...], ...],
    stairs: Sequence[tuple[int, int, int]],
    count: int,
) -> Ints:
    """All shortest walks between nodes (Floyd, 1962), a row operation per node."""
    found = np.full((count, count), NEVER, dtype=np.int64)
    np.fill_diagonal(found, 0)
    for passage, places in zip(layout.passages, on, strict=True):
        for (at, node), (later, following) in itertools.pairwise(places):
            found[node, following] = min(found[node, following], later - at)
            if not passage.one_way:
                found[following, node] = min(found[following, node], later - at)
    for first, second, cost in stairs:
        found[first, second] = min(found[first, second], cost)
    for node in range(count):
        np.minimum(found, found[:, node, None] + found[None, node, :], out=found)
    return np.minimum(found, NEVER)
