"""A storing agreement of the demo: a seller's objects kept at another one's warehouse, and a parcel of both."""

import datetime
import random
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils import timezone

from rebond.catalogue.actions.hosting import offer_hosting
from rebond.catalogue.actions.item import change_item
from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Hosting, Item
from rebond.front.demo.buying import ADDRESS, Buyer, known_buyers, member_of, operation, without_tasks
from rebond.front.demo.network import Network
from rebond.network.models import Organisation, Site
from rebond.network.queries.carriage import stack, tariffs_for
from rebond.shop.actions.basket import take_item
from rebond.shop.actions.order import Agreed, Way, place_order
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.payment import Told, receive_event
from rebond.shop.queries.item_page import load_of

HOST, GUEST, ASKED = "les-ateliers-du-confluent", "les-livres-du-quai", "recyclerie-du-grand-bain"
WORDS = "Gratuit jusqu’à 200 objets. Les apports se font le mardi matin, quai du fond. Assuré par le Confluent."
KEPT = 4
SINCE = datetime.timedelta(days=60)
SOON = datetime.timedelta(days=7)  # an offer is of days to come, whatever day the demo tells of
CENTS = (500, 6_000)


def make_hosting(_rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """One in force with a few objects there, one offer that waits, one order that leaves in one parcel of both."""
    if Hosting.objects.exists():
        return Hosting.objects.count()
    host, asked = (network.organisations.get(slug) for slug in (HOST, ASKED))
    guest = _guest(host)
    site = Site.objects.filter(organisation=host, is_main=True).first() if host is not None else None
    if host is None or guest is None or site is None:
        return 0
    Hosting.objects.create(
        site=site,
        seller=guest,
        starts_on=(now - SINCE).date(),
        words=WORDS,
        offered_at=now - SINCE,
        accepted_at=now - SINCE,
    )
    with without_tasks():
        if asked is not None:
            first_day = timezone.localdate() + SOON
            offer_hosting(site=site, seller=asked, starts_on=first_day, by=member_of(host, "manager"), words=WORDS)
        kept = list(_free(now).filter(seller=guest)[:KEPT])
        for item in kept:
            change_item(item=item, changes={"site": site}, by=member_of(guest, "manager"))
        own = [item for item in _free(now).filter(seller=host, site=site)[:40] if _goes_home(item)]
        away = [item for item in kept if _goes_home(item)]
        if away:  # a small demo may have nothing of the host's own to put beside it
            _bought([*own[:1], away[0]], host, known_buyers(), now)
    return Hosting.objects.count()


def _free(now: datetime.datetime) -> "QuerySet[Item]":
    """Single objects that anybody may buy, in the order of their keys."""
    rows = Item.objects.on_sale().filter(price_cents__range=CENTS, quantity=1, reserved=0, published_at__lt=now)
    found: QuerySet[Item] = rows.select_related("seller").order_by("pk")
    return found


def _goes_home(item: Item) -> bool:
    return DeliveryMode.HOME in (item.delivery_modes or item.seller.delivery_modes)


def _guest(host: Organisation | None) -> Organisation | None:
    """The seller that is kept: the booksellers, where they sell something in this demo, else who does."""
    now = timezone.now()
    rows = _free(now).exclude(seller=host).exclude(seller__slug=ASKED)
    item = rows.filter(seller__slug=GUEST).first() or rows.first()
    return item.seller if item is not None else None


def _bought(items: Sequence[Item], host: Organisation, buyers: Sequence[Buyer], now: datetime.datetime) -> None:
    """One parcel at the prices of who keeps, paid, asked of its site."""
    tariff = tariffs_for([host.pk], now.date()).get(host.pk)
    best = tariff.best(DeliveryMode.HOME, stack(load_of(item) for item in items)) if tariff is not None else None
    if best is None or not buyers:
        return
    buyer, (cents, carrier) = buyers[0], best
    for item in items:
        take_item(keeper=buyer.keeper, item=item, now=now)
    agreed = Agreed(
        {item.pk: Way(1, DeliveryMode.HOME, cents, carrier, by=host) for item in items},
        sum(item.price_cents or 0 for item in items) + cents,
        {**ADDRESS, "name": buyer.name, "postal_code": buyer.postal_code, "city": buyer.city},
    )
    name = operation("shared parcel", *(item.code for item in items))
    keeper, email = buyer.keeper, buyer.email
    payment = place_order(keeper=keeper, email=email, operation=name, provider="test", agreed=agreed, now=now)
    told = Told("test", f"demo {payment.public_id}", "paid", payment.public_id, payment.amount_cents)
    receive_event(told=told, now=now)
    announce_parcels(order_id=payment.order_id)
