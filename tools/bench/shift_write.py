"""A platform at work: RATE objects a second go from nothing to on sale and put away, and into the index.

python -m tools.bench.prepare shift_write:run SECONDS RATE    (says "ready", waits for a line, prints how many)
"""

import sys
import time
import uuid
from typing import Any

from rebond.catalogue.actions.index import apply_index_changes
from rebond.catalogue.actions.item import begin_item, change_item, publish_item
from rebond.catalogue.models import Category
from rebond.catalogue.queries import categories
from rebond.warehouse.actions.store import move_item
from rebond.warehouse.models import Place
from rebond.workshop.models import Device


def write(item_seller: Any, site: Any, category: Any, place: Any, by: Any) -> None:
    """The acts of one object: received, described, priced, published, put away, found by the search."""
    item = begin_item(seller=item_seller, category=category, site=site, by=by, weight_g=420)
    changes = {"title": f"Lampe de bureau {item.code}", "condition": "good", "price_cents": 1_200}
    item = change_item(item=item, changes=changes, by=by)
    publish_item(item=item, by=by)
    move_item(item=item, place=place, by=by, operation_id=uuid.uuid4())
    apply_index_changes()


def _asks(leaf: Category) -> bool:
    """Whether something must be said of its objects before they go on sale."""
    return any(one.is_required for one in categories.attributes_of(categories.get(leaf.pk)))


def run(seconds_text: str, rate_text: str) -> int:
    """How many were written."""
    seconds, rate = float(seconds_text), float(rate_text)
    device = Device.objects.select_related("station__site", "enrolled_by", "organisation").get(name="Tablette 01")
    site = device.station.site
    leaf = next(leaf for leaf in Category.objects.filter(children=None).order_by("pk") if not _asks(leaf))
    places = list(Place.objects.filter(site=site, kind="bin").order_by("-label")[:500])
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    start, done = time.perf_counter(), 0
    while (due := done / rate) < seconds:
        time.sleep(max(0.0, start + due - time.perf_counter()))
        write(device.organisation, site, leaf, places[int(time.time()) % len(places)], device.enrolled_by)
        done += 1
    return done
