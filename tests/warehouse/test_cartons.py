"""Objects in cartons: inside, apart, right way up, nothing missed; and `rebond choose-carton`."""

import io
import itertools
import json
import random
import re
import sys

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from rebond.warehouse.cartons import fit
from rebond.warehouse.cartons.choose import choose_carton, read_parcel
from rebond.warehouse.cartons.fit import Box, fits, may_lie
from tests.conftest import SHARED, needs_shared
from tests.test_algorithms import DOCS, rows_of

pytestmark = pytest.mark.unit

SEEDS = st.integers(0, 2**32 - 1)
FILES = sorted((SHARED / "data" / "optimisation" / "bin-packing").glob("*.txt"))


def is_right(placed, boxes, inner):
    """Every box once, in one of its positions, inside, apart, and nothing heavy above what is fragile."""
    assert sorted(one.box.id for one in placed) == sorted(box.id for box in boxes)
    for one in placed:
        assert one.size in one.box.turned()
        assert all(one.at[a] >= 0 and one.at[a] + one.size[a] <= inner[a] for a in range(3))
    for a, b in itertools.combinations(placed, 2):
        assert any(a.at[n] + a.size[n] <= b.at[n] or b.at[n] + b.size[n] <= a.at[n] for n in range(3))
        if all(a.at[n] < b.at[n] + b.size[n] and b.at[n] < a.at[n] + a.size[n] for n in (0, 1)):
            upper, lower = (a, b) if a.at[2] > b.at[2] else (b, a)
            assert not (lower.box.fragile and upper.box.weight_g > lower.box.weight_g)


def by_all_ways(boxes, inner, done=()):
    """Whether any whole-number position of any turn of every box holds."""
    if not boxes:
        return True
    for size in boxes[0].turned():
        for at in itertools.product(*(range(inner[a] - size[a] + 1) for a in range(3))):
            placed = fit.Placed(boxes[0], at, size)
            if fit._allowed(placed, done) and by_all_ways(boxes[1:], inner, (*done, placed)):
                return True
    return False


def some_boxes(rnd, count, high):
    return [
        Box(
            str(n),
            tuple(rnd.randint(1, high) for _ in range(3)),
            rnd.randint(1, 3),
            rnd.random() < 0.3,
            rnd.random() < 0.3,
        )
        for n in range(count)
    ]


@settings(max_examples=150, deadline=None)
@given(SEEDS)
def test_small_boxes_fit_exactly_where_some_way_fits(seed):
    rnd = random.Random(seed)
    inner = tuple(rnd.randint(2, 3) for _ in range(3))
    boxes = some_boxes(rnd, rnd.randint(1, 4), 3)
    answer = fits(boxes, inner)
    assert answer.is_certain
    assert (answer.placed is not None) == by_all_ways(boxes, inner)
    if answer.placed:
        is_right(answer.placed, boxes, inner)


@settings(max_examples=60, deadline=None)
@given(SEEDS)
def test_search_by_pairs_agrees_with_all_ways(seed):
    rnd = random.Random(seed)
    inner = tuple(rnd.randint(2, 3) for _ in range(3))
    boxes = some_boxes(rnd, rnd.randint(2, 4), 2)
    found = fit._Pairs(boxes, inner).run()
    assert (found is not None) == by_all_ways(boxes, inner)
    if found:
        is_right(found, boxes, inner)


@settings(max_examples=40, deadline=None)
@given(SEEDS)
def test_any_arrangement_is_right(seed):
    rnd = random.Random(seed)
    boxes = some_boxes(rnd, rnd.randint(1, 14), 9)
    inner = tuple(rnd.randint(8, 24) for _ in range(3))
    answer = fits(boxes, inner)
    if answer.placed:
        is_right(answer.placed, boxes, inner)


@settings(max_examples=30, deadline=None)
@given(SEEDS)
def test_a_box_cut_into_pieces_goes_together_again(seed):
    rnd = random.Random(seed)
    inner = tuple(rnd.randint(6, 30) for _ in range(3))
    pieces = [inner]
    while len(pieces) < 5:
        n = max(range(len(pieces)), key=lambda n: max(pieces[n]))
        axis = max(range(3), key=lambda a: pieces[n][a])
        cut = rnd.randint(1, pieces[n][axis] - 1)
        piece = pieces.pop(n)
        pieces += [tuple(part if a == axis else piece[a] for a in range(3)) for part in (cut, piece[axis] - cut)]
    boxes = [Box(str(n), tuple(rnd.sample(piece, 3))) for n, piece in enumerate(pieces)]
    answer = fits(boxes, inner)
    assert answer.placed is not None
    is_right(answer.placed, boxes, inner)


