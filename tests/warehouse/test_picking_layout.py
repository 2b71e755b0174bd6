"""The drawn layout: read, joined, measured, refused."""

import pytest

from rebond.warehouse.documents import DocumentInvalid
from rebond.warehouse.picking.layout import Place
from rebond.warehouse.picking.network import NEVER, make_network
from rebond.warehouse.picking.routes import Router
from tests.warehouse.drawings import block, read

pytestmark = pytest.mark.unit


def changed(**fields):
    return block() | fields


def test_distances_follow_the_passages():
    layout = read(block(columns=3, length=1000, step=500))
    network = make_network(layout)
    a, b, c = layout.bays["0-100"], layout.bays["0-900"], layout.bays["2-400"]
    assert network.between([a], [a, b, c]).tolist() == [[0, 800, 100 + 1000 + 400]]
    assert network.between([b], [c]).tolist() == [[100 + 1000 + 600]]


def test_one_way_passage_is_measured_its_way_only():
    document = block(columns=2)
    document["passages"][0]["one_way"] = True
    network = make_network(read(document))
    low, high = (network.layout.bays[name] for name in ("0-100", "0-900"))
    assert network.between([low], [high])[0, 0] == 800
    assert network.between([high], [low])[0, 0] == 100 + 500 + 1000 + 500 + 100


def test_passages_join_where_they_cross_end_or_touch():
    document = {
        "passages": [
            {"id": "long", "from": [0, 0], "to": [1000, 0]},
            {"id": "across", "from": [300, -200], "to": [300, 200]},
            {"id": "tee", "from": [600, 0], "to": [600, 400]},
            {"id": "apart", "from": [0, 10], "to": [200, 10]},
        ],
        "bays": [
            {"id": "a", "passage": "across", "at": 0},
            {"id": "t", "passage": "tee", "at": 400},
            {"id": "x", "passage": "apart", "at": 0},
        ],
        "stands": [{"id": "desk", "at": [0, 0]}],
    }
    layout = read(document)
    network = make_network(layout)
    assert network.between([layout.bays["a"]], [layout.bays["t"], layout.bays["x"]]).tolist() == [
        [200 + 300 + 400, NEVER]
    ]


def test_stand_beside_a_passage_walks_to_it():
    assert read(block()).starts == (Place("desk", 0, 0, 50),)


def test_bay_beside_a_passage_walks_aside():
    document = block()
    document["bays"] = [{"id": "aside", "access": [30, 400]}]
    router = Router(read(document))
    assert router.layout.bays["aside"] == Place("aside", 0, 400, 30)
    assert router.route(["aside"]).length_cm == 2 * (50 + 400 + 30)


def test_rack_is_a_row_of_bays():
    document = block(columns=1, bays=())
    document["racks"] = [{"id": "R", "passage": "A0", "first_at": 150, "pitch": 200, "count": 3}]
    document["passages"].pop()
    document["passages"].pop()
    assert {name: bay.at for name, bay in read(document).bays.items()} == {"R-01": 150, "R-02": 350, "R-03": 550}


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ({}, "`layout.passages`: expected a list of objects."),
        (
            changed(passages=[{"id": "A", "from": [0, 0], "to": [0, 0]}]),
            "`layout.passages[0].to`: a passage must have a length.",
        ),
        (
            changed(passages=[{"id": "A", "from": [0, 0.5], "to": [0, 9]}]),
            "`layout.passages[0].from[1]`: expected a whole number from -10,000,000 to 10,000,000.",
        ),
        (
            changed(passages=[{"id": "A", "from": [0, 0], "to": [9, 0]}] * 2),
            "`layout.passages[1].id`: “A” is used twice.",
        ),
        (changed(passages=["A"]), "`layout.passages[0]`: expected an object."),
        (changed(bays=[{"id": "b", "passage": "Z", "at": 1}]), "`layout.bays[0].passage`: no passage is called “Z”."),
        (
            changed(bays=[{"id": "b", "passage": "A0", "at": 1001}]),
            "`layout.bays[0].at`: expected a whole number from 0 to 1,000.",
        ),
        (
            changed(bays=[{"id": "b", "passage": "A0", "at": True}]),
            "`layout.bays[0].at`: expected a whole number from 0 to 1,000.",
        ),
        (
            changed(bays=[{"id": "b", "acess": [0, 0]}]),
            "`layout.bays[0].acess`: unknown field; known here: id, passage, at, access, floor.",
        ),
        (changed(bays=[]), "`layout.bays`: the layout has neither bays nor racks."),
        (
            changed(racks=[{"id": "r", "passage": "A0", "first_at": 0, "count": 12}]),
            "`layout.racks[0].count`: the last bay would lie beyond the 1,000 cm of its passage.",
        ),
        (
            changed(stands=[{"id": "d", "at": [0, 0], "floor": 3}]),
            "`layout.stands[0].floor`: no passage is drawn on floor 3.",
        ),
        (
            changed(stands=[{"id": "d", "at": [0, 0], "end": False}]),
            "`layout.stands`: at least one must be a start, and at least one an end.",
        ),
        (changed(stands=[]), "`layout.stands`: expected 1 to 50 objects, not 0."),
        (changed(doors=[]), "`layout.doors`: unknown field; known here: passages, stairs, bays, racks, stands."),
    ],
)
def test_wrong_layout_is_told_with_its_place(document, told):
    with pytest.raises(DocumentInvalid) as caught:
        read(document)
    assert str(caught.value) == told


def test_stairs_beside_every_passage_are_refused():
    document = block()
    document["stairs"] = [{"id": "s", "from": [0, 0, 0], "to": [0, 0, 1], "cost_cm": 100}]
    with pytest.raises(DocumentInvalid, match="“s” begins or ends beside every passage of floor 1"):
        make_network(read(document))


@pytest.mark.parametrize(
    ("one_way", "told"),
    [
        ({"from": [2000, 0], "to": [3000, 0]}, "bay “far” cannot be reached from any start."),
        ({"from": [500, 500], "to": [3000, 500], "one_way": True}, "from bay “far” no end can be reached."),
        ({"from": [3000, 500], "to": [500, 500], "one_way": True}, "bay “far” cannot be reached from any start."),
    ],
)
def test_bay_out_of_reach_is_named(one_way, told):
    document = block()
    document["passages"].append({"id": "F"} | one_way)
    document["bays"].append({"id": "far", "passage": "F", "at": 700})
    with pytest.raises(DocumentInvalid, match=told):
        Router(read(document))


def test_bays_that_no_single_walk_joins_are_named():
    document = block(columns=2, bays=(500,))
    for n in (0, 1):
        document["passages"][n]["one_way"] = True
    document["stands"] = [{"id": "in", "at": [0, 0], "end": False}, {"id": "out", "at": [0, 1000], "start": False}]
    with pytest.raises(DocumentInvalid, match="bay “1-500” cannot be reached from bay “0-500”"):
        Router(read(document))
