"""How each parcel of a basket may be received today, at the prices of who carries it. Never express."""

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.enums import DeliveryMode
from rebond.core.weights import format_grams
from rebond.network.models import Site
from rebond.network.queries.carriage import NO_TARIFF, Load, Tariff, stack, tariffs_for
from rebond.network.queries.pickup_points import NearPoint, carriers_with_points, near_points
from rebond.shop.data.travel import TRAVEL
from rebond.shop.models import Agenda
from rebond.shop.queries.basket import Parcel
from rebond.shop.queries.item_page import DELIVERY_ICONS, departure_words, load_of
from rebond.shop.queries.opening import Departure, closures_of, departure
from rebond.shop.queries.seller_facts import SellerFacts, seller_facts
from rebond.shop.queries.slots import (
    Agendas,
    SlotDay,
    agendas_for,
    by_day,
    collection_site,
    offers_of,
    ready_days,
    serving,
)

CORSICA = frozenset({"2A", "2B"})  # its postal codes begin with 20
OFFERED = (DeliveryMode.PICKUP, DeliveryMode.RELAY, DeliveryMode.HOME, DeliveryMode.LOCAL)


@dataclass(frozen=True, slots=True)
class ShownWay:
    """`cents` is of the whole parcel, however many objects are in it; `gain_cents` what one by one would add."""

    mode: str
    label: str
    icon: str
    detail: str
    cents: int
    gain_cents: int = 0
    carrier: str = ""
    slot_field: str = ""  # where a day and an hour are chosen for it
    days: Sequence[SlotDay] = ()


@dataclass(slots=True)
class ParcelWays:
    """`refused` says of each way that this parcel cannot take why not."""

    parcel: Parcel
    ways: list[ShownWay]
    refused: dict[str, str] = field(default_factory=dict)
    points: list[NearPoint] = field(default_factory=list)  # near the postal code, once it is known

    def standard_cents(self, mode: str) -> int:
        """What the standard way of delivery costs, where `mode` is chosen: the lowest price of those offered (L221-24).

        Collecting is no delivery.
        """
        return min(way.cents for way in self.ways if way.mode == mode or way.mode != DeliveryMode.PICKUP)

    @property
    def field(self) -> str:
        return f"parcel_{self.parcel.number}"

    @property
    def point_field(self) -> str:
        return f"point_{self.parcel.number}"

    @property
    def gift_field(self) -> str:
        return f"gift_{self.parcel.number}"


def parcel_ways(
    parcels: list[Parcel], today: datetime.date | None = None, *, postal_code: str = ""
) -> list[ParcelWays]:
    """For each parcel, what all of its objects allow and who carries it has a price for; collecting is free.

    `postal_code`, once it is known, leaves the carriers that go there.
    """
    today = today or timezone.localdate()
    facts = [seller_facts(parcel.carrier, today) for parcel in parcels]
    relays = relay_carriers(row.tariff for row in facts)
    leaves = _departures(parcels, facts, today)
    found = [
        _ways(parcel, known, postal_code, relays, leaving)
        for parcel, known, leaving in zip(parcels, facts, leaves, strict=True)
    ]
    _add_slots(found, facts, postal_code)
    return found


def _departures(parcels: list[Parcel], facts: list[SellerFacts], today: datetime.date) -> list[Departure]:
    """When each parcel leaves. One query where a seller does not carry its own, else none."""
    carried = {parcel.carrier.pk: known.closures for parcel, known in zip(parcels, facts, strict=True)}
    others = {seller.pk for parcel in parcels for seller in parcel.sellers} - carried.keys()
    closures = carried | closures_of(others, today)
    return [departure(parcel.carrier, parcel.sellers, closures, today) for parcel in parcels]


