"""What is in a parcel of an order, and what of an order is still at its sites: a line each, as the warehouse has it."""

from collections.abc import Iterable

from rebond.shop.models import OrderLine
from rebond.shop.queries.carried import STILL_HERE, reference_of
from rebond.warehouse.enums import PickState
from rebond.warehouse.models import PickLine, Shipment
from rebond.warehouse.queries.parcels import stayed_of


def inside(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Of these bought lines those that are sent: not what was not found or broken, which waits for its refund.

    One query, for one order or many; their part's order is read.
    """
    rows = list(lines)
    stayed = stayed_of({line.part.order.public_id for line in rows}) if rows else set()
    return [line for line in rows if (line.part.order.public_id, line.item_id) not in stayed]


def not_left(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Of these bought lines of one order those that are still at a site, also what was not found and waits.

    What no site was asked of has left with its label. Two queries.
    """
    rows = list(lines)
    if not rows:
        return []
    code = rows[0].part.order.public_id
    picks = PickLine.objects.filter(parcel__order_code=code).exclude(state=PickState.DROPPED)
    asked: dict[int, set[str]] = {}
    for item, state in picks.values_list("item", "state"):
        asked.setdefault(item, set()).add(state)
    names = {reference_of(code, line.parcel) for line in rows}
    moved = Shipment.objects.filter(reference__in=names).exclude(state__in=STILL_HERE)
    away = set(moved.values_list("reference", flat=True))
    return [
        line
        for line in rows
        if asked.get(line.item_id, set()) - {PickState.GONE}
        or (line.item_id not in asked and reference_of(code, line.parcel) not in away)
    ]
