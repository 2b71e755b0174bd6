"""The shortest walk, against trying every order of the stops."""

import dataclasses
import itertools
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rebond.warehouse.documents import DocumentInvalid
from rebond.warehouse.picking import branching
from rebond.warehouse.picking.branching import Search
from rebond.warehouse.picking.layout import Layout, Passage, Place, Stairs, nearest
from rebond.warehouse.picking.local import good_tour, tour_length
from rebond.warehouse.picking.network import NEVER, make_network
from rebond.warehouse.picking.odd import odd_cuts
from rebond.warehouse.picking.program import Program
from rebond.warehouse.picking.routes import Router
from tests.warehouse.drawings import block, henn, read, shortest

pytestmark = pytest.mark.unit

SEEDS = st.integers(0, 2**32 - 1)


def lines(rnd, columns, rows):
    xs, ys = (sorted(rnd.sample(range(0, 3000, 100), n)) for n in (columns, rows))
    passages = [Passage(f"c{n}", x, ys[0], x, ys[-1]) for n, x in enumerate(xs)]
    passages += [Passage(f"r{n}", xs[0], y, xs[-1], y) for n, y in enumerate(ys)]
    return passages, xs, ys


def stand(rnd, passages, xs, ys, name):
    return nearest(tuple(passages), name, (rnd.randrange(xs[0], xs[-1] + 1), rnd.choice(ys) - 30, 0), "")


def some_grid(rnd, most=9):
    rows, columns = rnd.choice([2, 2, 3, 3, 4]), rnd.randint(2, 4)
    passages, xs, ys = lines(rnd, columns, rows)
    if rnd.random() < 0.3:  # an aisle that only some cross-aisles reach
        passages[-1] = Passage("short", xs[0], ys[-1], xs[-2], ys[-1]) if columns > 2 else passages[-1]
    bays = {}
    for n in range(rnd.randint(1, most)):
        aisle = rnd.randrange(columns)
        bays[str(n)] = Place(str(n), aisle, rnd.randrange(0, passages[aisle].length + 1, 50), rnd.choice([0, 0, 40]))
    desk = stand(rnd, passages, xs, ys, "desk")
    end = desk if rnd.random() < 0.5 else stand(rnd, passages, xs, ys, "packing")
    if rnd.random() < 0.2:
        desk = end = Place("inside", 0, rnd.randrange(0, passages[0].length))
    return Layout(tuple(passages), (), bays, (desk,), (end,))


def some_drawing(rnd, most=7):
    passages, xs, ys = lines(rnd, rnd.randint(2, 4), rnd.choice([2, 3]))
    for n in range(len(xs)):
        if rnd.random() < 0.5:
            p = passages[n]
            ways = (p.x1, p.y1, p.x2, p.y2), (p.x2, p.y2, p.x1, p.y1)
            passages[n] = Passage(p.id, *rnd.choice(ways), one_way=True)
    stairs = ()
    if rnd.random() < 0.4:
        passages.append(Passage("up", xs[0], ys[0], xs[-1], ys[0], floor=1))
        stairs = (Stairs("stairs", (xs[0], ys[0], 0), (xs[0], ys[0], 1), 300, 200),)
    passages.append(Passage("slant", xs[0], ys[0], xs[-1], ys[-1]))
    bays = {}
    for n in range(rnd.randint(1, most)):
        p = rnd.randrange(len(passages))
        bays[str(n)] = Place(str(n), p, rnd.randrange(0, passages[p].length + 1, 50), rnd.choice([0, 0, 20]))
    starts = tuple(stand(rnd, passages, xs, ys, f"start {n}") for n in range(rnd.choice([1, 2])))
    ends = starts if rnd.random() < 0.5 else (stand(rnd, passages, xs, ys, "end"),)
    return Layout(tuple(passages), stairs, bays, starts, ends)


