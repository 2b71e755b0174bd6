"""A simulated day of parcels: every paid parcel leaves once, none twice, none is forgotten: `make parcels ORDERS=5000`.

People are processes that take rounds, scan objects, pack and label; one clerk a site makes waves, scans into the cage
and hands over; one process asks the carriers, another runs the tasks, as the worker of a site does. At random a process
is killed (SIGKILL, in the middle of whatever it does) and another takes its place; the carrier answers nothing during a
third of the time; one object in a hundred is not found. What concerns the carrier goes by a clock that runs sixty times
faster, so that waits and days pass. At the end the checks of stock and books are asked, and each parcel is looked at.
SQLite; DATABASE_URL names another database.
"""

import json
import logging
import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import OperationalError, close_old_connections
from django.db.models import Count
from django.utils import timezone

from rebond.core.worker import Worker as TaskWorker
from rebond.journal.models import Entry
from rebond.ledger.actions.check import check_ledger
from rebond.network.models import Site
from rebond.shop.enums import OrderLineState, PartRequestState, SellerOrderState
from rebond.shop.models import OrderLine, PartRequest, Refund, SellerOrder
from rebond.warehouse.actions.check import check_stock
from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.label import label_packed
from rebond.warehouse.actions.manifest import close_manifest, open_manifest, scan_parcel
from rebond.warehouse.actions.packing import begin_packing, choose, pack_parcel, scan_in
from rebond.warehouse.actions.pick import miss_line, pick_line
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.enums import OPEN_PARCELS, ParcelState, PickState, ShipmentState, WaveState
from rebond.warehouse.errors import NothingToPick, WarehouseError
from rebond.warehouse.models import CarrierAccount, Manifest, Packing, Parcel, PickLine, Shipment, Wave
from rebond.warehouse.queries.packing import inside, propose
from rebond.workshop.actions.step import Hands
from rebond.workshop.actions.task import take_task
from rebond.workshop.errors import WorkshopError
from rebond.workshop.models import Task, Worker
from tools.bench import parcels_data

PACE = 60  # seconds of the carrier's clock in one of ours
MISSING_IN, CAGE, SLOTS, ASKED = 100, 40, 12, 20
KILL_EACH = (8.0, 20.0)  # seconds between two kills, more where a process needs longer to start: `_pause`
OUTAGE, CYCLE = 10, 30  # seconds of each half minute without the carrier
REFUSED = (WarehouseError, WorkshopError, OperationalError)  # somebody was quicker, or the database is busy: go on
AT_END = frozenset({ShipmentState.MOVING, ShipmentState.AT_POINT, ShipmentState.DELIVERED})


def operation(*names: object) -> uuid.UUID:
    """The same act has the same name for whoever does it after a kill."""
    return uuid.uuid5(uuid.NAMESPACE_URL, " ".join(["parcels", *(str(name) for name in names)]))


# --- people


def _clock(begun: str) -> datetime:
    """What everybody who asks the carrier takes for the hour: the breaker's pauses are compared with it."""
    began = datetime.fromisoformat(begun)
    return began + PACE * (timezone.now() - began)


def hands(number: str, begun: str) -> None:
    """One person: rounds first, then parcels to pack, until there is nothing left."""
    worker = Worker.objects.select_related("user", "organisation").get(user__name=f"Main {int(number):02}")
    draw, idle = random.Random(f"{number} {time.time()}"), 0
    while idle < 60:
        close_old_connections()
        try:
            busy = _round(worker) or _pack(worker, draw, begun)
        except REFUSED:
            busy = True
        idle = 0 if busy else idle + 1
        time.sleep(0 if busy else 0.5)


def _round(worker: Worker) -> bool:
    """Take a round (one's own first) and walk it to its end; False where there is none."""
    rows = Task.objects.open().filter(kind="warehouse.pick", site__organisation=worker.organisation)
    task = rows.filter(worker=worker).first() or rows.filter(worker=None).order_by("pk").first()
    if task is None:
        return False
    task = take_task(task=task, worker=worker)
    lines = PickLine.objects.filter(parcel__round__public_id=task.subject_id, state=PickState.TO_PICK)
    for line in lines.select_related("item", "parcel").order_by("turn", "pk"):
        mine = Hands(worker=worker, operation_id=operation("pick", line.pk))
        if line.pk % MISSING_IN == 0:
            miss_line(line=line, task=task, reason=PickState.MISSING, hands=mine)
        else:
            slot = line.slot or line.parcel.slot or 0
            pick_line(line=line, task=task, code=line.item_code, slot=slot, hands=mine)
    return True


