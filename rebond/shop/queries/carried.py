"""A part's parcels given to carriers: what each is called there, what its label would say, where it is."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from rebond.catalogue.enums import DeliveryMode
from rebond.network.models import Organisation, Site
from rebond.shop.enums import OrderLineState, SellerOrderState
from rebond.shop.models import Order, OrderLine, OrderParcel, SellerOrder
from rebond.warehouse.carriers.contract import Address, Wanted
from rebond.warehouse.enums import DEAD_SHIPMENTS, OPEN_PARCELS, OVER_SHIPMENTS, ShipmentState
from rebond.warehouse.models import CarrierAccount, Parcel, Shipment, TrackingEvent
from rebond.warehouse.queries.shipments import accounts_for

LABELLED_IN = frozenset({SellerOrderState.TO_PREPARE, SellerOrderState.READY})
STILL_HERE = DEAD_SHIPMENTS | {ShipmentState.QUEUED, ShipmentState.READY}
NOT_HANDED_OVER = frozenset(
    {ShipmentState.AT_POINT, ShipmentState.RETURNING, ShipmentState.RETURNED, ShipmentState.LOST}
)
PACKED_G = 150  # of the carton and its filling, where nobody weighed the parcel


def reference_of(order_code: str, number: int) -> str:
    """What a parcel of an order is called in the warehouse: `read_reference` reads it."""
    return f"{order_code}-{number}"


def read_reference(reference: str) -> tuple[str, int] | None:
    """The order's code and the parcel's number; None for a reference of somebody else."""
    code, _dash, number = reference.rpartition("-")
    return (code, int(number)) if code and number.isdecimal() else None


def is_carried(part: SellerOrder) -> bool:
    """Whether it left by a carrier's word, which tells of one parcel, and not by the seller's, which tells of all."""
    numbers = set(part.lines.filter(state=OrderLineState.SOLD).values_list("parcel", flat=True))
    names = [reference_of(part.order.public_id, number) for number in numbers]
    return bool(Shipment.objects.filter(reference__in=names).exclude(state__in=STILL_HERE).exists())


def came_back(lines: Iterable[OrderLine]) -> dict[int, Shipment]:
    """{line: shipment} of the lines of one order whose carrier brought their parcel back, where it has not left again.

    Their part and order are read. One query.
    """
    rows = list(lines)
    names = {line.pk: reference_of(line.part.order.public_id, line.parcel) for line in rows}
    found = Shipment.objects.filter(reference__in=set(names.values()), state=ShipmentState.RETURNED)
    here = {row.reference: row for row in found}
    return {line.pk: here[names[line.pk]] for line in rows if names[line.pk] in here}


def kept_lines(part: Any) -> Any:
    """What is bought of a part (by its key, or an outer query's) and was not refunded whole."""
    sold = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD)
    return sold.filter(refunded_cents__lt=F("unit_cents") * F("quantity") - F("discount_cents"))


def not_handed_over(order_code: Any, part: Any, *, also_refunded: bool = False) -> Any:
    """The parcels of a part (by its key) that its buyer does not have, as their carriers say, or that are late.

    What was refunded whole waits for nobody: it counts `also_refunded` only, for a part of which all was. Both may be
    of an outer query: `part` of the one outside of that.
    """
    named = Concat(OuterRef("subject"), Value("-"), Cast("parcel", CharField()), output_field=CharField())
    sold = OrderLine.objects.filter(part=part, state=OrderLineState.SOLD)
    kept = (sold if also_refunded else kept_lines(part)).alias(named=named)
    is_late = Q(late_at__isnull=False) & ~Q(state=ShipmentState.DELIVERED)
    rows = Shipment.objects.alive().filter(Q(state__in=NOT_HANDED_OVER) | is_late, subject=order_code)
    return rows.filter(Exists(kept.filter(named=OuterRef("reference"))))


def may_label(part: SellerOrder, number: int) -> bool:
    """Whether this parcel of the part may still be given to a carrier: the part waits, or others of it left alone."""
    if part.state in LABELLED_IN:
        return True
    if part.state != SellerOrderState.SHIPPED or not is_carried(part):
        return False
    at_sites = Parcel.objects.filter(order_code=part.order.public_id, number=number).values_list("state", flat=True)
    return not at_sites or bool(OPEN_PARCELS & set(at_sites))


@dataclass(slots=True)
class Carried:
    """One parcel of a part. `shipment` is the one that is alive, `refused` the last that the carrier did not want."""

    number: int
    mode: str
    grams: int
    lines: list[OrderLine] = field(default_factory=list)
    parcel: OrderParcel | None = None
    shipment: Shipment | None = None
    refused: Shipment | None = None
    accounts: list[CarrierAccount] = field(default_factory=list)
    form: Any = None

    @property
    def carrier(self) -> Organisation:
        """Who carries it, with its own accounts: whose site it leaves, else its seller (decision 56)."""
        line = self.lines[0]
        return line.carried_by or line.part.seller

    @property
    def point(self) -> str:
        return str(self.parcel.point.get("code", "")) if self.parcel is not None else ""


