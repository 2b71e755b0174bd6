"""What is in a parcel of an order, and what of an order is still at its sites: a line each, as the warehouse has it."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from rebond.journal.models import Transition
from rebond.shop.enums import ReturnState, SellerOrderState
from rebond.shop.models import OrderLine, ReturnLine, SellerOrder
from rebond.shop.queries.carried import STILL_HERE, reference_of
from rebond.shop.queries.packed import packed_without
from rebond.warehouse.enums import DEAD_SHIPMENTS, MISSED, PickState, ShipmentState
from rebond.warehouse.models import PickLine, Shipment
from rebond.warehouse.queries.parcels import stayed_of


def inside(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Of these bought lines those that are sent: not what was not found or broken, which waits for its refund.

    One query, for one order or many; their part's order is read.
    """
    rows = list(lines)
    stayed = stayed_of({line.part.order.public_id for line in rows}) if rows else set()
    return [line for line in rows if (line.part.order.public_id, line.item_id) not in stayed]


def units_inside(lines: Iterable[OrderLine], *, at: Any = None) -> dict[int, int]:
    """How many units of each of these lines (by key) are sent: not those that were not found or are broken.

    With `at`, a parcel of the warehouse, those that are in it: another site may prepare some of the same one. What no
    site was asked for is whole. Those of which nothing is inside are not in it. One query, for one order or many; their
    part's order is read.
    """
    rows = list(lines)
    codes = {line.part.order.public_id for line in rows}
    picks = PickLine.objects.filter(parcel__order_code__in=codes).exclude(state=PickState.DROPPED)
    asked: dict[tuple[str, int], list[tuple[int, str, int]]] = {}
    for code, item, *pick in (
        picks.values_list("parcel__order_code", "item", "parcel", "state", "units") if rows else ()
    ):
        asked.setdefault((code, item), []).append((pick[0], pick[1], pick[2]))
    found = {}
    for line in rows:
        mine = asked.get((line.part.order.public_id, line.item_id))
        if mine is None:
            found[line.pk] = line.quantity
            continue
        here = [units for parcel, state, units in mine if state not in MISSED and (at is None or parcel == at.pk)]
        found[line.pk] = min(line.quantity, sum(here))
    return {key: units for key, units in found.items() if units}


def still_here(lines: Iterable[OrderLine]) -> list[OrderLine]:
    """Of these bought lines of one order those that their seller still has, also what was not found and waits.

    What its buyer withdrew from before it left is kept since then. Of the rest the site that was asked of it says so;
    else its label, else its part. Four queries; their part and order are read.
    """
    rows = list(lines)
    if not rows:
        return []
    code = rows[0].part.order.public_id
    picks = PickLine.objects.filter(parcel__order_code=code).exclude(state=PickState.DROPPED)
    asked: dict[int, set[str]] = {}
    for item, state in picks.values_list("item", "state"):
        asked.setdefault(item, set()).add(state)
    labelled = Shipment.objects.filter(subject=code).exclude(state__in=DEAD_SHIPMENTS)
    moved = labelled.filter(~Q(state__in=STILL_HERE) | Q(manifest__closed_at__isnull=False))  # its driver has it
    away = set(moved.values_list("reference", flat=True))
    unsent = ReturnLine.objects.filter(line__in=[line.pk for line in rows], back__state=ReturnState.UNSENT)
    kept = set(unsent.values_list("line", flat=True))
    parts = {line.part.public_id for line in rows}
    said = Transition.objects.filter(subject_kind="shop.sellerorder", subject_id__in=parts, verb="carry")
    carried = set(said.values_list("subject_id", flat=True))
    return [line for line in rows if line.pk in kept or _is_here(line, asked.get(line.item_id), away, carried)]


def _is_here(line: OrderLine, asked: set[str] | None, away: set[str], carried: set[str]) -> bool:
    """`carried` are the parts that left by a carrier's word, which tells of one parcel: its seller's tells of all."""
    state = line.part.state
    if asked is not None and asked <= MISSED:
        return True
    if reference_of(line.part.order.public_id, line.parcel) in away:
        return False
    if state == SellerOrderState.READY:  # its site handed it over to the counter
        return True
    if asked is not None:
        return PickState.GONE not in asked  # of a batch some units left: the line is away
    if state == SellerOrderState.DELIVERED:
        return False
    return state != SellerOrderState.SHIPPED or line.part.public_id in carried


def under_label(lines: Iterable[OrderLine]) -> set[int]:
    """Of these lines of one order, by key, those whose parcel has its label on: its driver may have it, unscanned.

    Not what was taken out of its parcel, which was packed anew since. Two queries; their part and order are read.
    """
    rows = list(lines)
    names = {line.pk: reference_of(line.part.order.public_id, line.parcel) for line in rows}
    found = Shipment.objects.filter(reference__in=set(names.values()), state=ShipmentState.READY)
    labelled = set(found.values_list("reference", flat=True)) if rows else set()
    on = [line for line in rows if names[line.pk] in labelled]
    return {line.pk for line in on} - packed_without(on)


def is_asked(part: SellerOrder) -> bool:
    """Whether a site was asked for what is bought of it: its lists tell of what nobody finds."""
    items = OrderLine.objects.filter(part=part).values("item")
    return bool(PickLine.objects.filter(parcel__order_code=part.order.public_id, item__in=items).exists())


def missed_units(line: OrderLine) -> int:
    """How many units of a line were not found, or were found broken."""
    return sum(units for state, units in _picks(line) if state in MISSED)


def missed_cents(line: OrderLine) -> int:
    """What is owed for these units where others of the line left: their share of its price in cents, rounded up.

    0 where none left: the line goes as a whole then.
    """
    is_away = any(state == PickState.GONE for state, _units in _picks(line))
    return min(line.left_cents, -(-line.cents * missed_units(line) // line.quantity)) if is_away else 0


def _picks(line: OrderLine) -> list[tuple[str, int]]:
    rows = PickLine.objects.filter(parcel__order_code=line.part.order.public_id, item=line.item_id)
    return list(rows.values_list("state", "units"))
