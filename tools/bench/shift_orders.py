"""Pickers and packing tables at work in the large catalogue of `shift_data`: paid orders, rounds, parcels, a carrier.

python -m tools.bench.prepare shift_orders:plan PICKERS ACTS PARCELS    (fresh work at each run)

By the shop's and the warehouse's own actions. Only the largest site sells: its objects lie in bins. Where it has too
few of them, fewer people have work: the report says how many.
"""

import random
import sys
import time
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.accounts.models import User
from rebond.catalogue.models import Item
from rebond.front.demo.buying import Buyer, buy
from rebond.network.models import Organisation, Site
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import TrialCard
from rebond.warehouse.actions.carton import Kind, add_carton
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.data import PICK
from rebond.warehouse.enums import ParcelState, PickState
from rebond.warehouse.models import CarrierAccount, Carton, Parcel, PickLine, Wave
from rebond.workshop.actions.task import take_task
from rebond.workshop.models import Device, Station, Task, Worker
from tools.bench import orders_data, parcels_data
from tools.bench.shift_data import secret

PICKERS, TABLES = 50, 4
FIRST = 200  # numbers of these stations, people and tablets: those of `shift_data` come before
SLOTS = 8  # of a cart
OBJECTS = 1.5  # of an order in the mean (`parcels_data.SIZES`: 11 in 7)


def build() -> Site:
    """What is missing: the site's ways of sending, a carrier, cartons, people with their tablets. Its site."""
    site = Station.objects.select_related("site__organisation").get(name="Mesure 01").site
    if not CarrierAccount.objects.filter(organisation=site.organisation, carrier="test").exists():
        orders_data.build()
        Site.objects.filter(pk=site.pk, address="").update(address="1 rue de la Mesure")
        Organisation.objects.filter(pk=site.organisation_id).update(delivery_modes=["home"])
        CarrierAccount.objects.create(organisation=site.organisation, carrier="test", credentials=parcels_data.KEY)
    if not Carton.objects.filter(site=site).exists():
        for name, sides in (("S", (250, 200, 150)), ("M", (400, 300, 250)), ("L", (700, 500, 500))):
            add_carton(site=site, kind=Kind(name, *sides, cost_cents=50), number=10_000, by=None)
    for n in range(PICKERS + TABLES):
        if not Station.objects.filter(name=_name(n)).exists():
            _make_person(site, n)
    return site


def _name(n: int) -> str:
    return f"Vague {n:02}"


def _make_person(site: Any, n: int) -> None:
    kind = "shelves" if n < PICKERS else "packing"
    station = Station.objects.create(site=site, kind=kind, name=_name(n), position=FIRST + n)
    owner = User.objects.get(name="Mesure Responsable")
    Device.objects.create(
        organisation=site.organisation, station=station, name=_name(n), enrolled_by=owner,
        secret_hash=sha256(secret(FIRST + n).encode()).hexdigest(),
    )  # fmt: skip
    user = User.objects.create(name=_name(n))
    Worker.objects.create(user=user, organisation=site.organisation, first_name=_name(n), status="cddi")


def plan(pickers_text: str, acts_text: str, parcels_text: str) -> dict[str, Any]:
    """For each picker rounds with as many scans as `acts`, for each table as many parcels; their cookies."""
    site, start = build(), time.perf_counter()
    pickers, acts, parcels = int(pickers_text), int(acts_text), int(parcels_text)
    alone = _sell(site, TABLES * parcels)
    picked = _sell(site, int(pickers * acts / 2 / OBJECTS) + pickers)
    spent = time.perf_counter() - start
    sys.stderr.write(f"{len(alone) + len(picked)} orders in {spent:.0f} s\n")
    devices = {one.name: one for one in Device.objects.filter(name__startswith="Vague")}
    people = {one.first_name: one for one in Worker.objects.filter(first_name__startswith="Vague")}
    rounds = _rounds(site, picked)
    stations = []
    for n in range(PICKERS + TABLES):
        station = _cookies(people[_name(n)], devices[_name(n)], secret(FIRST + n))
        if n < PICKERS:
            mine = _taken(rounds, people[_name(n)], acts) if n < pickers else []
            station |= {"kind": "picking", "rounds": mine}
        else:
            parcels_here = [_inside(parcel) for parcel in alone[n - PICKERS :: TABLES]]
            station |= {"kind": "table", "parcels": parcels_here, "carton": _carton(site)}
        if station.get("rounds") or station.get("parcels"):
            stations.append(station)
    return {"stations": stations}


