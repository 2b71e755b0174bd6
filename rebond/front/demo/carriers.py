"""Carriers of the demo: trial accounts of some sellers, parcels in every state, one list being scanned."""

import datetime
import json
import random
from dataclasses import replace

from rebond.front.demo.buying import date_left
from rebond.front.demo.network import Network
from rebond.network.models import Organisation, Site
from rebond.shop.actions.carried import label_parcel
from rebond.shop.enums import SellerOrderState
from rebond.shop.errors import ShopError
from rebond.shop.models import SellerOrder
from rebond.shop.queries.carried import parcels_of
from rebond.warehouse.actions.due import ask_carriers
from rebond.warehouse.actions.manifest import open_manifest, scan_parcel
from rebond.warehouse.carriers.contract import Address, CarrierError
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import CarrierAccount, Shipment

SENDING = ("les-ateliers-du-confluent", "recyclerie-du-grand-bain", "les-livres-du-quai")
# Hours since the label, and a word of the street that chooses the parcel's fate (docs/carriers.md).
FATES = (
    (1, ""), (42, "refus"), (41, "refus"), (2, ""), (30, ""), (50, ""), (40, "refus"), (80, ""), (60, "refus"),
    (8 * 24, "retard"), (11 * 24, "perdue"),
)  # fmt: skip
LATE = (
    (100, ""),
    (124, ""),
    (150, ""),
    (10 * 24, "retard"),
    (13 * 24, "retard"),
)  # the first seller's, all there by now
LEFT = 3  # orders that stay to prepare at each seller


def fates_of(slug: str) -> tuple[tuple[int, str], ...]:
    """Of the parcels that a seller's carrier takes along."""
    return FATES + LATE if slug == SENDING[0] else FATES


def make_carriers(rng: random.Random, network: Network, now: datetime.datetime) -> int:
    """Labels made in the past, then what the carrier tells of them until now."""
    if CarrierAccount.objects.exists():
        return Shipment.objects.count()
    for seller in Organisation.objects.filter(slug__in=SENDING).order_by("slug"):
        secrets = json.dumps({"key": "demo", "webhook": "demo"})
        account = CarrierAccount.objects.create(organisation=seller, carrier="test", credentials=secrets)
        for carrier in ("own", "letter"):
            CarrierAccount.objects.create(organisation=seller, carrier=carrier)
        _send(seller, account, now)
    for _again in range(3):  # a night of silence between two questions
        ask_carriers(now=now)
        Shipment.objects.filter(next_at__gt=now).update(next_at=now)
    sent = SellerOrder.objects.filter(seller__slug__in=SENDING, shipped_at__isnull=False)
    for part in sent.filter(order__basket__isnull=False).select_related("order"):
        date_left(part)
    for account in CarrierAccount.objects.filter(carrier="test").select_related("organisation").order_by("pk"):
        _hand_over(account, now)
    return Shipment.objects.count()


def _send(seller: Organisation, account: CarrierAccount, now: datetime.datetime) -> None:
    parts = SellerOrder.objects.filter(seller=seller, state=SellerOrderState.TO_PREPARE)
    rows = list(parts.select_related("order", "seller").order_by("pk"))
    found = sorted(rows, key=lambda part: part.order.user_id is not None or part.order.basket_id is None)
    for part, (hours, word) in zip(found[: -LEFT or None], fates_of(seller.slug), strict=False):
        at = max(now - datetime.timedelta(hours=hours), part.order.paid_at or now)
        for parcel in parcels_of(part):
            if parcel.mode not in account.kind.modes:
                continue
            order = part.order
            to = Address(order.name or order.public_id, order.address, order.postal_code, order.city, order.phone)
            try:
                label_parcel(
                    part=part,
                    parcel=parcel,
                    account=account,
                    receiver=replace(to, address=f"{to.address} {word}".strip()),
                    grams=max(parcel.grams, 200),
                    by=None,
                    now=at,
                )
            except (CarrierError, ShopError, WarehouseError):
                continue


def _hand_over(account: CarrierAccount, now: datetime.datetime) -> None:
    """The first label of the day is in the cage already, the others are still to scan."""
    site = Site.objects.filter(organisation=account.organisation).order_by("-is_main", "pk").first()
    ready = Shipment.objects.filter(account=account, state=ShipmentState.READY).order_by("pk").first()
    if site is not None and ready is not None:
        manifest = open_manifest(account=account, site=site, by=None, now=now)
        scan_parcel(manifest=manifest, text=ready.number, by=None, now=now)
