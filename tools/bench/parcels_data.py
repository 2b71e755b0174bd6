"""A floor before a day of parcels: sites with bins, objects put away, orders paid, and people at work there.

In a data folder of its own, by the shop's, the ledger's and the warehouse's own actions; what a run left is kept.
"""

import random
import sys
from typing import Any

from django.db.models import Count, F
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.accounts.models import User
from rebond.catalogue.demo.bulk import load_bulk_items
from rebond.catalogue.models import Item
from rebond.core.statistics import renew_statistics
from rebond.front.demo.buying import Buyer, buy
from rebond.network.models import Organisation, Site
from rebond.shop.actions.parcels import announce_parcels
from rebond.shop.actions.trial import charge_card
from rebond.shop.enums import OrderState, TrialCard
from rebond.shop.models import Order
from rebond.warehouse.actions.carton import Kind, add_carton
from rebond.warehouse.actions.check import open_stock
from rebond.warehouse.models import CarrierAccount, Carton, Movement, Place
from rebond.workshop.models import Worker
from tools.bench import orders_data, shift_data

SIZES = (1, 1, 1, 1, 2, 2, 3)  # objects in an order
SHIPPING = 690
TOWNS = (("31000", "Toulouse"), ("69003", "Lyon"), ("35000", "Rennes"), ("59000", "Lille"), ("33000", "Bordeaux"))
KEY = '{"key": "mesure", "webhook": "mesure"}'
AISLES = 8  # of a site: 25 bays of 5 levels of 4 bins


def build(orders: int, sites: int, people: int) -> list[int]:
    """What is missing of it; the keys of the sites."""
    if not Order.objects.exists():
        missing = orders * 2 - Item.objects.count()
        if missing > 0:
            load_bulk_items(missing)
    orders_data.build()
    chosen = _sites(sites)
    if not Movement.objects.exists():
        _bring_together(chosen)
        open_stock()
        for site in chosen:
            shift_data.make_bins(site, AISLES)
        shift_data.put_away()
    for place, site in enumerate(chosen):
        CarrierAccount.objects.get_or_create(
            organisation=site.organisation, carrier="test", defaults={"credentials": KEY}
        )
        if not Carton.objects.filter(site=site).exists():
            for name, sides in (("S", (250, 200, 150)), ("M", (400, 300, 250)), ("L", (700, 500, 500))):
                add_carton(site=site, kind=Kind(name, *sides, cost_cents=50), number=orders * 2, by=None)
        for number in range(place, people, sites):
            user, _ = User.objects.get_or_create(name=f"Main {number:02}")
            Worker.objects.get_or_create(
                user=user, organisation=site.organisation, defaults={"first_name": user.name, "status": "cddi"}
            )
    _sell(chosen, orders)
    renew_statistics()
    return [site.pk for site in chosen]


def _sites(number: int) -> list[Site]:
    rows = Site.objects.filter(is_main=True, organisation__in=Organisation.objects.selling())
    found = list(rows.select_related("organisation").order_by("pk")[:number])
    Site.objects.filter(pk__in=[site.pk for site in found], address="").update(address="1 rue de la Mesure")
    return found


def _bring_together(sites: list[Site]) -> None:
    """The catalogue is spread over many sellers: here all of it lies at the sites of the measure, and is theirs."""
    for n, site in enumerate(sites):
        Organisation.objects.filter(pk=site.organisation_id).update(delivery_modes=["home"])
        rows = Item.objects.annotate(turn=F("pk") % len(sites)).filter(turn=n)
        rows.update(site=site, seller=site.organisation, delivery_modes=["home"])


def _sell(sites: list[Site], orders: int) -> None:
    """As many orders of guests at each site, paid by the trial's card, whose parcels are asked of it."""
    paid = Order.objects.filter(state=OrderState.PAID)
    for place, site in enumerate(sites):
        wanted = orders // len(sites) - paid.filter(parts__seller=site.organisation).count()
        draw = random.Random(place)
        rows = Item.objects.on_sale().filter(site=site, price_cents__gt=0, reserved=0, quantity=1, weight_g__lt=8_000)
        items = list(rows.select_related("seller", "category").order_by("pk")[: max(0, wanted) * 3])
        for n in range(wanted):
            some = [items.pop() for _ in range(draw.choice(SIZES))]
            postal_code, city = TOWNS[n % len(TOWNS)]
            email = f"mesure-{place}-{some[0].pk}@example.org"
            buyer = Buyer(None, postal_code, city, guest="Camille Mesure", guest_email=email)
            now = timezone.now()
            order = buy(buyer, some, shipping=SHIPPING, now=now)
            charge_card(payment=order.payments.get(), card=TrialCard.ACCEPTED, now=now)
            announce_parcels(order_id=order.pk)
            if n % 500 == 499:
                print(f"site {place + 1}/{len(sites)}: {n + 1} orders", file=sys.stderr, flush=True)
    DBTaskResult.objects.filter(status="READY").delete()  # mails and invoices of the sales are no part of the day


def found() -> dict[str, Any]:
    """What there is to do: objects, orders, parcels to leave by site."""
    rows = Order.objects.filter(state=OrderState.PAID)
    return {
        "items": Item.objects.count(),
        "orders": rows.count(),
        "people": Worker.objects.count(),
        "bins": Place.objects.filter(kind="bin").count(),
        "by_site": list(
            rows.order_by().values_list("parts__seller").annotate(n=Count("pk")).values_list("n", flat=True)
        ),
    }