def _cookies(worker: Worker, device: Device, secret_text: str) -> dict[str, Any]:
    now, session = int(time.time()), SessionStore()
    session["kiosk"] = {"worker": worker.pk, "device": device.pk, "since": now, "seen": now}
    session.create()
    return {"session": session.session_key, "device": secret_text}


def _sell(site: Any, number: int) -> list[Parcel]:
    """As many orders of guests, paid, of one to three objects that lie in bins; their parcels, in no wave."""
    draw = random.Random(number)
    rows = Item.objects.on_sale().filter(site=site, price_cents__gt=0, reserved=0, quantity=1, weight_g__lt=8_000)
    rows = rows.filter(holdings__place__kind="bin").select_related("seller", "category").order_by("-pk")
    items = list(rows[: number * 3])
    Item.objects.filter(pk__in=[item.pk for item in items]).update(delivery_modes=["home"])
    for item in items:
        item.delivery_modes = ["home"]
    draw.shuffle(items)
    before, made = set(DBTaskResult.objects.values_list("pk", flat=True)), []
    for n in range(number):
        if len(items) < max(parcels_data.SIZES):
            break
        some = [items.pop() for _ in range(draw.choice(parcels_data.SIZES))]
        postal_code, city = parcels_data.TOWNS[n % len(parcels_data.TOWNS)]
        email = f"mesure-{some[0].pk}@example.org"
        buyer, now = Buyer(None, postal_code, city, guest="Camille Mesure", guest_email=email), timezone.now()
        order = buy(buyer, some, shipping=parcels_data.SHIPPING, now=now)
        charge_card(payment=order.payments.get(), card=TrialCard.ACCEPTED, now=now)
        made += announce_parcels(order_id=order.pk)
    DBTaskResult.objects.exclude(pk__in=before).delete()  # mails and invoices of the sales are no part of the shift
    return made


def _rounds(site: Any, parcels: list[Parcel]) -> list[Task]:
    """Tasks of the rounds in which these parcels are picked, nobody's yet."""
    others = Parcel.objects.filter(site=site, state=ParcelState.ASKED, wave=None).exclude(
        pk__in=[parcel.pk for parcel in parcels]
    )
    far = timezone.now() + timedelta(days=60)  # what the tables pack is in no wave
    others.update(leave_by=far)
    waves: list[Wave] = []
    while Parcel.objects.filter(pk__in=[parcel.pk for parcel in parcels], wave=None).exists():
        wave = make_wave(site=site, leave_by=far - timedelta(days=1), slots=SLOTS, weight_g=None, by=None)
        plan_wave(wave_id=wave.pk)
        waves.append(wave)
    codes = [one.public_id for wave in waves for one in wave.rounds.all()]
    return list(Task.objects.open().filter(kind=PICK, subject_id__in=codes).order_by("pk"))


def _taken(rounds: list[Task], worker: Worker, acts: int) -> list[dict[str, Any]]:
    """Rounds of this person, until there is enough to scan; none are left for the last ones where orders are few."""
    mine: list[dict[str, Any]] = []
    while rounds and sum(len(one["lines"]) * 2 for one in mine) < acts:
        task = take_task(task=rounds.pop(), worker=worker)
        lines = PickLine.objects.filter(parcel__round__public_id=task.subject_id, state=PickState.TO_PICK)
        found = lines.select_related("parcel").order_by("turn", "pk")
        mine.append({"task": task.public_id, "lines": [(line.item_code, line.cart_slot) for line in found]})
    return mine


def _inside(parcel: Parcel) -> dict[str, Any]:
    rows = PickLine.objects.filter(parcel=parcel).order_by("pk")
    return {"parcel": parcel.public_id, "codes": list(rows.values_list("item_code", flat=True))}


def _carton(site: Any) -> str:
    return str(Carton.objects.filter(site=site, name="L").values_list("public_id", flat=True)[0])
