"""The worked numbers of docs/algorithms/picking.md and the instance of docs/formats/picking.md, run through the code."""

import json
import re

import pytest

from rebond.warehouse.picking.plan import make_plan, read_instance
from rebond.warehouse.picking.routes import Router
from rebond.warehouse.picking.rules import LARGEST_GAP, S_SHAPE, RuleMeasure
from tests.test_algorithms import DOCS, rows_of
from tests.warehouse.drawings import block, read

pytestmark = pytest.mark.unit


def cm(text):
    return int(text.replace(".", "")) * 10


@pytest.mark.parametrize(("stops", "shortest", "shape", "gap"), rows_of("picking.md", "Stops"))
def test_walks_are_as_written(stops, shortest, shape, gap):
    router = Router(read(block(columns=4, bays=range(100, 1000, 100))))
    names = stops.split()
    by_rule = [int(RuleMeasure(router, [names], rule).lengths([[0]])[0]) for rule in (S_SHAPE, LARGEST_GAP)]
    assert [router.route(names).length_cm, *by_rule] == [cm(shortest), cm(shape), cm(gap)]


def test_the_instance_of_the_format_is_planned():
    text = (DOCS.parent / "formats" / "picking.md").read_text(encoding="utf-8")
    instance = json.loads(re.search(r"```json\n(.*?)```", text, re.DOTALL)[1])
    plan = make_plan(read_instance(instance))
    assert [[order.id for order in batch.orders] for batch in plan.batches] == [["1042"], ["1043"]]
    first, second = plan.batches
    assert first.route.length_cm == 50 + 500 + 2000 + 500 + 2000 + 50  # up B, the one way, then A down past its bay
    assert second.route.length_cm == 2 * 50 + 1500 + 2 * (800 + 40) + 900
