"""Walks and carts: against the rules of thumb on published instances, and 60 stops on drawings that are no grid.

    python -m tools.bench.picking files DIR [--part 1/2] [--effort 2000]
    python -m tools.bench.picking stops [--drawings 20]
    python -m tools.bench.picking long DIR FILE FILE --seed 1 --seconds 600 [--one-way]

DIR holds files of orders (`Order 0 number of articles 4`, then `0 Aisle 11 Location 39`), as those of Henn (2010) and
of Muter and Öncan (2015) are written. Their warehouse: 10 aisles 5 m apart with 45 places of 1 m on each side, shelves
2n and 2n + 1 on aisle n, 1 m from the last place to the cross-aisle, the desk 0.5 m in front of the first aisle.
`--effort` is moves an order. Milliseconds are processor time of this thread, so that other work disturbs them less.
"""

import argparse
import random
import re
import time
from pathlib import Path

from rebond.warehouse.picking.batches import Carts
from rebond.warehouse.picking.layout import Layout, Passage, Place, Stairs, nearest
from rebond.warehouse.picking.measures import ExactMeasure, measure_of
from rebond.warehouse.picking.routes import Router
from rebond.warehouse.picking.rules import LARGEST_GAP, S_SHAPE, RuleMeasure

LAST_RUN = 1.1
"""The last of the long runs is made so much longer than it must be."""


def warehouse(*, one_way: bool = False) -> Layout:
    """`one_way`: the fourth aisle is only walked away from the desk, the seventh only back."""
    passages = tuple(Passage(f"A{n}", 500 * n, 0, 500 * n, 4600, one_way=one_way and n == 3) for n in range(10))
    if one_way:
        passages = (*passages[:6], Passage("A6", 3000, 4600, 3000, 0, one_way=True), *passages[7:])
    passages += (Passage("front", 0, 0, 4500, 0), Passage("back", 0, 4600, 4500, 4600))
    places = [(n, k, 100 + 100 * k) for n in range(10) for k in range(45)]
    bays = {f"{n}-{k}": Place(f"{n}-{k}", n, 4600 - at if one_way and n == 6 else at) for n, k, at in places}
    desk = nearest(passages, "desk", (0, -50, 0), "")
    return Layout(passages, (), bays, (desk,), (desk,))