def walked(route):
    """The drawn length of a route on one floor."""
    pairs = itertools.pairwise(route.path)
    return sum(round(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5) for a, b in pairs)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_grid_route_is_the_shortest(seed):
    layout = some_grid(random.Random(seed))
    router = Router(layout)
    assert router.sketch is not None
    route = router.route(layout.bays)
    assert route.length_cm == shortest(router.network, [*layout.bays.values()])
    assert sorted(route.stops) == sorted(layout.bays)
    offs = sum(2 * bay.off for bay in layout.bays.values()) + layout.starts[0].off + layout.ends[0].off
    assert walked(route) + offs == route.length_cm


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_route_of_any_drawing_is_the_shortest_or_says_how_far(seed):
    layout = some_drawing(random.Random(seed))
    try:
        router = Router(layout)
    except DocumentInvalid:
        return  # one-way passages that lead nowhere
    route = router.route(layout.bays)
    best = shortest(router.network, [*layout.bays.values()])
    assert route.bound_cm <= best <= route.length_cm <= best * 1.01
    assert not route.is_proved or route.length_cm == best
    assert sorted(route.stops) == sorted(layout.bays)
    step, first = Program(router.network, [*layout.bays.values()]).grid()
    assert (best - router.aside(layout.bays) - first) % step == 0


def turned(rnd, layout):
    """The drawing with most passages one-way, some of them from the other end."""
    passages = []
    for p in layout.passages:
        x1, y1, x2, y2 = (p.x1, p.y1, p.x2, p.y2) if rnd.random() < 0.5 else (p.x2, p.y2, p.x1, p.y1)
        passages.append(Passage(p.id, x1, y1, x2, y2, p.floor, one_way=rnd.random() < 0.7))
    return dataclasses.replace(layout, passages=tuple(passages))


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_one_way_drawing_is_swept_to_a_walk_and_a_bound_around_the_shortest(seed):
    rnd = random.Random(seed)
    try:
        router = Router(turned(rnd, some_drawing(rnd)))
    except DocumentInvalid:
        return
    if not router.flows:
        return
    layout = router.layout
    best = shortest(router.network, [*layout.bays.values()])
    route = router._by_flows(sorted(layout.bays))
    if route is None:
        return
    assert route.bound_cm <= best <= route.length_cm
    assert sorted(route.stops) == sorted(layout.bays)
    assert route.length_cm > best or legs(router, route) == best


def legs(router, route):
    """The length of the shortest ways from stop to stop."""
    layout = router.layout
    start, end = (
        next(s for s in some if s.id == name) for some, name in ((layout.starts, route.start), (layout.ends, route.end))
    )
    stops = [start, *(layout.bays[name] for name in route.stops), end]
    between = sum(int(router.network.between([a], [b])[0, 0]) for a, b in itertools.pairwise(stops))
    return between + start.off + end.off + router.aside(layout.bays)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_route_of_any_drawing_walked_both_ways_is_the_shortest(seed):
    drawn = some_drawing(random.Random(seed))
    layout = dataclasses.replace(drawn, passages=tuple(dataclasses.replace(p, one_way=False) for p in drawn.passages))
    router = Router(layout)
    assert router.sketch is not None
    route = router.route(layout.bays)
    assert route.length_cm == shortest(router.network, [*layout.bays.values()])
    assert sorted(route.stops) == sorted(layout.bays)


@settings(max_examples=25, deadline=None)
@given(SEEDS)
def test_both_methods_agree_on_grids(seed):
    layout = some_grid(random.Random(seed), most=25)
    router = Router(layout)
    names = sorted(layout.bays)
    route, best = router._elsewhere(names), router._swept(names, router.sketch).length_cm
    assert route.bound_cm <= best <= route.length_cm <= best * 1.01


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_insertion_walks_past_every_stop_and_is_never_under_the_shortest(seed):
    layout = some_drawing(random.Random(seed))
    try:
        router = Router(layout)
    except DocumentInvalid:
        return
    route = router._by_insertion(sorted(layout.bays), 0)
    assert sorted(route.stops) == sorted(layout.bays)
    assert shortest(router.network, [*layout.bays.values()]) <= route.length_cm < NEVER
    assert legs(router, route) == route.length_cm


