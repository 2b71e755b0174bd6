"""Which orders go together: nobody left out, no cart too full, never under the bound, better than the rules of thumb."""

import itertools
import random
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebond.warehouse.picking.batches import Carts
from rebond.warehouse.picking.measures import ExactMeasure, OrderedMeasure, SweptMeasure, measure_of
from rebond.warehouse.picking.routes import Router
from rebond.warehouse.picking.rules import LARGEST_GAP, S_SHAPE, RuleMeasure, one_block
from tests.conftest import SHARED, needs_shared
from tests.warehouse.drawings import block, henn, read
from tests.warehouse.test_picking_routes import far_down, hard

pytestmark = pytest.mark.unit

FILES = sorted((SHARED / "data" / "optimisation" / "order-picking").glob("*.txt"))


def some_orders(rnd, bays, count, most=6):
    return [sorted(rnd.sample(sorted(bays), rnd.randint(1, most))) for _ in range(count)]


def by_all_ways(carts):
    """The best of all ways to share the orders out."""
    best = [None]

    def place(n, sets):
        if n == len(carts.sizes):
            length = int(carts.measure.lengths(sets).sum())
            best[0] = length if best[0] is None else min(best[0], length)
            return
        for k in range(len(sets)):
            if carts.fits([*sets[k], n]):
                place(n + 1, [*sets[:k], [*sets[k], n], *sets[k + 1 :]])
        place(n + 1, [*sets, [n]])

    place(0, [])
    return best[0]


@pytest.mark.parametrize("seed", range(12))
def test_small_groups_are_shared_out_nearly_as_well_as_can_be(seed):
    rnd = random.Random(seed)
    layout = read(block(columns=5, rows=2, bays=(100, 300, 600, 900)))
    orders = some_orders(rnd, layout.bays, 6)
    sizes = [(1, len(order)) for order in orders]
    carts = Carts(sizes, (3, 9), measure_of(Router(layout), orders))
    found = carts.solve(effort=4_000)
    assert sorted(itertools.chain(*found)) == list(range(6))
    assert all(carts.fits(cart) for cart in found)
    best = by_all_ways(carts)
    assert carts.bound() <= best <= carts.measure.lengths(found).sum() <= best * 1.03


@pytest.mark.parametrize("seed", range(3))
def test_carts_of_one_way_aisles_are_shared_out_by_what_is_walked(seed):
    rnd = random.Random(seed)
    document = block(columns=5, rows=2, bays=(100, 300, 600, 900))
    document["passages"][1]["one_way"] = True
    document["passages"][3] |= {"one_way": True, "from": [1500, 1000], "to": [1500, 0]}
    router = Router(read(document))
    orders = some_orders(rnd, router.layout.bays, 6)
    carts = Carts([(1, len(order)) for order in orders], (3, 9), measure_of(router, orders))
    assert isinstance(carts.measure, SweptMeasure)
    found = carts.solve(effort=2_000)
    assert sorted(itertools.chain(*found)) == list(range(6))
    best = by_all_ways(carts)
    assert carts.bound() <= best <= carts.measure.lengths(found).sum() <= best * 1.03
    for one, length in zip(found, carts.measure.lengths(found).tolist(), strict=True):
        route = router.route({bay for n in one for bay in orders[n]})
        assert route.bound_cm <= route.length_cm <= length
    alone = [router.route(order).bound_cm for order in orders]
    assert carts.measure.floors().tolist() == alone


def test_an_order_without_a_tour_among_those_looked_at_is_measured_by_one_tour_through_all():
    router = Router(far_down())
    names = sorted(router.layout.bays)
    orders = [names, names[:1]]
    measure = measure_of(router, orders)
    assert isinstance(measure, OrderedMeasure)
    assert measure.lengths([[0]])[0] == router.route(names).length_cm


def test_the_same_seed_gives_the_same_carts_and_more_effort_no_worse_ones():
    layout = henn()
    orders = some_orders(random.Random(2), layout.bays, 40)
    carts = Carts([(len(order),) for order in orders], (20,), measure_of(Router(layout), orders))
    first, again = carts.solve(effort=5_000), carts.solve(effort=5_000)
    assert first == again
    savings = carts.solve(effort=0)
    assert carts.measure.lengths(first).sum() <= carts.measure.lengths(savings).sum()


