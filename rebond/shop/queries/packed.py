"""A parcel of the warehouse, seen from its order."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from rebond.shop.enums import OrderLineState
from rebond.shop.models import OrderLine, SellerOrder
from rebond.warehouse.enums import ParcelState, PickState
from rebond.warehouse.models import Parcel, PickLine
from rebond.warehouse.queries.parcels import stayed_items


def parts_in(order_code: str, number: int) -> list[SellerOrder]:
    """Whose objects are in this parcel of the order: several sellers may share one.

    Not a seller whose objects were all not found, or broken: what stayed has not left.
    """
    lines = OrderLine.objects.filter(part__order__public_id=order_code, parcel=number, state=OrderLineState.SOLD)
    found = list(lines.values_list("part", "item"))
    stayed = stayed_items(order_code, [item for _part, item in found])
    inside = {part for part, item in found if item not in stayed}
    return list(SellerOrder.objects.filter(pk__in=inside).select_related("order", "seller").order_by("pk"))


def lines_here(order_code: Any, seller: Any, *, since: datetime.date | None = None) -> Any:
    """The objects of a seller that a site has still to send for an order, or sent after the day `since`.

    Both may be of an outer query.
    """
    here = Q(state__in=[PickState.TO_PICK, PickState.PICKED])
    if since is not None:
        here |= Q(state=PickState.GONE, parcel__ended_on__gt=since)
    return PickLine.objects.filter(here, parcel__order_code=order_code, owner=seller)


def packed_without(lines: Iterable[OrderLine]) -> set[int]:
    """Of these lines of one order, by key, those that a site took out of their parcel, which it packed anew since."""
    rows = list(lines)
    if not rows:
        return set()
    order = rows[0].part.order.public_id
    out = PickLine.objects.filter(parcel__order_code=order, state=PickState.DROPPED, parcel__packings__undone_on=None)
    items = set(out.filter(parcel__packings__isnull=False).values_list("item", flat=True))
    return {line.pk for line in rows if line.item_id in items}


def is_shared(parcel: Parcel) -> bool:
    """Whether another site prepares some of the same parcel of the order."""
    others = Parcel.objects.filter(order_code=parcel.order_code, number=parcel.number).exclude(pk=parcel.pk)
    return bool(others.exclude(state=ParcelState.CANCELLED).exists())


def prepared(order_code: str, number: int) -> Parcel | None:
    """What a site prepares for a parcel of an order; None where none does, or several do."""
    rows = Parcel.objects.filter(order_code=order_code, number=number).exclude(state=ParcelState.CANCELLED)
    found = list(rows.order_by("pk")[:2])
    return found[0] if len(found) == 1 else None
