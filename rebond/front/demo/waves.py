"""The demo's orders to prepare: paid parcels asked of their sites, and a wave with rounds to pick at each of them.

What is at work at one of them is played in `floor.py`, before.
"""

import datetime
import random

from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.front.demo.network import Network
from rebond.network.models import Site
from rebond.shop.actions.parcels import announce_forgotten
from rebond.shop.models import SellerOrder
from rebond.warehouse.actions.carton import Kind, add_carton, move_cartons
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.enums import CartonReason, ParcelState
from rebond.warehouse.models import Carton, Packing, Parcel, Shipment, Wave
from rebond.workshop.models import Station

PAST_DAYS, PACKED_MOST = 27, 24
SLOTS = 4  # small carts: several rounds to try
EFFORT = 4_000  # moves of a plan: a few parcels need no more
CARTONS = (  # name, inside measures in millimetres, salvaged, what an empty one weighs, what one costs, how many
    ("Pochette livre", (270, 190, 50), False, 30, 35, 140),
    ("Boîte à chaussures", (330, 200, 120), True, 120, 0, 26),
    ("S", (250, 200, 150), False, 110, 48, 60),
    ("M", (400, 300, 250), False, 260, 79, 45),
    ("M, déjà servi", (400, 300, 250), True, 260, 0, 18),
    ("Caisse à vin", (500, 330, 180), True, 420, 0, 4),
    ("L", (600, 400, 400), False, 620, 145, 20),
)


def keep_cartons(site: Site) -> None:
    """What its parcels are packed in; one kind runs out."""
    for name, sides, is_salvaged, tare_g, cost_cents, number in CARTONS:
        kind = Kind(name, *sides, is_salvaged=is_salvaged, tare_g=tare_g, cost_cents=cost_cents, least=10)
        add_carton(site=site, kind=kind, number=number, by=None)


def remember(site: Site, now: datetime.datetime) -> None:
    """What left the site in the last four weeks, for its figures: the orders are there, the packing is invented."""
    since = now - datetime.timedelta(days=PAST_DAYS)
    parts = SellerOrder.objects.filter(seller=site.organisation, shipped_at__gte=since, shipped_at__lt=now)
    cartons = list(Carton.objects.filter(site=site, left__gte=PACKED_MOST).order_by("pk"))
    for n, part in enumerate(parts.select_related("order").order_by("shipped_at", "pk")[:PACKED_MOST]):
        gone, code = part.shipped_at or now, part.order.public_id
        late, day = datetime.timedelta(days=1 if n % 9 == 4 else 0), timezone.localdate(gone)
        parcel, is_new = Parcel.objects.get_or_create(
            site=site,
            order_code=code,
            number=1,
            defaults={
                "organisation": site.organisation,
                "mode": DeliveryMode.HOME,
                "state": ParcelState.LEFT,
                "leave_by": gone - late,
                "created_at": part.created_at,
                "ended_on": day,
            },
        )
        if cartons and (is_new or not parcel.packings.exists()):
            carton = cartons[n % len(cartons)]
            Packing.objects.create(parcel=parcel, carton=carton, packed_on=day)
            move_cartons(carton=carton, number=-1, reason=CartonReason.USED, day=day)
            Shipment.objects.filter(subject=code, parcel=None).update(parcel=parcel)


def make_waves(_rng: random.Random, _network: Network, now: datetime.datetime) -> int:
    """At each site with shelves where some parcels wait; the parcels there are."""
    announce_forgotten(now=now)
    stations = Station.objects.filter(kind="shelves", closed_at=None).exclude(site__in=Wave.objects.values("site"))
    for station in stations.select_related("site").order_by("pk"):
        waiting = Parcel.objects.filter(site=station.site, state=ParcelState.ASKED, wave=None).order_by("-leave_by")
        last = waiting.first()
        if last is not None:
            keep_cartons(station.site)
            wave = make_wave(site=station.site, leave_by=last.leave_by, slots=SLOTS, weight_g=25_000, by=None)
            plan_wave(wave_id=wave.pk, effort=EFFORT)
            remember(station.site, now)
    return Parcel.objects.count()
