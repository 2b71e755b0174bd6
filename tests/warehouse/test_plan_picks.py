"""`rebond plan-picks`: the document in, carts and walks out; what is wrong is said with its place."""

import io
import json
import sys

import pytest
from django.core.management import CommandError, call_command

from tests.warehouse.drawings import block

pytestmark = pytest.mark.unit


def instance(**fields):
    orders = [
        {"id": "o1", "lines": [{"bay": "0-100", "units": 2}, {"bay": "2-900"}]},
        {"id": "o2", "lines": [{"bay": "0-400"}, {"bay": "2-400"}]},
        {"id": "o3", "lines": [{"bay": "1-400", "weight_g": 300}]},
    ]
    return {"layout": block(), "cart": {"slots": 2}, "orders": orders} | fields


def asked(monkeypatch, document, *arguments):
    text = document if isinstance(document, str) else json.dumps(document)
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))
    out = io.StringIO()
    call_command("plan_picks", *arguments, stdout=out)
    return out.getvalue()


def test_plan_says_carts_walks_lengths_and_the_bound(monkeypatch):
    answer = json.loads(asked(monkeypatch, instance(), "--json"))
    first, second = answer["batches"]
    assert (first["orders"], second["orders"]) == (["o1", "o2"], ["o3"])
    assert first["length_cm"] == first["bound_cm"] == 2 * 50 + 2 * 1000 + 2 * 1000
    assert (first["slots"], first["units"], second["weight_g"]) == (2, 5, 300)
    assert first["alone_cm"] == 4100 + 3700
    assert first["saved_cm"] == 3700
    assert first["why"] == "2 orders in 41.0 m instead of 78.0 m one by one."
    assert [stop["bay"] for stop in first["stops"]] in (
        ["0-100", "0-400", "2-900", "2-400"],
        ["2-400", "2-900", "0-400", "0-100"],
    )
    assert {stop["bay"]: stop["picks"] for stop in first["stops"]}["0-100"] == {"o1": 2}
    assert first["path"][0] == first["path"][-1] == [0, 0, 0]
    assert answer["length_cm"] == first["length_cm"] + second["length_cm"]
    assert answer["bound_cm"] <= answer["length_cm"]
    assert answer["milliseconds"] >= 0


def test_plan_is_readable_without_json(monkeypatch):
    text = asked(monkeypatch, instance())
    assert text.startswith("Cart 1: o1, o2\n  2 orders in 41.0 m instead of 78.0 m one by one.\n  desk → ")
    assert "2 carts, 60.0 m (one by one 97.0 m, never under" in text


def test_cut_offs_and_zones_never_share_a_cart(monkeypatch):
    document = instance(cart={"units": 100})
    document["orders"][0] |= {"cut_off": "2026-11-27T16:00"}
    document["orders"][1] |= {"cut_off": "2026-11-27T11:00"}
    answer = json.loads(asked(monkeypatch, document, "--json"))
    assert [batch["orders"] for batch in answer["batches"]] == [["o2"], ["o1"], ["o3"]]
    document = instance(cart={"units": 100})
    document["orders"][2] |= {"zone": "cold"}
    answer = json.loads(asked(monkeypatch, document, "--json"))
    assert [batch["orders"] for batch in answer["batches"]] == [["o1", "o2"], ["o3"]]


def test_plan_of_one_way_aisles_has_its_method(monkeypatch):
    document = instance()
    document["layout"]["passages"][0]["one_way"] = True
    answer = json.loads(asked(monkeypatch, document, "--json"))
    assert {batch["method"] for batch in answer["batches"]} == {"sweep"}
    assert sorted(order for batch in answer["batches"] for order in batch["orders"]) == ["o1", "o2", "o3"]


@pytest.mark.parametrize(
    ("document", "told"),
    [
        ("{", "The input is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("[]", "The document must be one JSON object."),
        (instance(cart={}), "`cart`: expected at least one limit: slots, units, weight_g, volume_cm3."),
        (instance(cart={"units": 2}), "`orders[0]`: order “o1” has 3 units, a cart holds 2: no cart can carry it."),
        (instance(orders=[]), "`orders`: expected 1 to 2,000 objects, not 0."),
        (
            instance(orders=[{"id": "o", "lines": [{"bay": "9-9"}]}]),
            "`orders[0].lines[0].bay`: the layout has no bay “9-9”.",
        ),
        (
            instance(orders=[{"id": "o", "lines": [{"bay": "0-100", "units": 0}]}]),
            "`orders[0].lines[0].units`: expected a whole number from 1 to 100,000.",
        ),
        (instance(orders=[{"id": "", "lines": []}]), "`orders[0].id`: expected a text of 1 to 200 characters."),
        (instance(kart={}), "`kart`: unknown field; known here: layout, cart, orders, effort, seed."),
    ],
)
def test_wrong_instance_is_told_with_its_place_and_code_2(monkeypatch, document, told):
    with pytest.raises(CommandError) as caught:
        asked(monkeypatch, document, "--json")
    assert (str(caught.value), caught.value.returncode) == (told, 2)