def _pack(worker: Worker, draw: random.Random, begun: str) -> bool:
    """Pack one of the parcels that wait, and print its label; False where none does."""
    rows = Parcel.objects.filter(site__organisation=worker.organisation, state=ParcelState.PICKED)
    waiting = list(rows.order_by("leave_by", "pk")[:20])
    if not waiting:
        return False
    parcel = draw.choice(waiting)
    task = begin_packing(parcel=parcel, hands=Hands(worker=worker))
    things = inside(parcel, task)
    for one in things:
        for unit in range(one.seen, one.line.units):
            mine = Hands(worker=worker, operation_id=operation("scan", one.line.pk, unit))
            scan_in(task=task, parcel=parcel, item_code=one.line.item_code, hands=mine)
    choose(task=task, parcel=parcel, carton=propose(parcel, things).carton, hands=Hands(worker=worker))
    task.refresh_from_db()
    mine = Hands(worker=worker, operation_id=operation("pack", parcel.pk))
    pack_parcel(task=task, parcel=parcel, grams=None, hands=mine)
    label_packed(parcel=parcel, by=worker.user, now=_clock(begun))
    return True


# --- the clerk, and what runs by itself


def clerk(site: str) -> None:
    """Waves and the cage: over and over, until everything has left."""
    place = Site.objects.select_related("organisation").get(pk=int(site))
    account = CarrierAccount.objects.get(organisation=place.organisation)
    while Parcel.objects.filter(site=place, state__in=OPEN_PARCELS).exists():
        _each(partial(_wave, place), partial(_cage, place, account))


def carrier(begun: str) -> None:
    """Labels that wait, parcels to follow; few at once, for another kill may be near."""
    while True:
        _each(lambda: ask_carriers(now=_clock(begun), at_once=ASKED))


def tasks() -> None:
    while True:
        _each(_tasks)


def _each(*acts: Callable[[], object]) -> None:
    close_old_connections()
    for act in acts:
        with suppress(*REFUSED, NothingToPick):
            act()
    time.sleep(0.5)


def _wave(place: Site) -> None:
    for wave in Wave.objects.filter(site=place, state=WaveState.PLANNING):
        plan_wave(wave_id=wave.pk)
    make_wave(site=place, leave_by=timezone.now() + timedelta(days=30), slots=SLOTS, weight_g=None, by=None)


def _cage(place: Site, account: CarrierAccount) -> None:
    """What has its label goes into the cage; it is handed over when there is enough, or nothing else to come."""
    rows = Shipment.objects.filter(account=account, state=ShipmentState.READY)
    manifest = Manifest.objects.filter(account=account, site=place, closed_at=None).first()
    for number in rows.filter(manifest=None).order_by("pk").values_list("number", flat=True)[:CAGE]:
        manifest = manifest or open_manifest(account=account, site=place, by=None)
        scan_parcel(manifest=manifest, text=number, by=None)
    if manifest is None:
        return
    left = Parcel.objects.filter(site=place, state__in=[ParcelState.ASKED, ParcelState.PICKED]).exists()
    if rows.filter(manifest=manifest).count() >= (CAGE if left else 1):
        close_manifest(manifest=manifest, by=None)


def _tasks() -> None:
    logging.getLogger("django.tasks").setLevel(logging.WARNING)  # two lines for each of some ten thousand tasks
    TaskWorker(queues=["*"], batch=True).run()


# --- the day


class Crew:
    """The processes of the day; each is known by what it does."""

    def __init__(self, plan: dict[str, list[str]]) -> None:
        self.plan, self.kills = plan, 0
        self.alive = {name: self.start(name) for name in plan}

    def start(self, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tools.bench.prepare", *self.plan[name]]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)

    def kill_one(self, draw: random.Random) -> None:
        """In the middle of whatever it does; somebody else takes its place."""
        name = draw.choice(sorted(self.alive))
        if self.alive[name].poll() is None:
            self.alive[name].send_signal(signal.SIGKILL)
            self.alive[name].wait()
            self.kills += 1
        self.alive[name] = self.start(name)

    def revive(self) -> None:
        for name, process in self.alive.items():
            if process.poll() is not None:
                self.alive[name] = self.start(name)

    def end(self) -> None:
        for process in self.alive.values():
            process.kill()
            process.wait()


def _pause(draw: random.Random) -> float:
    """Seconds until the next kill: on a busy machine as much longer as everything takes there."""
    return draw.uniform(*KILL_EACH) * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))