def orders_of(path: Path) -> list[list[str]]:
    orders: list[list[str]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("Order"):
            orders.append([])
        elif found := re.match(r"\d+\s+Aisle (\d+)\s+Location (\d+)", line):
            orders[-1].append(f"{int(found[1]) // 2}-{found[2]}")
    return orders


def limit_of(path: Path) -> int:
    """Articles a cart: in the name (`cap24`, `20-30`: 30)."""
    found = re.search(r"cap(\d+)|\d+l-\d+-(\d+)", path.name)
    return int(found[1] or found[2]) if found else 24


def as_they_come(carts: Carts) -> list[list[int]]:
    found: list[list[int]] = [[]]
    for n in range(len(carts.sizes)):
        if not carts.fits([*found[-1], n]):
            found.append([])
        found[-1].append(n)
    return found


def files(folder: Path, part: str, effort: int) -> None:
    router = Router(warehouse())
    which, of = (int(number) for number in part.split("/"))
    for path in sorted(folder.glob("*.txt"))[which - 1 :: of]:
        orders = orders_of(path)
        sizes = [(len(order),) for order in orders]
        cells: list[str] = []
        for rule in (S_SHAPE, LARGEST_GAP):
            carts = Carts(sizes, (limit_of(path),), RuleMeasure(router, orders, rule))
            cells += [metres(carts, as_they_come(carts)), metres(carts, carts.solve(effort * len(orders)))]
        begun = time.thread_time()
        carts = Carts(sizes, (limit_of(path),), ExactMeasure(router, orders))
        best = carts.solve(effort * len(orders))
        spent = time.thread_time() - begun
        saved = carts.solve(0)
        cells += [metres(carts, saved), metres(carts, best), f"{carts.bound() / 100:,.0f}", f"{spent * 1000:,.0f}"]
        print(f"| {path.stem} | {len(orders)} | {len(best)} | {' | '.join(cells)} |", flush=True)


def metres(carts: Carts, shared: list[list[int]]) -> str:
    return f"{int(carts.measure.lengths(shared).sum()) / 100:,.0f}"


def drawing(rnd: random.Random, share: float, floors: int) -> Layout:
    """60 stops in 10 aisles of 46 m with three cross-aisles, and 6 of 23 m upstairs; `share` of the aisles one-way."""
    passages = []
    for n in range(10):
        ends = (500 * n, 0, 500 * n, 4600) if n % 2 == 0 else (500 * n, 4600, 500 * n, 0)
        passages.append(Passage(f"A{n}", *ends, one_way=rnd.random() < share))
    passages += [Passage(f"X{y}", 0, y, 4500, y) for y in (0, 2300, 4600)]
    aisles, stairs = [*range(10)], ()
    if floors > 1:
        passages += [Passage(f"B{n}", 500 * n, 0, 500 * n, 2300, floor=1) for n in range(6)]
        passages += [Passage(f"Y{y}", 0, y, 2500, y, floor=1) for y in (0, 2300)]
        aisles += range(13, 19)
        up = (Stairs("s1", (0, 0, 0), (0, 0, 1), 1500, 900), Stairs("s2", (2500, 2300, 0), (2500, 2300, 1), 1500, 900))
        stairs = up
    bays = {}
    for n in range(60):
        p = rnd.choice(aisles)
        bays[str(n)] = Place(str(n), p, rnd.randrange(100, passages[p].length - 50, 100))
    desk = nearest(tuple(passages), "desk", (0, -50, 0), "")
    return Layout(tuple(passages), stairs, bays, (desk,), (desk,))


def stops(count: int) -> None:
    for name, share, floors in (
        ("one-way aisles, one floor", 1.0, 1),
        ("six aisles in ten one-way, one floor", 0.6, 1),
        ("both ways, two floors", 0.0, 2),
        ("six aisles in ten one-way, two floors", 0.6, 2),
    ):
        times, gaps, proved, reading = [], [], 0, 0.0
        for seed in range(count):
            layout = drawing(random.Random(seed), share, floors)
            begun = time.thread_time()
            router = Router(layout)
            reading = max(reading, (time.thread_time() - begun) * 1000)
            route = router.route(layout.bays)  # libraries warm
            begun = time.thread_time()
            route = router.route(layout.bays)
            times.append((time.thread_time() - begun) * 1000)
            gaps.append(100 * (route.length_cm / route.bound_cm - 1))
            proved += route.is_proved
        times.sort()
        quick = sum(one < 200 for one in times)
        cells = f"{times[len(times) // 2]:.0f} | {times[-1]:.0f} | {quick} | {proved} | {max(gaps):.2f} | {reading:.0f}"
        print(f"| {name} | {count} | {cells} |", flush=True)


def long(paths: list[Path], seed: int, seconds: int, *, one_way: bool) -> None:
    """How good the answer of the usual effort is: the same solver with more and more of it.

    Each run looks at four times the moves of the one before; the last at as many as `seconds` of processor time allow.
    """
    orders = [order for path in paths for order in orders_of(path)]
    measure = measure_of(Router(warehouse(one_way=one_way)), orders)
    carts = Carts([(len(order),) for order in orders], (limit_of(paths[0]),), measure)
    print(f"{len(orders)} orders, bound {carts.bound() / 100:,.0f} m", flush=True)
    effort, ratio = 2_000 * len(orders), float("inf")
    while ratio > 1:
        begun = time.thread_time()
        found = carts.solve(effort, seed)
        spent = time.thread_time() - begun
        print(f"| {seed} | {effort:,} | {metres(carts, found)} | {spent:.1f} |", flush=True)
        ratio = seconds / spent
        effort = int(effort * (4 if ratio > 16 else ratio * LAST_RUN))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["files", "stops", "long"])
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--effort", type=int, default=2_000)
    parser.add_argument("--drawings", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=int, default=600)
    parser.add_argument("--one-way", action="store_true")
    given = parser.parse_args()
    if given.what == "files":
        files(given.paths[0], given.part, given.effort)
    elif given.what == "stops":
        stops(given.drawings)
    else:
        long([given.paths[0] / name for name in given.paths[1:]], given.seed, given.seconds, one_way=given.one_way)


if __name__ == "__main__":
    main()
