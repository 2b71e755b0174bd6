"""How each parcel of a basket may be received today, at the prices of the seller's agreement. Never express."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.enums import DeliveryMode
from rebond.shop.queries.basket import Parcel
from rebond.shop.queries.item_page import DELIVERY_ICONS, PRICE_KEYS
from rebond.shop.queries.seller_facts import SellerFacts, seller_facts

OFFERED = (DeliveryMode.PICKUP, DeliveryMode.HOME, DeliveryMode.LOCAL)  # a pick-up point needs a carrier's list


@dataclass(frozen=True, slots=True)
class ShownWay:
    """`cents` is of the whole parcel, however many objects are in it."""

    mode: str
    label: str
    icon: str
    detail: str
    cents: int


@dataclass(frozen=True, slots=True)
class ParcelWays:
    parcel: Parcel
    ways: list[ShownWay]

    @property
    def field(self) -> str:
        return f"parcel_{self.parcel.number}"


def parcel_ways(parcels: list[Parcel], today: datetime.date | None = None) -> list[ParcelWays]:
    """For each parcel, what all of its objects allow and its seller has a price for; collecting is free."""
    today = today or timezone.localdate()
    return [ParcelWays(parcel, _ways(parcel, seller_facts(parcel.sellers[0], today))) for parcel in parcels]


def _ways(parcel: Parcel, facts: SellerFacts) -> list[ShownWay]:
    allowed = [set(line.item.delivery_modes or line.item.seller.delivery_modes) for line in parcel.lines]
    common = set.intersection(*allowed)
    found = []
    for mode in OFFERED:
        cents = 0 if mode == DeliveryMode.PICKUP else facts.shipping.get(PRICE_KEYS[mode])
        if mode in common and cents is not None:
            found.append(ShownWay(mode, str(mode.label), DELIVERY_ICONS[mode], _detail(mode, parcel, facts), cents))
    return found


def _detail(mode: str, parcel: Parcel, facts: SellerFacts) -> str:
    site = parcel.lines[0].item.site or next((s for s in facts.sites if s.is_pickup_point), None)
    site = site or (facts.sites[0] if facts.sites else None)
    if mode == DeliveryMode.PICKUP:
        return ", ".join(part for part in (site.address, site.place) if part) if site else ""
    if mode == DeliveryMode.LOCAL:
        return _("By appointment, around %(place)s") % {"place": site.city} if site else ""
    days = max(seller.ships_in_days for seller in parcel.sellers)
    return _("Leaves the workshop within %(days)s days, then %(travel)s") % {
        "days": days,
        "travel": _("2 to 4 days"),
    }
