"""A floor at work in a large catalogue: bins, objects put away, 50 stations with their tablets and people.

python -m tools.bench.prepare shift_data:build | shift_data:plan    (both may be run again)
"""

import time
from hashlib import sha256
from itertools import batched
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Count

from rebond.accounts.models import User
from rebond.catalogue.models import Item
from rebond.core.models import Job
from rebond.core.statistics import renew_statistics
from rebond.network.models import Membership, Site
from rebond.warehouse.actions.check import open_stock
from rebond.warehouse.actions.places import Plan, run_places
from rebond.warehouse.enums import MoveReason
from rebond.warehouse.models import Holding, Movement, Place
from rebond.workshop.actions.worker import issue_badge
from rebond.workshop.data.chain import REVIEW
from rebond.workshop.models import Device, Station, Worker, WorkerSkill
from tools.bench.shift_tasks import work_of

STATIONS = {"shelves": 12, "photo": 10, "sorting": 10, "writing": 12, "review": 3, "packing": 3}  # as many of each
BINS = "ABCDEFGHJKLMNPQRSTUV"  # 20 aisles of 25 bays, 5 levels, 4 bins: 10,000 bins at the largest site
PUT_AWAY = 90  # objects of a hundred that lie in a bin, everywhere
CHUNK = 5_000
SCANS = 400  # objects given to each station at most


def build() -> dict[str, int]:
    """What is missing of it. 1,000,000 items take some minutes, once."""
    open_stock()
    largest = Item.objects.order_by().values("site").annotate(n=Count("pk")).order_by("-n")[0]["site"]
    for site in Site.objects.filter(is_main=True).order_by("pk"):
        wanted = 20 if site.pk == largest else 1
        if not Place.objects.filter(site=site, kind="aisle", label=BINS[wanted - 1]).exists():
            Place.objects.filter(site=site, kind="bin").delete()  # a run was stopped here
            for kind in ("shelf", "bay", "aisle"):
                Place.objects.filter(site=site, kind=kind).delete()
            make_bins(site, wanted)
    if not Movement.objects.filter(reason="stored").exists():
        put_away()
    if not Station.objects.filter(site=largest, name="Mesure 01").exists():
        _make_people(Site.objects.get(pk=largest))
    _give_kinds()
    renew_statistics()
    return {
        "items": Item.objects.count(),
        "items_of_the_floor": Item.objects.filter(site=largest).count(),
        "movements": Movement.objects.count(),
        "holdings": Holding.objects.count(),
        "bins": Place.objects.filter(kind="bin").count(),
    }


def make_bins(site: Any, aisles: int) -> None:
    plan = Plan("", tuple(BINS[:aisles]), 25, 5, 4)
    job = Job.objects.create(kind="warehouse.places", total=plan.total)
    values = {"zone": "", "aisles": list(plan.aisles), "bays": 25, "levels": 5, "bins": 4, "capacity": 12, "goods": ""}
    run_places(job_id=job.pk, site_id=site.pk, plan=values, by_id=None)


def put_away() -> None:
    """Nine objects in ten of each site into its bins, in turn, by the ledger's own rows."""
    bins: dict[int, list[int]] = {}
    for site, pk in Place.objects.filter(kind="bin").order_by("label", "pk").values_list("site_id", "pk"):
        bins.setdefault(site, []).append(pk)
    waiting = Holding.objects.filter(place__kind="waiting").order_by("item_id")
    rows = waiting.values_list("pk", "item_id", "item__code", "item__seller_id", "units", "place_id", "place__site_id")
    for some in batched(list(rows), CHUNK):
        moves, changed = [], []
        for pk, item, code, owner, units, place, site in some:
            if item % 100 >= PUT_AWAY or site not in bins:
                continue
            target = bins[site][item % (len(bins[site]) * 4 // 5)]
            changed.append(Holding(pk=pk, place_id=target))
            moves.append(
                Movement(
                    item_id=item, item_code=code, owner_id=owner, units=units, from_place_id=place,
                    to_place_id=target, reason=MoveReason.STORED,
                )
            )  # fmt: skip
        with transaction.atomic():
            Movement.objects.bulk_create(moves, batch_size=500)
            Holding.objects.bulk_update(changed, ["place_id"], batch_size=300)


def secret(number: int) -> str:
    return f"measure-{number:02}-{'x' * 30}"


def _make_people(site: Any) -> None:
    owner = User.objects.create(name="Mesure Responsable")
    Membership.objects.create(user=owner, organisation=site.organisation, role="manager")
    number = 0
    for kind, many in STATIONS.items():
        for _ in range(many):
            number += 1
            station = Station.objects.create(site=site, kind=kind, name=f"Mesure {number:02}", position=number)
            Device.objects.create(
                organisation=site.organisation, station=station, name=f"Tablette {number:02}", enrolled_by=owner,
                secret_hash=sha256(secret(number).encode()).hexdigest(),
            )  # fmt: skip
            person = User.objects.create(name=f"Mesure {number:02}")
            Worker.objects.create(
                user=person, organisation=site.organisation, first_name=f"Mesure {number:02}", status="cddi"
            )


def _give_kinds() -> None:
    """Each station its kind, and to who reviews what they must know."""
    kinds = [kind for kind, many in STATIONS.items() for _ in range(many)]
    for number, kind in enumerate(kinds, 1):
        Station.objects.filter(name=f"Mesure {number:02}").update(kind=kind)
        if kind == "review":
            worker = Worker.objects.get(first_name=f"Mesure {number:02}")
            WorkerSkill.objects.get_or_create(worker=worker, kind=REVIEW, defaults={"level": "able"})


def plan() -> dict[str, Any]:
    """For each station: its cookies, and what it scans, sorts, writes or reads again."""
    devices = list(Device.objects.filter(name__startswith="Tablette").select_related("station").order_by("name"))
    people = {worker.first_name: worker for worker in Worker.objects.filter(first_name__startswith="Mesure")}
    site = devices[0].station.site_id
    items = list(Item.objects.filter(site=site, state="on_sale").order_by("pk").values_list("code", flat=True))
    places = list(Place.objects.filter(site=site, kind="bin").order_by("label").values_list("code", flat=True))
    last = len(places) * 4 // 5  # the last fifth is free
    now = int(time.time())
    stations = []
    for n, device in enumerate(devices):
        worker = people[f"Mesure {n + 1:02}"]
        session = SessionStore()
        session["kiosk"] = {"worker": worker.pk, "device": device.pk, "since": now, "seen": now}
        session.create()
        kind = device.station.kind
        badge = issue_badge(worker=worker, by=None)[1] if kind == "packing" else ""
        more = work_of(kind, device, n) if kind in {"sorting", "writing", "review"} else {}
        stations.append(
            {
                "kind": kind,
                "session": session.session_key,
                "device": secret(n + 1),
                "items": items[n :: len(devices)][:SCANS],
                "places": places[last + n :: len(devices)],
                "badge": badge,
                **more,
            }
        )
    return {"stations": stations}
