"""Packed parcels and the labels of their carriers, as the table and the desk see them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from rebond.catalogue.enums import DeliveryMode
from rebond.warehouse.enums import ParcelState, ShipmentState
from rebond.warehouse.models import Packing, Parcel, Shipment
from rebond.warehouse.queries.parcels import REFUSED_LABEL, risk_of, with_label

SHOWN = 12
READY, WAITING, REFUSED, COLLECTED, BY_HAND = "ready", "waiting", "refused", "collected", "by_hand"


@dataclass(frozen=True, slots=True)
class PackedLabel:
    """How the label of a parcel is: ready to print, awaited, refused by its carrier; else nobody asks one here.

    `is_urgent`: it is awaited and the parcel leaves within two hours, or should have.
    """

    how: str
    shipment: Shipment | None = None
    is_urgent: bool = False


def label_of(parcel: Parcel, now: datetime | None = None) -> PackedLabel:
    """One query."""
    rows = Shipment.objects.filter(parcel=parcel).exclude(state__in=[ShipmentState.CANCELLED, ShipmentState.AGAIN])
    found: Shipment | None = rows.select_related("account", "organisation", "pdf").order_by("-pk").first()
    if found is None:
        return PackedLabel(COLLECTED if parcel.mode == DeliveryMode.PICKUP else BY_HAND)
    if found.state == ShipmentState.QUEUED:
        return PackedLabel(WAITING, found, bool(risk_of(parcel, now)))
    if found.state == ShipmentState.REFUSED:
        return PackedLabel(REFUSED, found)
    return PackedLabel(READY if found.pdf is not None else BY_HAND, found)


@dataclass(frozen=True, slots=True)
class AtTable:
    """Packed parcels of a site that went on without their label: `came` have it now, the first to leave first.

    `waiting` and `refused` are numbers.
    """

    came: list[Parcel]
    waiting: int
    refused: int


def labels_at(site: Any) -> AtTable:
    """What the table still has to stick on, in two queries; a dozen is shown."""
    packings = Packing.objects.filter(parcel=OuterRef("pk"), undone_on=None, labelled_on=None)
    packed = Parcel.objects.filter(Exists(packings), site=site, state=ParcelState.PACKED)
    came = packed.filter(with_label(state=ShipmentState.READY, pdf__isnull=False)).order_by("leave_by", "pk")
    waits = with_label(state=ShipmentState.QUEUED)
    rows = packed.filter(waits | REFUSED_LABEL).annotate(waits=waits)
    states = list(rows.order_by().values_list("waits", flat=True))
    return AtTable(list(came[:SHOWN]), sum(states), len(states) - sum(states))


def number_refused(organisation: Any) -> int:
    """How many packed parcels of the organisation's sites a carrier refused, without another label: one query."""
    number: int = Parcel.objects.filter(REFUSED_LABEL, organisation=organisation, state=ParcelState.PACKED).count()
    return number
