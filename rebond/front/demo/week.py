"""Orders of these days, by the buyers and at the sellers whom anybody may be: to prepare, on their way, just received."""

import datetime
import random
from dataclasses import dataclass

from rebond.catalogue.models import Item
from rebond.front.demo.admissions import Cast
from rebond.front.demo.buying import (
    KNOWN,
    Buyer,
    buy,
    date_left,
    invoice,
    known_buyers,
    member_of,
    on_sale,
    team_of,
    without_tasks,
)
from rebond.front.demo.carriers import SENDING, fates_of
from rebond.front.demo.network import DOMAIN, Network
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.part import deliver_part, ship_part
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import TrialCard
from rebond.shop.models import Order

SHIPPING = 690
CARRIER = "Colis Tranquille (exemple)"
CENTS = (900, 9_000)
GUESTS = (  # who buys what a carrier takes along
    ("Odile Perrin", "31000", "Toulouse"),
    ("Karim Belkacem", "69003", "Lyon"),
    ("Élise Marchand", "35000", "Rennes"),
    ("Thomas Adam", "59000", "Lille"),
    ("Nadia Traoré", "13005", "Marseille"),
    ("Luc Guérin", "67000", "Strasbourg"),
    ("Sophie Ricard", "33000", "Bordeaux"),
)
FEW = 200  # objects on sale: orders take one of each seller, so that there are some left


@dataclass(frozen=True, slots=True)
class Told:
    """One order: place of its buyer, its sellers with how many objects; days ago that it was paid, left, arrived."""

    buyer: int
    sellers: tuple[tuple[str, int], ...]
    paid: float
    left: float = 0
    arrived: float = 0


WEEK = (
    Told(0, (("recyclerie-du-grand-bain", 1),), 9, 7.5, 4),  # Camille may change her mind
    Told(2, (("communaute-de-saint-avit", 2),), 8, 7, 5),
    Told(1, (("les-livres-du-quai", 3),), 3, 1.5),
    Told(0, (("les-ateliers-du-confluent", 1),), 2.4, 1.2),
    Told(0, (("les-ateliers-du-confluent", 1), ("recyclerie-du-grand-bain", 1), ("communaute-de-saint-avit", 1)), 0.7),
    Told(1, (("les-ateliers-du-confluent", 2),), 1.4),
    Told(2, (("les-ateliers-du-confluent", 1), ("repart-electro", 1)), 0.3),
    Told(2, (("les-livres-du-quai", 2),), 0.5),
)


def make_week(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Each by the shop's own actions, with the trial's card; how many orders there are in all."""
    buyers, team = known_buyers(), team_of(network.operator)
    if len(buyers) < len(KNOWN) or "coordinator" not in team or Order.objects.filter(basket__isnull=False).exists():
        return Order.objects.count()
    cast, is_small = Cast(team["coordinator"], [], now), Item.objects.on_sale().count() < FEW
    with without_tasks():
        if not is_small:
            _sell_to_guests(cast, now)
        for told in WEEK:
            since = now - datetime.timedelta(days=told.paid + 1)
            wanted = [(slug, 1 if is_small else n) for slug, n in told.sellers]
            items = [item for slug, n in wanted for item in on_sale(slug, n, cents=CENTS, since=since)]
            if len(set(items)) == len(items) > 0:  # a very small demo may have the same one for two sellers
                _follow(cast, told, buyers[told.buyer], items)
    return Order.objects.count()


def _sell_to_guests(cast: Cast, now: datetime.datetime) -> None:
    """One object for each fate that a carrier prepares, at each seller that makes labels: paid half a day before it."""
    guests = [
        Buyer(None, code, city, guest=name, guest_email=f"invite{n}@{DOMAIN}")
        for n, (name, code, city) in enumerate(GUESTS, start=1)
    ]
    turn = 0
    for slug in SENDING:
        for hours, _word in fates_of(slug):
            paid = hours / 24 + 0.6
            for item in on_sale(slug, 1, cents=CENTS, since=now - datetime.timedelta(days=paid + 1)):
                _follow(cast, Told(0, (), paid), guests[turn % len(guests)], [item])
            turn += 1


def _follow(cast: Cast, told: Told, buyer: Buyer, items: list[Item]) -> None:
    with cast.at(told.paid) as when:
        order = buy(buyer, items, shipping=SHIPPING, now=when)
        charge_card(payment=order.payments.get(), card=TrialCard.ACCEPTED, now=when)
        announce_parcels(order_id=order.pk)
    invoice(order)
    for number, part in enumerate(order.parts.select_related("seller", "order").order_by("pk"), start=1):
        by = member_of(part.seller, "seller") or member_of(part.seller, "manager")
        if told.left:
            with cast.at(told.left) as when:
                tracking = f"CT47{part.pk:06d}{number:02d}"
                date_left(ship_part(part=part, carrier=CARRIER, tracking=tracking, by=by, now=when))
        if told.arrived:
            with cast.at(told.arrived) as when:
                deliver_part(part=part, by=by, now=when)