def hard(rnd):
    """60 stops, 16 aisles of two floors, stairs, 6 aisles in 10 one-way."""
    passages = []
    for n in range(10):
        ends = (500 * n, 0, 500 * n, 4600) if n % 2 == 0 else (500 * n, 4600, 500 * n, 0)
        passages.append(Passage(f"A{n}", *ends, one_way=rnd.random() < 0.6))
    passages += [Passage(f"X{y}", 0, y, 4500, y) for y in (0, 2300, 4600)]
    passages += [Passage(f"B{n}", 500 * n, 0, 500 * n, 2300, floor=1) for n in range(6)]
    passages += [Passage(f"Y{y}", 0, y, 2500, y, floor=1) for y in (0, 2300)]
    stairs = (
        Stairs("s1", (0, 0, 0), (0, 0, 1), 1500, 900),
        Stairs("s2", (2500, 2300, 0), (2500, 2300, 1), 1500, 900),
    )
    bays = {}
    for n in range(60):
        p = rnd.choice([*range(10), *range(13, 19)])
        bays[str(n)] = Place(str(n), p, rnd.randrange(100, passages[p].length - 50, 100))
    desk = nearest(tuple(passages), "desk", (0, -50, 0), "")
    return Layout(tuple(passages), stairs, bays, (desk,), (desk,))


@pytest.mark.parametrize("seed", range(2))
def test_sixty_stops_are_within_one_percent_of_what_is_proved_by_either_method(seed):
    layout = hard(random.Random(seed))
    router = Router(layout)
    route, program = router.route(layout.bays), router._elsewhere(sorted(layout.bays))
    assert (route.method, program.method) == ("sweep", "program")
    for one, other in ((route, program), (program, route)):
        assert sorted(one.stops, key=int) == [str(n) for n in range(60)]
        assert one.bound_cm <= one.length_cm <= one.bound_cm * 1.01
        assert one.bound_cm <= other.length_cm
    assert legs(router, route) <= route.length_cm


def far_down():
    """Three aisles up and one far down: the shortest walk comes down it three times, more than is looked at."""
    document = block(columns=4, bays=(500,))
    for n in range(3):
        document["passages"][n]["one_way"] = True
    document["passages"][3] |= {"from": [1500, 1000], "to": [1500, 0], "one_way": True}
    document["passages"][5] |= {"one_way": True}
    document["passages"][4] |= {"one_way": True, "from": [1500, 0], "to": [0, 0]}
    document["stands"][0]["at"] = [1500, -50]
    return read(document)


def test_what_the_sweep_does_not_find_is_left_to_the_program():
    router = Router(far_down())
    route = router.route(router.layout.bays)
    assert route.length_cm == shortest(router.network, [*router.layout.bays.values()])
    assert route.length_cm == 100 + 3 * 2000 + 2 * (500 + 1000 + 1500)
    assert route.is_proved


def test_an_odd_border_is_crossed_once_more_and_no_tour_breaks_that():
    layout = read(block(columns=3, bays=(500,)))
    program = Program(make_network(layout), [*layout.bays.values()])
    halves = np.zeros(len(program.costs))
    for stretch in program.stretches:
        halves[stretch.arcs] = 0.5
    assert {need for _nodes, _ways, need in odd_cuts(program, halves)} == {2}, "three aisles: there and back twice"
    search = Search(program)
    search.run()
    assert odd_cuts(program, search.best) == []
    hard_one = Program(make_network(hard(random.Random(3))), [*hard(random.Random(3)).bays.values()])
    search = Search(hard_one)
    search.run()
    assert odd_cuts(hard_one, search.best) == []


def test_the_same_stops_give_the_same_walk():
    layout = hard(random.Random(5))
    router = Router(layout)
    assert router.route(layout.bays) == router.route(reversed(layout.bays))


def test_given_up_search_still_gives_a_walk_and_a_true_bound(monkeypatch):
    layout = hard(random.Random(1))
    router = Router(layout)
    best = router.route(layout.bays)
    router.flows = []
    monkeypatch.setattr(branching, "MOST_NODES", 0)
    monkeypatch.setattr(branching.Search, "_dive", lambda self, values: None)
    route = router.route(layout.bays)
    assert route.method == "insertion"
    assert not route.is_proved
    assert route.bound_cm <= best.length_cm <= route.length_cm


def test_one_way_aisle_is_never_walked_against():
    document = block(columns=3, bays=(500,))
    document["passages"][0]["one_way"] = True
    document["passages"][2] |= {"from": [1000, 1000], "to": [1000, 0], "one_way": True}
    route = Router(read(document)).route(["0-500", "2-500"])
    assert route.stops == ("0-500", "2-500")
    assert route.length_cm == 50 + 1000 + 1000 + 1000 + 1000 + 50


