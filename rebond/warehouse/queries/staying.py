"""Labelled parcels that must not be given to their carrier, and why: known here, or told by the rooms above.

A condition of the database, so that lists, counts and the scan at the cage say the same.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from rebond.warehouse.enums import ParcelState, ShipmentState
from rebond.warehouse.models import Packing, Shipment

OPENED = "opened"


@dataclass(frozen=True, slots=True)
class Stay:
    """`condition` is of a Shipment; `words` say why it stays and what to do with it."""

    code: str
    words: Any
    condition: Q


_packings = Packing.objects.filter(parcel=OuterRef("parcel"))
_STAYS: dict[str, Stay] = {
    one.code: one
    for one in (
        Stay(
            "cancelled",
            _("Nothing in it is bought any more: take the label off and put the objects back."),
            Q(parcel__state=ParcelState.CANCELLED),
        ),
        Stay(
            OPENED,
            _("It was opened again: bring it to the packing table."),
            Q(Exists(_packings.exclude(undone_on=None)))
            & ~Exists(_packings.filter(undone_on=None))
            & Q(parcel__state__in=[ParcelState.ASKED, ParcelState.PICKED]),
        ),
    )
}


def add_stay(stay: Stay) -> None:
    """Called when a room is ready; said before what the warehouse knows itself."""
    if stay.code not in _STAYS:
        _STAYS.update({stay.code: stay} | {code: _STAYS.pop(code) for code in list(_STAYS)})


def _code() -> Case:
    whens = [When(one.condition, then=Value(one.code)) for one in _STAYS.values()]
    return Case(*whens, default=Value(""), output_field=CharField())


def with_stays(rows: "QuerySet[Shipment]") -> Any:
    """Each with `stays`, the code of why it stays, "" where it may leave."""
    return rows.annotate(stays=_code())


def leaving(rows: "QuerySet[Shipment]") -> "QuerySet[Shipment]":
    """Those that may leave."""
    found: QuerySet[Shipment] = with_stays(rows).filter(stays="")
    return found


def staying(rows: "QuerySet[Shipment]") -> "QuerySet[Shipment]":
    """Those that do not leave, each with `stays`."""
    found: QuerySet[Shipment] = with_stays(rows).exclude(stays="")
    return found


def words_of(code: str) -> str:
    """Why, in words; "" for a parcel that may leave."""
    return str(_STAYS[code].words) if code in _STAYS else ""


def why_stays(shipment: Shipment) -> str:
    """Why a parcel that has its label does not leave, in words; "" where it may, or where it is elsewhere already."""
    rows = Shipment.objects.filter(pk=shipment.pk, state=ShipmentState.READY)
    return words_of(with_stays(rows).values_list("stays", flat=True).first() or "")


def labels_to_take_off(organisation: Any) -> "QuerySet[Shipment]":
    """The organisation's labels of parcels that stay, without those that are only packed anew."""
    rows = Shipment.objects.filter(organisation=organisation, state=ShipmentState.READY)
    found: QuerySet[Shipment] = with_stays(rows).exclude(stays__in=["", OPENED])
    return found
