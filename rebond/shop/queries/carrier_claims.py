"""What a seller claims from its carriers: parcels lost, and late ones still on their way, with what was in them."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum
from django.utils import timezone

from rebond.shop.enums import OrderLineState
from rebond.shop.models import OrderLine
from rebond.shop.queries.carried import read_reference
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.models import Shipment

BACK = datetime.timedelta(days=365)  # carriers take no claim of longer ago
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """`goods_cents` is what the buyer paid for the objects of this seller in the parcel, delivery apart."""

    shipment: Shipment
    goods_cents: int


def claims_of(seller: Any, now: datetime.datetime | None = None) -> Iterator[Claim]:
    """The oldest label first; two queries for each 500 parcels."""
    now = now or timezone.now()
    wrong = Q(state=ShipmentState.LOST) | Q(state=ShipmentState.MOVING, late_at__isnull=False)
    rows = Shipment.objects.filter(wrong, organisation=seller, labelled_at__gte=now - BACK).select_related("account")
    last = 0
    while found := list(rows.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        last = found[-1].pk
        values = _values(seller, found)
        for shipment in found:
            yield Claim(shipment, values.get(read_reference(shipment.reference), 0))


def _values(seller: Any, shipments: list[Shipment]) -> dict[tuple[str, int] | None, int]:
    """{(order, parcel): cents}."""
    codes = {shipment.subject for shipment in shipments}
    lines = OrderLine.objects.filter(part__seller=seller, part__order__public_id__in=codes, state=OrderLineState.SOLD)
    sums = lines.order_by().values("part__order__public_id", "parcel").annotate(s=Sum(F("unit_cents") * F("quantity")))
    return {(row["part__order__public_id"], row["parcel"]): row["s"] for row in sums}
