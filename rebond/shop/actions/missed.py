"""What was not found, or found broken, is not for the next buyer: units of a batch leave the sale with their refund.

Nor is what its carrier may have: a label was on its parcel, and no scan tells yet whether it left.
"""

import uuid
from collections.abc import Collection, Iterable
from typing import Any

from django.utils.translation import gettext as _

from rebond.catalogue.actions.item_back import write_off
from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.shop.enums import CancelReason
from rebond.shop.models import OrderLine
from rebond.shop.queries.inside import under_label
from rebond.warehouse.actions.stock_out import keep_aside, keep_missed
from rebond.warehouse.enums import MISSED
from rebond.warehouse.models import PickLine

FROM_THE_FLOOR = frozenset({CancelReason.NOT_FOUND, CancelReason.DAMAGED})  # nobody else may have it either


def missing_act(line: OrderLine, times: int) -> uuid.UUID:
    """The operation that gives back what was not found of a line, which was found again so many `times` before."""
    return uuid.uuid5(line.part.order.operation, f"missing {line.pk}" + (f" {times}" if times else ""))


def missed_of(order_code: str, lines: Iterable[OrderLine]) -> list[PickLine]:
    """What of these lines a picker missed, while nobody dropped it yet."""
    items = [line.item_id for line in lines]
    rows = PickLine.objects.filter(parcel__order_code=order_code, item__in=items, state__in=MISSED)
    return list(rows.order_by("item", "pk")) if items else []


def keep_unsold(
    *, back: Collection[OrderLine], missed: Iterable[PickLine], unfit: Collection[int], by: Any, reason: str
) -> None:
    """Of the lines that came `back` to their seller nobody else may buy what a picker `missed`.

    Nor any unit of those in `unfit` (keys), of which a person says so and no picker; nor what was in a parcel under its
    label, until somebody has it in hand. What is off sale stays so. The caller holds the order.
    """
    items = {line.item_id for line in back}
    rows = [row for row in missed if row.item_id in items]
    for row in rows:
        keep_missed(line=row, by=by)
    told = {row.item_id for row in rows}
    unsure = under_label(back)
    for line in back:
        item = Item.objects.select_related("seller").get(pk=line.item_id)
        if line.pk in unfit and line.item_id not in told and item.state == ItemState.ON_SALE:
            write_off(item=item, n=line.quantity, by=by, reason=reason)
        elif line.pk in unsure:
            units = line.quantity - sum(row.units for row in rows if row.item_id == line.item_id)
            keep_aside(
                order_code=line.part.order.public_id,
                item_id=line.item_id,
                units=units,
                by=by,
                why=_("Its parcel had its label on: its carrier may have it."),
            )
