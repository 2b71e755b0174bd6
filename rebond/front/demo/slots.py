"""Appointments of the demo: sites that receive by half hours, a cargo bike and a van with their days, who comes when."""

import datetime
import random
from collections.abc import Sequence

from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.front.demo.network import Network
from rebond.network.models import Organisation, Site
from rebond.shop.actions.agenda import save_agenda
from rebond.shop.actions.appointment import choose_slot
from rebond.shop.enums import OrderLineState, SellerOrderState
from rebond.shop.errors import ShopError
from rebond.shop.models import Agenda, Appointment, Order, OrderLine, OrderParcel, SellerOrder
from rebond.shop.queries.slots import Offer

RECEIVING = (
    "les-ateliers-du-confluent",
    "recyclerie-du-grand-bain",
    "communaute-de-saint-avit",
    "les-livres-du-quai",
)
ROUNDS = (
    ("les-ateliers-du-confluent", "Vélo-cargo, Marmande et alentour", (1, 3, 5)),
    ("recyclerie-du-grand-bain", "Camionnette du mercredi et du samedi", (2, 5)),
)
STREETS = ("4 rue de l’Écluse", "17 avenue du Stade", "2 impasse des Tilleuls", "31 rue du Lavoir", "8 place du Marché")
OPEN = frozenset({SellerOrderState.TO_PREPARE, SellerOrderState.READY})
MORNING = (datetime.time(9), datetime.time(12))
AFTERNOON = (datetime.time(14), datetime.time(18))
MOST = 6  # of one place


def make_agendas(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Openings of some sellers, then hours of today and tomorrow for what waits there."""
    if Agenda.objects.exists():
        return Appointment.objects.count()
    for seller in Organisation.objects.filter(slug__in=RECEIVING).order_by("slug"):
        site = Site.objects.filter(organisation=seller).order_by("-is_pickup_point", "-is_main", "pk").first()
        if site is not None:
            _receive(rng, site, now)
    for slug, name, days in ROUNDS:
        seller_of = Organisation.objects.filter(slug=slug).first()
        if seller_of is not None:
            _bring(rng, seller_of, name, days, now)
    return Appointment.objects.count()


def _receive(rng: random.Random, site: Site, now: datetime.datetime) -> None:
    """Monday to Saturday, half an hour each, two buyers at once."""
    agenda = save_agenda(
        organisation=site.organisation,
        mode=DeliveryMode.PICKUP,
        site=site,
        fields={"slot_min": 30, "capacity": 2, "lead_days": 1, "ahead_days": 14},
        windows=[*((day, *MORNING) for day in range(6)), *((day, *AFTERNOON) for day in range(5))],
        by=None,
        now=now,
    )
    _come(rng, agenda, _parts(site.organisation, DeliveryMode.PICKUP), now)


def _bring(rng: random.Random, seller: Organisation, name: str, days: Sequence[int], now: datetime.datetime) -> None:
    """The seller's own round; some parcels that were to be sent live there after all."""
    site = Site.objects.filter(organisation=seller).order_by("-is_main", "pk").first()
    if site is None:
        return
    agenda = save_agenda(
        organisation=seller,
        mode=DeliveryMode.LOCAL,
        fields={
            "name": name,
            "zone": [site.postal_code[:2]],
            "slot_min": 0,
            "capacity": 12,
            "lead_days": 1,
            "ahead_days": 21,
        },
        windows=[(day, *AFTERNOON) for day in sorted({*days, *(one.weekday() for one in _days(now))})],
        by=None,
        now=now,
    )
    parts = _parts(seller, DeliveryMode.HOME)
    for part in parts:
        address = {"address": rng.choice(STREETS), "postal_code": site.postal_code, "city": site.city}
        Order.objects.filter(pk=part.order_id).update(**address)
        part.lines.update(delivery_mode=DeliveryMode.LOCAL)
    _come(rng, agenda, parts, now)


def _days(now: datetime.datetime) -> list[datetime.date]:
    """Today and tomorrow."""
    return [timezone.localdate(now), timezone.localdate(now) + datetime.timedelta(days=1)]


def _parts(seller: Organisation, mode: str) -> list[SellerOrder]:
    """Orders that wait there, of this seller alone: one parcel each."""
    lines = OrderLine.objects.filter(state=OrderLineState.SOLD, delivery_mode=mode)
    rows = SellerOrder.objects.filter(seller=seller, state__in=OPEN, lines__in=lines, order__parcels=None)
    return list(rows.select_related("order").distinct().order_by("pk")[:MOST])


def _come(rng: random.Random, agenda: Agenda, parts: Sequence[SellerOrder], now: datetime.datetime) -> None:
    """Half of them today, the others tomorrow, by the openings' own hours."""
    for n, part in enumerate(parts):
        day = _days(now)[n % 2]
        number = part.lines.order_by("parcel").values_list("parcel", flat=True).first() or 1
        parcel, _is_new = OrderParcel.objects.get_or_create(
            order=part.order, number=number, defaults={"mode": agenda.mode}
        )
        hour = AFTERNOON[0] if not agenda.is_collected else datetime.time(rng.choice((9, 10, 11, 14, 15, 16)), 30)
        starts = timezone.make_aware(datetime.datetime.combine(day, hour))
        length = datetime.timedelta(hours=4) if not agenda.is_collected else datetime.timedelta(minutes=30)
        try:
            choose_slot(parcel=parcel, offer=Offer(agenda, starts, starts + length, 1), by=None, now=now)
        except ShopError:
            continue  # this hour is full: that buyer comes without one
