"""The demo's warehouse: 3,000 bins at the seller with most objects, a hundred at the others, nine objects in ten put away."""

import datetime
import random
from itertools import batched

from django.db import transaction
from django.db.models import Count
from django.utils import translation

from rebond.catalogue.models import Item
from rebond.core.models import Job
from rebond.front.demo.network import Network
from rebond.network.models import Site
from rebond.warehouse.actions.check import open_stock
from rebond.warehouse.actions.layout import save_layout
from rebond.warehouse.actions.ledger import Move, post, read_stocks
from rebond.warehouse.actions.places import Plan, make_boxes, run_places
from rebond.warehouse.enums import MoveReason
from rebond.warehouse.models import Holding, Place
from rebond.warehouse.queries.layouts import aisles_of, proposed

LARGE = Plan("", ("A", "B", "C", "D", "E", "F"), 25, 5, 4, capacity=12)
SMALL = Plan("", ("A", "B"), 10, 5, capacity=40)
PUT_AWAY = 0.9
CHUNK = 1_000
SHELVED = 150  # objects: below, a table is enough


def make_warehouse(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Places, boxes, openings of every item, and most objects in their bins."""
    if Place.objects.filter(kind="aisle").exists():
        return Place.objects.count()
    counted = Item.objects.order_by().values("seller_id").annotate(n=Count("pk"))
    largest = max(counted, key=lambda row: (row["n"], -row["seller_id"]), default={"seller_id": 0})["seller_id"]
    open_stock()
    for site in Site.objects.filter(is_main=True).select_related("organisation").order_by("pk"):
        held = Item.objects.filter(site=site)
        if held.count() < SHELVED:
            continue
        _places(site, LARGE if site.organisation_id == largest else SMALL)
        _put_away(rng, site, now)
    return Place.objects.count()


def _places(site: Site, plan: Plan) -> None:
    job = Job.objects.create(kind="warehouse.places", total=plan.total)
    values = {"zone": "", "aisles": list(plan.aisles), "bays": plan.bays, "levels": plan.levels, "bins": plan.bins}
    run_places(job_id=job.pk, site_id=site.pk, plan={**values, "capacity": plan.capacity, "goods": ""}, by_id=None)
    with translation.override("fr"):
        make_boxes(site=site, kind="box", number=12, by=None)
        make_boxes(site=site, kind="trolley", number=2, by=None)
        _draw(site)


def _draw(site: Site) -> None:
    """Its plan as somebody walked it: a passage across the middle, trolleys at the side, the table at the door."""
    plan = proposed(aisles_of(site))
    across = {"floor": 0, "one_way": False, "x1": 0, "x2": max(one["x2"] for one in plan["aisles"])}
    middle = max(one["y2"] for one in plan["aisles"]) // 200 * 100
    plan["aisles"].append({"name": "Passage du milieu", "y1": middle, "y2": middle, **across})
    table = plan["stands"][0] | {"start": False}
    trolleys = {"name": "Chariots", "x": across["x2"], "y": 0, "floor": 0, "start": True, "end": False}
    plan["stands"] = [trolleys, table]
    save_layout(site=site, plan=plan, based_on=0, by=None)


def _put_away(rng: random.Random, site: Site, now: datetime.datetime) -> None:
    """From the first bin on, so that the last aisles are free."""
    room = {place.pk: place.capacity or 0 for place in Place.objects.storage().filter(site=site, capacity__gt=0)}
    bins = list(Place.objects.storage().filter(pk__in=room).order_by("label").values_list("pk", flat=True))
    used = bins[: max(1, len(bins) * 4 // 5)]
    waiting = Holding.objects.filter(place__site=site, place__kind="waiting").order_by("item_id")
    for keys in batched(waiting.values_list("item_id", flat=True), CHUNK):
        moves = []
        for stock in read_stocks(keys):
            target = rng.choice(used)
            if rng.random() < PUT_AWAY and stock.counted <= room[target]:
                room[target] -= stock.counted
                moves += [Move(stock, units, place, target, MoveReason.STORED) for place, _s, _w, units in stock.held]
        with transaction.atomic():
            post(moves, now=now)
