"""Rows that know that a tour crosses any border an even number of times.

Whatever goes out of a set of nodes comes in again. Of k stretches on its border whose bays are reached by walking
through, k odd, one is walked twice or another way is found: out is at least (k + 1) / 2, less one for each of them that
is reached from its ends instead. (Odd cuts of the general routing problem: Letchford, European Journal of Operational
Research 112, 1999.) They are looked for around single nodes and around what hangs together by stretches whose
variables are not at their least; those that are missed cost time, never truth.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rebond.warehouse.picking.program import Floats, Program

THRESHOLDS = (0.02, 0.2, 0.4)
ENOUGH = 0.999

type Link = tuple[int, int, float, float, tuple[int, ...]]
"""(an end, the other, how often it is walked, what it adds where it counts as one that must be, its ways)."""
type Cut = tuple[tuple[int, ...], tuple[int, ...], int]
"""(nodes, ways of the stretches that count, how often these nodes are left at least)."""


def odd_cuts(program: "Program", values: "Floats") -> list[Cut]:
    """What this solution breaks."""
    links = _links(program, values)
    around: list[list[int]] = [[] for _ in range(program.count)]
    for number, (a, b, *_) in enumerate(links):
        around[a].append(number)
        around[b].append(number)
    found: dict[tuple[int, ...], Cut] = {}
    for inside in _sets(program.count, links):
        members = set(inside)
        near = [links[number] for node in inside for number in around[node]]
        border = [link for link in near if (link[0] in members) != (link[1] in members)]
        cut = _cut(border)
        if cut is not None:
            found[inside] = (inside, *cut)
    return [found[inside] for inside in sorted(found)]


def _links(program: "Program", values: "Floats") -> list[Link]:
    x = values.tolist()
    links: list[Link] = []
    inside: set[int] = set()
    for stretch in program.stretches:
        inside.update(stretch.arcs)
        walked = sum(x[arc] for arc in stretch.arcs)
        over = walked + 2 * sum(x[way] for way in stretch.ways) - 1 if stretch.stops else float("inf")
        links.append((*stretch.ends, walked, over, tuple(stretch.ways)))
    for arc, (tail, head) in enumerate(program.arcs):
        if arc not in inside:
            links.append((tail, head, x[arc], float("inf"), ()))
    return links


def _sets(count: int, links: list[Link]) -> Iterable[tuple[int, ...]]:
    known: set[tuple[int, ...]] = set()
    for least in (float("inf"), *THRESHOLDS):
        parent = [*range(count)]
        for a, b, walked, over, _ in links:
            if min(walked, over) > least:
                parent[_find(parent, a)] = _find(parent, b)
        groups: dict[int, list[int]] = {}
        for node in range(count):
            groups.setdefault(_find(parent, node), []).append(node)
        for group in groups.values():
            if len(group) < count and tuple(group) not in known:
                known.add(tuple(group))
                yield tuple(group)


def _find(parent: list[int], node: int) -> int:
    while parent[node] != node:
        parent[node] = parent[parent[node]]
        node = parent[node]
    return node


def _cut(border: list[Link]) -> tuple[tuple[int, ...], int] | None:
    """The stretches that count, an odd number of them, where they and the others add up to less than one."""
    counts = [over < walked for _, _, walked, over, _ in border]
    total = sum(min(walked, over) for _, _, walked, over, _ in border)
    if sum(counts) % 2 == 0:
        change, which = min(
            ((abs(over - walked), n) for n, (_, _, walked, over, _) in enumerate(border)), default=(float("inf"), 0)
        )
        total += change
        if total < ENOUGH:
            counts[which] = not counts[which]
    if total >= ENOUGH:
        return None
    ways = [way for link, is_counted in zip(border, counts, strict=True) if is_counted for way in link[4]]
    return tuple(ways), (sum(counts) + 1) // 2