def _add_slots(found: list[ParcelWays], facts: list[SellerFacts], postal_code: str) -> None:
    """The days of what is collected or brought by the seller, where its place has an agenda.

    A way of which every slot is taken is refused. What a seller brings goes to its zones, or those of its price tables;
    without any, no further than its own département.
    """
    modes = {way.mode for row in found for way in row.ways}
    if not modes & {DeliveryMode.PICKUP, DeliveryMode.LOCAL}:
        return
    now = timezone.now()
    today = timezone.localdate(now)
    sites = [_site(row.parcel, known) for row, known in zip(found, facts, strict=True)]
    carriers = {row.parcel.carrier.pk for row in found}
    agendas = agendas_for([site.pk for site in sites if site], carriers, today)
    for row, known, site in zip(found, facts, sites, strict=True):
        here = agendas.of_site(site.pk if site else None)
        _offer(row, DeliveryMode.PICKUP, here, agendas, ready_days(here, known.closures, today), now)
        zones = agendas.of_seller(row.parcel.carrier.pk)
        near = serving(zones, postal_code) if postal_code else []
        ready = ready_days(near, known.closures, today)
        if postal_code and not zones and not _goes_to(postal_code, known.tariff, site):
            _refuse(row, DeliveryMode.LOCAL, _no_slot(DeliveryMode.LOCAL, postal_code, is_served=False))
        _offer(row, DeliveryMode.LOCAL, near, agendas, ready, now, code=postal_code, is_zoned=bool(zones))


def _goes_to(postal_code: str, tariff: Tariff, site: Site | None) -> bool:
    """Whether a seller without an agenda of deliveries brings something there."""
    if tariff.names(DeliveryMode.LOCAL, postal_code):
        return True
    if site is None:
        return False
    return postal_code.startswith("20" if site.department in CORSICA else site.department)


def _refuse(row: ParcelWays, mode: DeliveryMode, why: str) -> None:
    left = [way for way in row.ways if way.mode != mode]
    if len(left) < len(row.ways):
        row.ways, row.refused[mode] = left, why


def _offer(
    row: ParcelWays,
    mode: DeliveryMode,
    near: list[Agenda],
    agendas: Agendas,
    ready: Mapping[int, datetime.date],
    now: datetime.datetime,
    *,
    code: str = "",
    is_zoned: bool = False,
) -> None:
    """Give a way its days, or refuse it. Where its place has no agenda it stays as it is."""
    way = next((way for way in row.ways if way.mode == mode), None)
    if way is None or not (near or is_zoned):
        return
    place = row.ways.index(way)
    days = tuple(by_day(offers_of(near, agendas, ready, now)))
    if days or (is_zoned and not code):  # a zone's days are known once the postal code is typed
        row.ways[place] = replace(way, slot_field=f"slot_{row.parcel.number}_{mode}", days=days)
        return
    _refuse(row, mode, _no_slot(mode, code, is_served=bool(near)))


def _no_slot(mode: DeliveryMode, postal_code: str, *, is_served: bool) -> str:
    says = {"way": mode.label, "code": postal_code}
    if not is_served:
        return _("%(way)s: not to %(code)s.") % says
    return _("%(way)s: every appointment of the coming days is taken.") % says


def relay_carriers(tariffs: Iterable[Tariff]) -> set[str]:
    """Of the carriers of pick-up points, those whose points are known: the others cannot be chosen. One query."""
    return carriers_with_points(table.carrier for tariff in tariffs for table in tariff.of(DeliveryMode.RELAY))


def allowed_modes(parcel: Parcel) -> set[str]:
    """What every object of the parcel allows: delivery only where the seller delivers."""
    return set.intersection(
        *(set(line.item.delivery_modes or line.item.seller.delivery_modes) for line in parcel.lines)
    )


def loads_of(parcel: Parcel) -> list[Load]:
    """One for each unit of each object."""
    return [load_of(line.item) for line in parcel.lines for _unit in range(line.line.quantity)]


def gain(price: Callable[[Load], tuple[int, str] | None], loads: list[Load], cents: int) -> int:
    """How much more the objects would cost each in a parcel of its own; 0 where one alone is not carried."""
    if len(loads) < 2:
        return 0
    priced = [found[0] for load in loads if (found := price(load)) is not None]
    return max(0, sum(priced) - cents) if len(priced) == len(loads) else 0