def _live(crew: Crew, most: float) -> float:
    """Seconds until no parcel is open, or `most`; kills and outages on the way."""
    draw, start = random.Random(11), time.perf_counter()
    next_kill, is_down = start + 5, False
    while (spent := time.perf_counter() - start) < most:
        close_old_connections()
        left = Parcel.objects.filter(state__in=OPEN_PARCELS).count()
        if not left:
            break
        down = spent % CYCLE < OUTAGE
        if down != is_down:
            key = parcels_data.KEY.replace('"mesure", "webhook"', '"panne", "webhook"') if down else parcels_data.KEY
            with suppress(OperationalError):  # the database is busy: at the next look
                for account in CarrierAccount.objects.all():
                    account.credentials = key
                    account.save(update_fields=["credentials"])
                is_down = down
        if time.perf_counter() > next_kill:
            crew.kill_one(draw)
            next_kill = time.perf_counter() + _pause(draw)
            print(f"{spent:.0f} s: {left} parcels open, {crew.kills} kills", file=sys.stderr, flush=True)
        crew.revive()
        time.sleep(0.5)
    return time.perf_counter() - start


def prove() -> dict[str, Any]:
    """Each parcel and each order of the day, then the checks; `wrong` is empty where all of it holds."""
    parcels = dict(Parcel.objects.order_by().values_list("state").annotate(n=Count("pk")))
    alive = Shipment.objects.alive()
    twice = alive.order_by().values("reference").annotate(n=Count("pk")).filter(n__gt=1).count()
    left = Parcel.objects.filter(state=ParcelState.LEFT)
    gone = left.filter(shipments__state__in=AT_END).distinct()
    listed = gone.filter(shipments__state__in=AT_END, shipments__manifest__closed_at__isnull=False).count()
    packed_twice = Packing.objects.filter(undone_on=None).order_by().values("parcel").annotate(n=Count("pk"))
    missing = Entry.objects.filter(action="warehouse.pick.missing").count()
    cancelled = OrderLine.objects.filter(state=OrderLineState.CANCELLED).count()
    parts = dict(SellerOrder.objects.order_by().values_list("state").annotate(n=Count("pk")))
    stock, books = check_stock(), check_ledger()
    open_ones = sum(parcels.get(state, 0) for state in OPEN_PARCELS)
    asked = PartRequest.objects.filter(state=PartRequestState.ASKED)  # dear objects: two people give the money back
    waiting = SellerOrder.objects.filter(state=SellerOrderState.TO_PREPARE).exclude(pk__in=asked.values("part"))
    claims = {
        "forgotten": open_ones + waiting.count(),
        "labelled twice": twice,
        "packed twice": packed_twice.filter(n__gt=1).count(),
        "left without a carrier": left.count() - gone.count(),
        "missing, neither refunded nor asked": missing - cancelled - asked.count(),
        "stock": 0 if stock.is_right else 1,
        "books": 0 if books.is_right else 1,
    }
    return {
        "parcels": parcels,
        "orders": parts,
        "missing": missing,
        "refunds": Refund.objects.count(),
        "refunds that wait for a second person": asked.count(),
        "the carrier said so before the list was closed": gone.count() - listed,
        "manifests": Manifest.objects.exclude(closed_at=None).count(),
        "check_stock": {name: value for name, value in asdict(stock).items() if isinstance(value, int)},
        "check_ledger": books.is_right,
        "wrong": {name: n for name, n in claims.items() if n},
    }


def run(orders: str = "5000", sites: str = "1", people: str = "4", most: str = "36000") -> dict[str, Any]:
    """Build, live and prove it; the process ends with 1 where something is wrong."""
    call_command("prepare", stdout=sys.stderr)
    keys = parcels_data.build(int(orders), int(sites), int(people))
    told, begun = parcels_data.found(), timezone.now().isoformat()
    plan = {f"clerk {key}": ["parcels_day:clerk", str(key)] for key in keys}
    plan |= {f"hands {n}": ["parcels_day:hands", str(n), begun] for n in range(int(people))}
    plan |= {"carrier": ["parcels_day:carrier", begun], "tasks": ["parcels_day:tasks"]}
    crew = Crew(plan)
    try:
        seconds = _live(crew, float(most))
    finally:
        crew.end()
    _tasks()
    done = told | {"seconds": round(seconds), "kills": crew.kills} | prove()
    Path(settings.VAR_DIR / "parcels.json").write_text(json.dumps(done, indent=1, default=str))
    if done["wrong"]:
        print(json.dumps(done, indent=1, default=str))
        sys.exit(1)
    return done