def test_what_stays_upright_is_not_laid_down():
    lamp = Box("lamp", (10, 10, 40), upright=True)
    assert fits([lamp], (40, 40, 20)).placed is None
    assert fits([Box("lamp", (10, 10, 40))], (40, 40, 20)).placed is not None


def test_nothing_heavier_lies_on_what_is_fragile():
    vase, book = Box("vase", (10, 10, 10), 300, fragile=True), Box("book", (10, 10, 5), 800)
    placed = {one.box.id: one.at for one in fits([vase, book], (10, 10, 15)).placed}
    assert placed == {"book": (0, 0, 0), "vase": (0, 0, 5)}
    assert not may_lie(book, vase)
    glass = Box("glass", (10, 10, 10), 300, fragile=True)
    assert fits([vase, glass], (10, 10, 20)).placed is not None
    cup = Box("cup", (10, 10, 10), 301, fragile=True)
    heavy = Box("iron", (10, 10, 10), 900, upright=True)
    assert fits([cup, heavy, vase], (10, 10, 30)).placed is not None
    assert fits(
        [Box("a", (10, 10, 10), 5, fragile=True), Box("b", (10, 10, 10), 6), Box("c", (9, 9, 9), 9, fragile=True)],
        (10, 10, 28),
    ) == fit.Answer(None, is_certain=True)


def test_a_given_up_search_says_that_it_is_not_certain(monkeypatch):
    monkeypatch.setattr(fit, "MOST_STEPS", 3)
    boxes = [Box(str(n), (5, 5, 5)) for n in range(5)]
    assert fits(boxes, (11, 11, 9)) == fit.Answer(None, is_certain=False)
    many = [Box(str(n), (5, 5, 5)) for n in range(9)]
    assert fits(many, (11, 11, 10)) == fit.Answer(None, is_certain=False)


@needs_shared
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_on_one_axis_the_sum_decides(path):
    """The 1-D instances: rods in a carton as wide and as high as they are."""
    _, capacity, *sizes = (int(word) for word in path.read_text().split())
    rnd = random.Random(path.stem)
    for _ in range(12):
        rods = [Box(str(n), (size, 1, 1)) for n, size in enumerate(rnd.sample(sizes, rnd.randint(2, 5)))]
        answer = fits(rods, (capacity, 1, 1))
        assert answer.is_certain
        assert (answer.placed is not None) == (sum(rod.size[0] for rod in rods) <= capacity)


def parcel(**fields):
    return {
        "objects": [
            {"id": "teapot", "size_mm": [200, 150, 150], "weight_g": 900, "fragile": True, "padding_mm": 20},
            {"id": "book", "size_mm": [210, 140, 30], "weight_g": 400},
        ],
        "cartons": [
            {"id": "new-m", "inner_mm": [300, 250, 200], "cost_cents": 90, "stock": 40},
            {"id": "old-m", "inner_mm": [320, 250, 240], "salvaged": True, "stock": 2},
            {"id": "old-l", "inner_mm": [500, 400, 400], "salvaged": True, "stock": 1},
        ],
    } | fields


def chosen(document):
    return choose_carton(read_parcel(document))


def test_cheapest_then_salvaged_then_smallest_carton_is_taken():
    assert chosen(parcel()).carton.id == "old-m"
    document = parcel()
    document["cartons"][1]["stock"] = 0
    choice = chosen(document)
    assert (choice.carton.id, [(one.carton, one.why) for one in choice.refused]) == (
        "old-l",
        [("old-m", "none is left")],
    )
    document["cartons"][2]["cost_cents"] = 91
    assert chosen(document).carton.id == "new-m"
    document["cartons"][2] |= {"cost_cents": 90, "inner_mm": [900, 400, 400]}
    assert chosen(document).carton.id == "old-l"


def test_protection_takes_room():
    document = parcel(objects=[{"id": "vase", "size_mm": [300, 200, 200], "padding_mm": 20}])
    assert chosen(document).carton.id == "old-l"
    document["objects"][0]["padding_mm"] = 10
    assert chosen(document).carton.id == "old-m"


