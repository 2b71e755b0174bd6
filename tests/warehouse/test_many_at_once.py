"""The same objects taken, stored, moved, priced, withdrawn, published, sold and taken back by many processes at once."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from rebond.catalogue.actions.item import begin_item
from rebond.catalogue.models import Item, PriceChange
from rebond.journal.models import Transition
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.models import Holding, Movement
from rebond.workshop.models import Step, Task
from tests.factories.warehouse import PlaceFactory
from tests.factories.workshop import WorkerFactory

ROOT = Path(settings.BASE_DIR)
PATIENCE = 300  # seconds
LEAD = 4.0  # seconds for all of them to load the code before they begin together


def database_url():
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    secret = f":{found['PASSWORD']}" if found["PASSWORD"] else ""
    return f"postgresql://{found['USER']}{secret}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def start(plan, path):
    path.write_text(json.dumps(plan), encoding="utf-8")
    env = os.environ | {
        "DATABASE_URL": database_url(),
        "REBOND_VAR": str(settings.VAR_DIR),
        "DJANGO_SETTINGS_MODULE": "rebond.config.settings_test",
    }
    command = [sys.executable, "-m", "tests.warehouse.many_hands", str(path)]
    return subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def let_loose(tmp_path, *, items, places, workers, acts, seed):
    """All processes begin at one moment; return what each did."""
    begin = time.time() + LEAD
    plans = [
        {"items": items, "places": places, "worker": worker, "seed": seed * 1_000 + n, "acts": acts, "start": begin}
        for n, worker in enumerate(workers)
    ]
    running = [start(plan, tmp_path / f"plan-{n}.json") for n, plan in enumerate(plans)]
    found = []
    for process in running:
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, err
        found.append(json.loads(out))
    return found


def check_places(item, quantity):
    """Walk through the movements in order: units come only from where they are, and nothing is ever twice anywhere."""
    lying = Counter()
    for move in Movement.objects.filter(item=item).order_by("pk"):
        if move.from_place_id is not None:
            lying[move.from_place_id] -= move.units
            assert lying[move.from_place_id] >= 0, move
        if move.to_place_id is not None:
            lying[move.to_place_id] += move.units
        assert sum(lying.values()) <= quantity
    assert {row.place_id: row.units for row in Holding.objects.filter(item=item)} == {
        k: n for k, n in lying.items() if n
    }


def check_states(item):
    """Each move of the state starts where the one before ended."""
    state = "draft"
    for move in Transition.objects.filter(subject_kind="catalogue.item", subject_id=item.code).order_by("pk"):
        assert move.from_state == state, move
        state = move.to_state
    assert state == item.state


def check_world(found, items, quantity):
    did = Counter()
    for one in found:
        assert one["wrong"] == []
        did.update(one["done"])
    for item in Item.objects.filter(pk__in=items):
        check_places(item, quantity)
        check_states(item)
        assert PriceChange.objects.filter(item=item).order_by("at", "pk").last().price_cents == item.price_cents
        assert 0 <= item.reserved <= item.quantity <= quantity
    moves = Transition.objects.filter(subject_kind="catalogue.item", verb__in=["withdraw", "publish", "restock"])
    told = Counter(moves.order_by().values_list("verb", flat=True))
    assert told["withdraw"] == did["withdraw"]
    assert told["restock"] == did["restock"]
    assert told["publish"] == did["publish"] + len(items)  # the test put each on sale once
    assert sum(Movement.objects.filter(reason="sold").values_list("units", flat=True)) >= did["sell"]
    assert Step.objects.count() == did["store"]
    check_tasks(found)
    report = check_stock()
    assert report.is_right, report
    return did


def check_tasks(found):
    """Nobody takes what somebody has: a task was taken by one person only (it ends by being done, never returned)."""
    takers = {}
    for n, one in enumerate(found):
        for task in one["taken"]:
            takers.setdefault(task, set()).add(n)
    assert all(len(people) == 1 for people in takers.values()), takers
    subjects = Counter(Task.objects.open().values_list("subject_id", flat=True))
    assert all(number == 1 for number in subjects.values()), subjects


def play(tmp_path, seller, site, category, owner, *, objects, people, acts, seed, quantity):
    from rebond.catalogue.actions.item import change_item, publish_item

    items = []
    for _ in range(objects):
        item = begin_item(seller=seller, category=category, site=site, by=owner, weight_g=500, quantity=quantity)
        item = change_item(item=item, changes={"condition": "good", "price_cents": 900}, by=owner)
        items.append(publish_item(item=item, by=owner).pk)
    places = [PlaceFactory(site=site, label=f"X-{n}").pk for n in range(4)]
    workers = [WorkerFactory(organisation=seller, status="cddi").pk for _ in range(people)]
    found = let_loose(tmp_path, items=items, places=places, workers=workers, acts=acts, seed=seed)
    return check_world(found, items, quantity)


@pytest.mark.unit
@pytest.mark.django_db(transaction=True)
def test_three_processes_and_two_objects(tmp_path, seller, site, category, owner):
    did = play(tmp_path, seller, site, category, owner, objects=2, people=3, acts=120, seed=1, quantity=2)
    # With 40 acts each, ten or so may succeed where an object is withdrawn early; it did much more than that.
    assert did["store"] + did["move"] + did["price"] + did["publish"] > 10  # the test did something


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("quantity", [1, 5])
def test_twelve_processes_and_one_object(tmp_path, seller, site, category, owner, seed, quantity):
    did = play(tmp_path, seller, site, category, owner, objects=1, people=12, acts=150, seed=seed, quantity=quantity)
    assert all(did[name] for name in ("take", "store", "move", "price", "withdraw", "publish", "sell", "restock")), did