def _ways(parcel: Parcel, facts: SellerFacts, postal_code: str, relays: set[str], leaves: Departure) -> ParcelWays:
    found = ParcelWays(parcel, [])
    loads, modes = loads_of(parcel), allowed_modes(parcel)
    whole = stack(loads)
    for mode in OFFERED:
        among = relays if mode == DeliveryMode.RELAY else None
        if mode not in modes or among == set():
            continue
        best = (0, "") if mode == DeliveryMode.PICKUP else facts.tariff.best(mode, whole, postal_code, among)
        if best is None:
            found.refused[mode] = _why_not(facts.tariff, mode, whole, postal_code)
            continue
        if mode == DeliveryMode.RELAY and postal_code:
            found.points = near_points(best[1], postal_code)
            if not found.points:
                found.refused[mode] = _("%(way)s: none within 50 km of %(code)s.") % {
                    "way": mode.label,
                    "code": postal_code,
                }
                continue
        more = (
            gain(partial(facts.tariff.best, mode, postal_code=postal_code, among=among), loads, best[0])
            if best[0]
            else 0
        )
        detail = _detail(mode, parcel, facts, best[1], leaves)
        found.ways.append(ShownWay(mode, str(mode.label), DELIVERY_ICONS[mode], detail, best[0], more, best[1]))
    return found


def _why_not(tariff: Tariff, mode: DeliveryMode, whole: Load, postal_code: str) -> str:
    """The first reason that holds: no price, not there, too heavy, too large."""
    says = {"way": mode.label, "code": postal_code, "weight": "", "limit": ""}
    limit = tariff.limit_g(mode)
    if postal_code and tariff.best(mode, whole) is not None:
        return _("%(way)s: not to %(code)s.") % says
    if limit is None:
        return _("%(way)s: this seller has no price for it yet.") % says
    if whole.weight_g > limit:
        says |= {"weight": format_grams(whole.weight_g), "limit": format_grams(limit)}
        return _("%(way)s: too heavy (%(weight)s, %(limit)s at most).") % says
    return _("%(way)s: too large for the carrier.") % says


def _site(parcel: Parcel, facts: SellerFacts) -> Site | None:
    return collection_site(parcel.lines[0].item.site, facts.sites)


def _detail(mode: str, parcel: Parcel, facts: SellerFacts, carrier: str, leaves: Departure) -> str:
    site = _site(parcel, facts)
    if mode == DeliveryMode.PICKUP:
        return ", ".join(part for part in (site.address, site.place) if part) if site else ""
    if mode == DeliveryMode.LOCAL:
        around = _("By appointment, around %(place)s") % {"place": site.city} if site else ""
        return " · ".join(part for part in (carrier, around) if part)
    return " · ".join(part for part in (carrier, departure_words(leaves, TRAVEL[mode][1])) if part)


@dataclass(frozen=True, slots=True)
class ParcelPrice:
    """What the basket tells of a parcel's delivery: the lowest price, and what one parcel saves."""

    cents: int
    gain_cents: int
    is_collected: bool  # collecting is possible, free


def parcel_prices(parcels: list[Parcel], today: datetime.date | None = None) -> dict[int, ParcelPrice]:
    """By the parcel's number, those that somebody carries, in three queries however many sellers."""
    today = today or timezone.localdate()
    tariffs = tariffs_for([parcel.carrier.pk for parcel in parcels], today) if parcels else {}
    relays = relay_carriers(tariffs.values())
    found: dict[int, ParcelPrice] = {}
    for parcel in parcels:
        tariff, loads, modes = tariffs.get(parcel.carrier.pk, NO_TARIFF), loads_of(parcel), allowed_modes(parcel)
        whole = stack(loads)
        carried = [mode for mode in OFFERED if mode in modes and mode != DeliveryMode.PICKUP]
        among = {DeliveryMode.RELAY: relays}
        priced = [(tariff.best(mode, whole, among=among.get(mode)), mode) for mode in carried]
        bests = [(best[0], mode) for best, mode in priced if best is not None]
        if bests:
            cents, mode = min(bests)
            more = gain(partial(tariff.best, mode, among=among.get(mode)), loads, cents)
            found[parcel.number] = ParcelPrice(cents, more, DeliveryMode.PICKUP in modes)
    return found