def test_weight_and_tare_count_against_what_a_carton_bears():
    document = parcel()
    document["cartons"][1] |= {"most_g": 1_500, "tare_g": 201}
    assert chosen(document).refused[0].why == "it bears 1,500 g, this would be 1,501 g"
    document["cartons"][1]["tare_g"] = 200
    assert chosen(document).carton.id == "old-m"


def test_the_object_that_fits_nowhere_is_the_cause():
    document = parcel()
    document["objects"].append({"id": "lamp", "size_mm": [100, 100, 800]})
    choice = chosen(document)
    assert (choice.carton, choice.causes) == (None, (("lamp", "it goes into none of the cartons, even alone"),))
    assert {one.why for one in choice.refused} == {"“lamp” does not go in, even alone"}


def test_the_object_without_which_the_others_fit_is_the_cause():
    document = parcel(
        objects=[{"id": name, "size_mm": size} for name, size in (("box", [400, 400, 300]), ("ball", [300, 300, 300]))],
    )
    assert chosen(document).causes == (
        ("box", "without it the others go into “old-l”"),
        ("ball", "without it the others go into “old-l”"),
    )


def asked(monkeypatch, document, *arguments):
    monkeypatch.setattr(sys, "stdin", io.StringIO(document if isinstance(document, str) else json.dumps(document)))
    out = io.StringIO()
    try:
        call_command("choose_carton", *arguments, stdout=out)
    except CommandError as error:
        return out.getvalue(), str(error), error.returncode
    return out.getvalue(), "", 0


def test_command_answers_with_the_carton_and_how_objects_lie(monkeypatch):
    text, _, code = asked(monkeypatch, parcel(), "--json")
    answer = json.loads(text)
    assert code == 0
    assert answer["carton"] == {
        "id": "old-m",
        "inner_mm": [320, 250, 240],
        "cost_cents": 0,
        "salvaged": True,
        "fill_percent": 49,
        "weight_g": 1300,
    }
    assert sorted(one["id"] for one in answer["placements"]) == ["book", "teapot"]
    assert answer["causes"] == []
    assert asked(monkeypatch, parcel())[0].startswith("old-m (320 × 250 × 240 mm, salvaged)\n  ")


def test_command_says_that_nothing_fits_with_code_1(monkeypatch):
    document = parcel()
    document["objects"][0]["size_mm"] = [900, 10, 10]
    text, told, code = asked(monkeypatch, document, "--json")
    assert (json.loads(text)["carton"], code) == (None, 1)
    assert told == "Nothing fits. “teapot”: it goes into none of the cartons, even alone"


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("no", "The input is not JSON: Expecting value: line 1 column 1 (char 0)"),
        (parcel(objects=[]), "`objects`: expected 1 to 60 objects, not 0."),
        (parcel(objects=[{"id": "a", "size_mm": [1, 2]}]), "`objects[0].size_mm`: expected a list of 3 whole numbers."),
        (
            parcel(objects=[{"id": "a", "size_mm": [1, 2, 0]}]),
            "`objects[0].size_mm[2]`: expected a whole number from 1 to 10,000.",
        ),
        (
            parcel(cartons=[{"id": "c", "inner_mm": [9, 9, 9], "fragile": True}]),
            "`cartons[0].fragile`: unknown field; known here: id, inner_mm, cost_cents, salvaged, stock, most_g, tare_g.",
        ),
    ],
)
def test_command_tells_bad_input_with_code_2(monkeypatch, document, told):
    assert asked(monkeypatch, document, "--json") == ("", told, 2)


@pytest.mark.parametrize(("objects", "carton", "said"), rows_of("cartons.md", "Objects"))
def test_cartons_are_as_written(objects, carton, said):
    boxes = []
    for n, text in enumerate(objects.split("; ")):
        sides = tuple(int(side) for side in re.findall(r"\d+", text.split(",")[0]))
        weight = int(found[1]) if (found := re.search(r"(\d+) g", text)) else 0
        boxes.append(Box(str(n), sides, weight, "upright" in text, "fragile" in text))
    answer = fits(boxes, tuple(int(side) for side in re.findall(r"\d+", carton)))
    assert (answer.placed is not None, answer.is_certain) == {"fits": (True, True), "never": (False, True)}[said]


def test_the_parcel_of_the_format_finds_its_carton():
    text = (DOCS.parent / "formats" / "parcel.md").read_text(encoding="utf-8")
    found = chosen(json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1]))
    assert found.carton.id == "banana-box"
