"""From pieces of passage, each with how often it is walked, to one walk."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence


def walk_arcs[V: Hashable](arcs: Iterable[tuple[V, V]], start: V) -> list[V]:
    """The vertices of a walk over every arc once (Hierholzer, 1873). The arcs must allow one from `start`."""
    after: defaultdict[V, list[V]] = defaultdict(list)
    for tail, head in arcs:
        after[tail].append(head)
    stack, walk = [start], []
    while stack:
        if after[stack[-1]]:
            stack.append(after[stack[-1]].pop())
        else:
            walk.append(stack.pop())
    return walk[::-1]


def walk_edges[V: Hashable](edges: Sequence[tuple[V, V]], start: V, end: V) -> list[V]:
    """The vertices of a walk from `start` to `end` over every edge once, either way."""
    around: defaultdict[V, list[tuple[int, V]]] = defaultdict(list)
    for n, (a, b) in enumerate(edges):
        around[a].append((n, b))
        around[b].append((n, a))
    done: set[int] = set()
    stack, walk = [end], []
    while stack:
        ways = around[stack[-1]]
        while ways and ways[-1][0] in done:
            ways.pop()
        if ways:
            n, other = ways.pop()
            done.add(n)
            stack.append(other)
        else:
            walk.append(stack.pop())
    return walk if walk[0] == start else walk[::-1]


def first_visits[V: Hashable](walk: Sequence[V], wanted: Iterable[V]) -> list[V]:
    """The wanted vertices in the order in which the walk comes to them."""
    asked = set(wanted)
    return [vertex for vertex in dict.fromkeys(walk) if vertex in asked]