def test_stairs_cost_what_is_written_each_way():
    document = block(columns=2, bays=())
    document["passages"].append({"id": "up", "from": [0, 0], "to": [0, 1000], "floor": 1})
    document["bays"] = [{"id": "high", "passage": "up", "at": 300}]
    document["stairs"] = [{"id": "s", "from": [0, 0, 0], "to": [0, 0, 1], "cost_cm": 1500, "back_cm": 700}]
    route = Router(read(document)).route(["high"])
    assert route.length_cm == 50 + 1500 + 300 + 300 + 700 + 50
    assert [point[2] for point in route.path] == [0, 1, 1, 1, 0]


def test_stairs_that_differ_in_how_much_harder_up_is_are_left_to_the_program():
    document = block(columns=2, bays=())
    document["passages"].append({"id": "up", "from": [0, 0], "to": [0, 1000], "floor": 1})
    document["bays"] = [{"id": "high", "passage": "up", "at": 500}]
    document["stairs"] = [
        {"id": "s", "from": [0, 0, 0], "to": [0, 0, 1], "cost_cm": 2000, "back_cm": 2000},
        {"id": "lift", "from": [0, 1000, 0], "to": [0, 1000, 1], "cost_cm": 100, "back_cm": 2000},
    ]
    router = Router(read(document))
    assert router.sketch is None
    assert router.route(["high"]).length_cm == 50 + 1000 + 100 + 500 + 500 + 2000 + 50  # by lift, back by the stairs
    document["stairs"][1]["back_cm"] = 100
    router = Router(read(document))
    assert router.sketch is not None
    assert router.route(["high"]).length_cm == 50 + 1000 + 100 + 500 + 500 + 100 + 1000 + 50
    document["stairs"][0]["back_cm"] = 1100
    document["stairs"][1] |= {"cost_cm": 900, "back_cm": 0}
    router = Router(read(document))
    assert router.sketch is not None
    assert router.route(["high"]).length_cm == 50 + 1000 + 900 + 500 + 500 + 0 + 1000 + 50


def test_drawing_that_is_too_wide_is_left_to_the_program():
    document = block(columns=7, rows=7, bays=(500, 2500, 5500))
    router = Router(read(document))
    assert router.sketch is None
    route = router.route(["0-500", "3-2500", "6-5500"])
    assert (route.method, route.length_cm) == ("program", route.bound_cm)
    assert route.length_cm == 2 * 50 + 2 * (6 * 500) + 2 * 5500


def test_nearest_of_several_starts_and_ends_is_taken():
    document = block(columns=3, bays=(500,))
    document["stands"] = [
        {"id": "left", "at": [0, 0], "end": False},
        {"id": "right", "at": [1000, 0], "end": False},
        {"id": "packing", "at": [1000, 1000], "start": False},
    ]
    route = Router(read(document)).route(["2-500"])
    assert (route.start, route.end, route.length_cm) == ("right", "packing", 1000)


def test_turned_grid_is_walked_the_same():
    document = block(columns=4, rows=3, bays=(100, 700, 1500))
    turned = block(columns=4, rows=3, bays=(100, 700, 1500))
    for passage in turned["passages"]:
        passage["from"], passage["to"] = passage["from"][::-1], passage["to"][::-1]
    turned["stands"][0]["at"] = [-50, 0]
    names = ["0-700", "1-100", "2-1500", "3-700"]
    upright, level = Router(read(document)).route(names), Router(read(turned)).route(names)
    assert upright.length_cm == level.length_cm
    assert [(x, y) for x, y, _ in upright.path] == [(y, x) for x, y, _ in level.path]


def test_bays_of_one_place_are_one_stop():
    document = block(columns=2)
    document["bays"] += [{"id": "low", "passage": "A1", "at": 400}, {"id": "high", "passage": "A1", "at": 400}]
    router = Router(read(document))
    assert router.route(["low", "high", "1-400"]).length_cm == router.route(["1-400"]).length_cm


def test_a_route_needs_a_bay():
    with pytest.raises(ValueError, match="needs a bay"):
        Router(henn()).route([])


def test_good_tour_of_a_table_meets_every_place_once():
    table = make_network(henn())
    places = [*table.layout.bays.values()][::40]
    rows = table.between(places, places)
    tour = good_tour(rows)
    assert tour[0] == 0
    assert sorted(tour) == list(range(len(places)))
    assert tour_length(rows.tolist(), tour) <= tour_length(rows.tolist(), list(range(len(places))))