def parcels_of(part: SellerOrder) -> list[Carried]:
    """The parcels that its bought objects are in, by number: four queries and one more for each way of delivery."""
    found: dict[int, Carried] = {}
    lines = part.lines.filter(state=OrderLineState.SOLD).select_related("item", "carried_by").order_by("parcel", "pk")
    for line in lines:
        line.part = part
        one = found.setdefault(line.parcel, Carried(line.parcel, line.delivery_mode or DeliveryMode.PICKUP, PACKED_G))
        one.lines.append(line)
        one.grams += (line.item.weight_g or 0) * line.quantity
    for row in OrderParcel.objects.filter(order_id=part.order_id, number__in=found):
        found[row.number].parcel = row
    names = {reference_of(part.order.public_id, number): one for number, one in found.items()}
    for shipment in Shipment.objects.filter(reference__in=names).select_related("account", "pdf").order_by("pk"):
        one = names[shipment.reference]
        if shipment.state == "refused":
            one.refused = shipment
        elif shipment.state not in OVER_SHIPMENTS:
            one.shipment = shipment
    unlabelled = [one for one in found.values() if one.shipment is None and may_label(part, one.number)]
    ways = {(who, mode): accounts_for(who, mode) for who, mode in {(one.carrier, one.mode) for one in unlabelled}}
    for one in unlabelled:
        one.accounts = ways[one.carrier, one.mode]
    return [found[number] for number in sorted(found)]


def sender_of(carrier: Organisation) -> Address:
    """Its main place, as carriers write it."""
    site = Site.objects.filter(organisation=carrier).order_by("-is_main", "pk").first()
    where = (site.address, site.postal_code, site.city) if site is not None else ("", "", "")
    return Address(carrier.name, *where, phone=carrier.phone, email=carrier.email)


def receiver_of(order: Order) -> Address:
    """Whom its parcels are for, as the buyer wrote it."""
    return Address(order.name, order.address, order.postal_code, order.city, phone=order.phone)


def named_first(one: Carried) -> list[CarrierAccount]:
    """The accounts that carry it: the one that the buyer's choice names, then those that answer first."""
    said = one.parcel.carrier if one.parcel is not None else ""
    return sorted(one.accounts, key=lambda row: not said or str(row) != said)


def account_for(one: Carried) -> CarrierAccount | None:
    """Which of them a parcel leaves with where nobody is there to choose: None where people have to.

    The one that the buyer's choice names, else a carrier's; a way by hand (our round, a letter, a cooperative) only
    where it is the only one.
    """
    rows, said = named_first(one), one.parcel.carrier if one.parcel is not None else ""
    if not rows or (said and str(rows[0]) == said):
        return rows[0] if rows else None
    carriers = [row for row in rows if not row.kind.is_by_hand]
    return carriers[0] if carriers else rows[0] if len(rows) == 1 else None


def wanted_of(part: SellerOrder, one: Carried, receiver: Address, grams: int) -> Wanted:
    """What the carrier is asked for."""
    return Wanted(
        reference=reference_of(part.order.public_id, one.number),
        mode=one.mode,
        grams=grams,
        sender=sender_of(one.carrier),
        receiver=receiver,
        point=one.point,
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """A parcel on its buyer's page: what happened, the latest first."""

    number: int
    shipment: Shipment
    events: list[TrackingEvent]


def followed_of(order: Order, numbers: Iterable[int]) -> list[Followed]:
    """Those that have a label, in two queries; none where nothing was given to a carrier."""
    names = {reference_of(order.public_id, number): number for number in numbers}
    rows = Shipment.objects.alive().filter(reference__in=names).exclude(state="queued")
    found = {row.pk: row for row in rows.select_related("account").order_by("pk")}
    events: dict[int, list[TrackingEvent]] = {}
    for event in TrackingEvent.objects.filter(shipment__in=found).order_by("-at", "-pk") if found else ():
        events.setdefault(event.shipment_id, []).append(event)
    return [Followed(names[row.reference], row, events.get(row.pk, [])) for row in found.values()]


def told_of(order: Order, number: int) -> str:
    """What a carrier told of a parcel, in one line of a person's own file."""
    found = followed_of(order, [number])
    return " · ".join(
        f"{event.at:%Y-%m-%d %H:%M} {event.get_step_display()} {event.words} {event.place}".strip()
        for one in found
        for event in reversed(one.events)
    )
