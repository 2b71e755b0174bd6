"""Parcels that leave: the list of the desk, what is in them, how near their cut-off is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count as Number
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from rebond.core.codes import parse_code
from rebond.warehouse.enums import DEAD_SHIPMENTS, MISSED, OPEN_PARCELS, ParcelState, PickState, ShipmentState
from rebond.warehouse.models import Parcel, PickLine, Shipment

SOON = timedelta(hours=2)
LIVE_SHIPMENTS = [state for state in ShipmentState.values if state not in DEAD_SHIPMENTS]
OPEN, REFUSED = "open", "refused"


def with_label(**facts: Any) -> Q:
    """Parcels with such a shipment."""
    return Q(Exists(Shipment.objects.filter(parcel=OuterRef("pk"), **facts)))


# A carrier refused it, and no other label is there or awaited.
REFUSED_LABEL = with_label(state=ShipmentState.REFUSED) & ~with_label(state__in=LIVE_SHIPMENTS)


@dataclass(frozen=True, slots=True)
class Content:
    """How many units a parcel holds, and how many of them are still to be picked; what is bought no more apart."""

    units: int
    to_pick: int


def stayed_items(order_code: str, items: Collection[int]) -> set[int]:
    """Of these objects of an order (by their keys), those not found or found broken: no unit of them is in a parcel."""
    return {item for _code, item in stayed_of({order_code})} & set(items)


def stayed_of(order_codes: Collection[str]) -> set[tuple[str, int]]:
    """The same of several orders at once: (the order's code, the object's key)."""
    rows = PickLine.objects.filter(parcel__order_code__in=order_codes).exclude(state=PickState.DROPPED)
    found = list(rows.values_list("parcel__order_code", "item", "state"))
    missed = {(code, item) for code, item, state in found if state in MISSED}
    return missed - {(code, item) for code, item, state in found if state not in MISSED}


def parcels_of(organisation: Any, *, state: str = OPEN, words: str = "") -> "QuerySet[Parcel]":
    """The parcels of the organisation's sites: those that leave first come first, what is over the latest first.

    `state` REFUSED: packed, and a carrier refused its label. `words`: the code of an order, or of an object.
    """
    rows: QuerySet[Parcel] = Parcel.objects.filter(organisation=organisation).select_related("site")
    if state == OPEN:
        rows = rows.filter(state__in=OPEN_PARCELS)
    elif state == REFUSED:
        rows = rows.filter(REFUSED_LABEL, state=ParcelState.PACKED)
    elif state in ParcelState.values:
        rows = rows.filter(state=state)
    if text := words.strip():
        code = parse_code(text)
        inside = Exists(PickLine.objects.filter(parcel=OuterRef("pk"), item_code=code))
        rows = rows.filter(inside if code else Q(order_code=text.lower().partition("-")[0]))
    is_over = state not in {OPEN, *OPEN_PARCELS}
    return rows.order_by("-leave_by", "-pk") if is_over else rows.order_by("leave_by", "pk")


def contents_of(parcels: Sequence[Parcel]) -> dict[int, Content]:
    """{parcel's key: what it holds}: one query."""
    rows: Any = PickLine.objects.filter(parcel__in=parcels).exclude(state=PickState.DROPPED).order_by()
    waits = Q(state=PickState.TO_PICK)
    found = rows.values("parcel_id").annotate(n=Sum("units"), left=Sum("units", filter=waits, default=0))
    made = {row["parcel_id"]: Content(row["n"], row["left"]) for row in found}
    return {parcel.pk: made.get(parcel.pk, Content(0, 0)) for parcel in parcels}


def risk_of(parcel: Parcel, now: datetime | None = None) -> str:
    """`late` where its carrier has left without it, `soon` where it comes within two hours, else ""."""
    now = now or timezone.now()
    if parcel.state not in OPEN_PARCELS:
        return ""
    return "late" if parcel.leave_by <= now else "soon" if parcel.leave_by <= now + SOON else ""


def numbers_of(organisation: Any, now: datetime | None = None) -> dict[str, int]:
    """Of the organisation's open parcels: how many there are, are prepared, leave today, are late: one query."""
    now = now or timezone.now()
    rows = Parcel.objects.filter(organisation=organisation).open()
    today = timezone.localtime(now).replace(hour=23, minute=59, second=59)
    found: dict[str, int] = rows.order_by().aggregate(
        open=Number("pk"),
        picked=Number("pk", filter=Q(state=ParcelState.PICKED)),
        today=Number("pk", filter=Q(leave_by__lte=today)),
        late=Number("pk", filter=Q(leave_by__lte=now)),
    )
    return found


def lines_of(parcel: Parcel) -> list[PickLine]:
    """What is in it, in the order of the shelves."""
    rows = PickLine.objects.filter(parcel=parcel).select_related("item", "place", "owner")
    return list(rows.order_by("place__label", "pk"))
