"""Layouts for the picking tests, and the shortest walk by looking at every order of stops."""

import itertools

from rebond.warehouse.documents import Part
from rebond.warehouse.picking.layout import Layout, Passage, Place, nearest, read_layout
from rebond.warehouse.picking.network import NEVER


def block(columns=3, rows=2, *, length=1000, step=500, bays=(100, 400, 900)):
    """`columns` aisles between `rows` cross-aisles, a desk 50 cm in front of the first; as a document."""
    width, height = step * (columns - 1), length * (rows - 1)
    passages = [{"id": f"A{n}", "from": [step * n, 0], "to": [step * n, height]} for n in range(columns)]
    passages += [{"id": f"X{n}", "from": [0, length * n], "to": [width, length * n]} for n in range(rows)]
    return {
        "passages": passages,
        "bays": [{"id": f"{n}-{at}", "passage": f"A{n}", "at": at} for n in range(columns) for at in bays],
        "stands": [{"id": "desk", "at": [0, -50]}],
    }


def read(document):
    return read_layout(Part.whole({"layout": document}).part("layout"))


def henn():
    """The warehouse of the instances: 10 aisles 5 m apart, 45 bays a side 1 m apart, desk half a metre before the first."""
    passages = tuple(Passage(f"A{n}", 500 * n, 0, 500 * n, 4600) for n in range(10))
    passages += (Passage("front", 0, 0, 4500, 0), Passage("back", 0, 4600, 4500, 4600))
    bays = {f"{n}-{k}": Place(f"{n}-{k}", n, 100 + 100 * k) for n in range(10) for k in range(45)}
    desk = nearest(passages, "desk", (0, -50, 0), "")
    return Layout(passages, (), bays, (desk,), (desk,))


def shortest(network, stops):
    """The best of every order of at most nine stops, from every start to every end."""
    layout = network.layout
    between = network.between(stops, stops).tolist()
    first = [min(row) for row in zip(*_from(network, layout.starts, stops), strict=True)]
    last = [min(row) for row in _to(network, stops, layout.ends)]
    aside = sum(2 * stop.off for stop in stops)
    count = len(stops)
    best = {(1 << n, n): first[n] for n in range(count)}  # (stops met, the last of them): Held and Karp, 1962
    for met, n, m in itertools.product(range(1, 1 << count), range(count), range(count)):
        if (met, n) in best and not met >> m & 1:
            way = (met | 1 << m, m)
            best[way] = min(best.get(way, NEVER), best[met, n] + between[n][m])
    return aside + min(best[(1 << count) - 1, n] + last[n] for n in range(count))


def _from(network, starts, stops):
    table = network.between(starts, stops).tolist()
    return [[cm + stand.off for cm in row] for stand, row in zip(starts, table, strict=True)]


def _to(network, stops, ends):
    table = network.between(stops, ends).tolist()
    return [[cm + stand.off for cm, stand in zip(row, ends, strict=True)] for row in table]
