"""One process of many that act on the same few objects: `python -m tests.warehouse.many_hands PLAN.json`.

PLAN: {"items", "places", "worker", "seed", "acts", "start"}: primary keys, and the moment at which all begin. Answers
one JSON object: how often each act was done and refused, which tasks were taken, and what went wrong.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path

import django


class Person:
    """Somebody at the shelves with full rights, who does one thing after another without looking around."""

    def __init__(self, plan):
        from rebond.workshop.models import Worker

        self.plan = plan
        self.draw = random.Random(plan["seed"])
        self.worker = Worker.objects.select_related("user", "organisation").get(pk=plan["worker"])
        self.taken = []

    def item(self):
        from rebond.catalogue.models import Item

        return Item.objects.select_related("seller", "category", "site").get(pk=self.draw.choice(self.plan["items"]))

    def place(self):
        from rebond.warehouse.models import Place

        return Place.objects.get(pk=self.draw.choice(self.plan["places"]))

    def hands(self):
        from rebond.workshop.actions.step import Hands

        return Hands(worker=self.worker)

    def take(self):
        from rebond.workshop.actions.task import open_task, take_task

        item = self.item()
        task = open_task(kind="warehouse.store", subject=item, site=item.site, by=self.worker.user)
        take_task(task=task, worker=self.worker)
        self.taken.append(task.pk)

    def store(self):
        from rebond.warehouse.actions.store import store_item

        return store_item(item=self.item(), place=self.place(), hands=self.hands()).is_new

    def move(self):
        from rebond.warehouse.actions.store import move_item

        return move_item(item=self.item(), place=self.place(), by=self.worker.user).is_new

    def price(self):
        from rebond.catalogue.actions.item import change_price

        item, cents = self.item(), self.draw.randint(100, 9_900)
        before = item.version
        return change_price(item=item, price_cents=cents, by=self.worker.user).version > before

    def withdraw(self):
        from rebond.catalogue.actions.item import withdraw_item

        withdraw_item(item=self.item(), reason="other", by=self.worker.user)

    def publish(self):
        from rebond.catalogue.actions.item import publish_item

        publish_item(item=self.item(), by=self.worker.user)

    def sell(self):
        from rebond.catalogue.actions.item import sell_item

        sell_item(item=self.item(), n=1, is_held=False, by=self.worker.user)

    def restock(self):
        from rebond.catalogue.actions.item import restock_item

        restock_item(item=self.item(), by=self.worker.user)


ACTS = ("take", "store", "store", "move", "move", "price", "price", "withdraw", "publish", "publish", "sell", "restock")


def run(plan):
    from rebond.catalogue.errors import CatalogueError
    from rebond.warehouse.errors import WarehouseError
    from rebond.workshop.errors import WorkshopError

    person = Person(plan)
    done, refused, wrong = Counter(), Counter(), []
    time.sleep(max(0.0, plan["start"] - time.time()))
    for _ in range(plan["acts"]):
        name = person.draw.choice(ACTS)
        try:
            done[name] += getattr(person, name)() is not False
        except (CatalogueError, WarehouseError, WorkshopError):
            refused[name] += 1
        except Exception as error:  # noqa: BLE001 -- the test says what broke
            wrong.append(f"{name}: {error!r}")
    return {"done": done, "refused": refused, "wrong": wrong, "taken": person.taken}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings_test")
    django.setup()
    sys.stdout.write(json.dumps(run(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))))