def test_lengths_of_many_sets_are_those_of_the_routes():
    layout = henn()
    router = Router(layout)
    orders = some_orders(random.Random(3), layout.bays, 30)
    measure = ExactMeasure(router, orders)
    sets = [[n] for n in range(30)] + [[0, 1, 2], [3, 4], [5, 29, 7, 11]]
    walked = [router.route({bay for n in one for bay in orders[n]}).length_cm for one in sets]
    assert measure.lengths(sets).tolist() == walked


def test_lengths_on_any_drawing_are_never_too_short_and_floors_never_too_long():
    layout = hard(random.Random(4))
    router = Router(layout)
    orders = some_orders(random.Random(4), layout.bays, 8)
    measure = OrderedMeasure(router, orders)
    walked = [router.route(order).bound_cm for order in orders]
    assert all(
        measured >= bound for measured, bound in zip(measure.lengths([[n] for n in range(8)]), walked, strict=True)
    )
    assert all(floor <= bound for floor, bound in zip(measure.floors(), walked, strict=True))
    assert (measure.lengths([[0, 1], [1, 0]]) == measure.lengths([[1, 0]])[0]).all()


def test_walks_by_the_rules_of_thumb_are_as_written():
    layout = read(block(columns=4, length=1000, step=500, bays=(100, 200, 700, 900)))
    router = Router(layout)
    orders = [["0-200", "1-100", "1-900", "3-200"], ["2-700"], ["0-100", "3-900"]]
    shape, gap = (
        RuleMeasure(router, orders, rule).lengths([[0], [1], [2]]).tolist() for rule in (S_SHAPE, LARGEST_GAP)
    )
    desk, level = 2 * 50, 2 * 1500
    assert shape == [desk + level + 1000 + 1000 + 2 * 200, desk + 2 * 1000 + 2 * 700, desk + level + 2000]
    assert gap == [desk + level + 1000 + 2 * (1000 - 800) + 1000, desk + 2 * 1000 + 2 * 700, desk + level + 2000]


def test_rules_of_thumb_are_for_one_block_only():
    assert one_block(Router(henn()))
    assert not one_block(Router(read(block(rows=3))))
    assert not one_block(Router(hard(random.Random(1))))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_no_rule_of_thumb_beats_the_shortest(seed):
    layout = henn()
    router = Router(layout)
    orders = some_orders(random.Random(seed), layout.bays, 10, most=20)
    sets = [[n] for n in range(10)]
    best = ExactMeasure(router, orders).lengths(sets)
    for rule in (S_SHAPE, LARGEST_GAP):
        assert (best <= RuleMeasure(router, orders, rule).lengths(sets)).all()


def orders_of(path):
    """The orders of a file: two shelves share an aisle."""
    orders = []
    for line in path.read_text().splitlines():
        if line.startswith("Order"):
            orders.append([])
        elif found := re.match(r"\d+\s+Aisle (\d+)\s+Location (\d+)", line):
            orders[-1].append(f"{int(found[1]) // 2}-{found[2]}")
    return orders


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_instance_is_walked_shorter_than_by_either_rule(path):
    orders = orders_of(path)
    limit = 30 if path.name.startswith("example") else 24
    router = Router(henn())
    sizes = [(len(order),) for order in orders]
    found = {}
    for name, measure in (
        ("ours", ExactMeasure(router, orders)),
        (S_SHAPE, RuleMeasure(router, orders, S_SHAPE)),
        (LARGEST_GAP, RuleMeasure(router, orders, LARGEST_GAP)),
    ):
        carts = Carts(sizes, (limit,), measure)
        shared = carts.solve(effort=2_000)
        assert sorted(itertools.chain(*shared)) == list(range(len(orders)))
        assert all(carts.fits(cart) for cart in shared)
        found[name] = int(measure.lengths(shared).sum())
        assert name != "ours" or carts.bound() <= found[name]
    assert found["ours"] < found[S_SHAPE]
    assert found["ours"] < found[LARGEST_GAP]
