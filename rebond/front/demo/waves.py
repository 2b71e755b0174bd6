"""The demo's orders to prepare: paid parcels asked of their sites, and a wave with rounds to pick at each of them."""

import datetime
import random

from rebond.front.demo.network import Network
from rebond.shop.actions.parcels import announce_forgotten
from rebond.warehouse.actions.planning import plan_wave
from rebond.warehouse.actions.wave import make_wave
from rebond.warehouse.enums import ParcelState
from rebond.warehouse.models import Parcel, Wave
from rebond.workshop.models import Station

SLOTS = 4  # small carts: several rounds to try


def make_waves(_rng: random.Random, _network: Network, now: datetime.datetime) -> int:
    """At each site with shelves where some parcels wait; the parcels there are."""
    announce_forgotten(now=now)
    if Wave.objects.exists():
        return Parcel.objects.count()
    for station in Station.objects.filter(kind="shelves", closed_at=None).select_related("site").order_by("pk"):
        waiting = Parcel.objects.filter(site=station.site, state=ParcelState.ASKED, wave=None).order_by("-leave_by")
        last = waiting.first()
        if last is not None:
            wave = make_wave(site=station.site, leave_by=last.leave_by, slots=SLOTS, weight_g=25_000, by=None)
            plan_wave(wave_id=wave.pk)
    return Parcel.objects.count()
