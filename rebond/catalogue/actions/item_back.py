"""Units that were sold come back, and units that leave for good without a sale."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.catalogue.actions.item_shared import PUBLIC_STATES, announce, lock_item, move, tell_stock
from rebond.catalogue.enums import ItemState, StockReason, WithdrawReason
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.catalogue.signals import units_back
from rebond.journal.actions.record import record


def _count(item: Item, change: int) -> Item:
    """Add to the units of an item, or take from those that nobody holds; raise NotEnoughLeft."""
    rows = Item.objects.filter(pk=item.pk, quantity__gte=F("reserved") - change)
    if change < 0:
        rows = rows.filter(quantity__gte=-change)
    if not rows.update(quantity=F("quantity") + change, updated_at=timezone.now(), version=F("version") + 1):
        raise NotEnoughLeft
    fresh: Item = Item.objects.select_related("seller", "category", "site").get(pk=item.pk)
    return fresh


@transaction.atomic
def take_back(*, item: Item, by: Any, n: int = 1, reason: str = "") -> Item:
    """`n` units that were sold are here again: the same item, the same code.

    Where the last ones had been sold it is out of sale until somebody publishes it; of a batch that still has some,
    there are more. The warehouse keeps them waiting for a place.
    """
    item = lock_item(item)
    counted, at = (item.quantity, item.sold_at) if item.state == ItemState.SOLD else (0, None)
    if item.state == ItemState.SOLD:
        fields = {"quantity": n, "reserved": 0, "sold_at": None, "withdraw_reason": WithdrawReason.OTHER}
        item = move(item, "restock", by=by, reason=reason, **fields)
    else:
        item = _count(item, n)
        if item.state in PUBLIC_STATES:
            announce([item.pk])
    units_back.send(sender=Item, item=item, n=n, counted=counted, at=at)
    tell_stock([item.pk], StockReason.RETURNED)
    record(
        "catalogue.item.restocked",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        n=n,
        note=reason[:200],
    )
    return item


@transaction.atomic
def write_off(*, item: Item, by: Any, n: int = 1, reason: str = "") -> Item:
    """`n` units leave for good and nobody buys them (too damaged): they are in stock no longer.

    With the last one an item on sale is withdrawn. Raise NotEnoughLeft where somebody holds them.
    """
    item = lock_item(item)
    if item.state == ItemState.ON_SALE and item.quantity - n <= 0:
        if item.reserved:
            raise NotEnoughLeft
        item = move(item, "withdraw", by=by, reason=reason, withdraw_reason=WithdrawReason.DAMAGED)
    item = _count(item, -n)
    if item.state in PUBLIC_STATES:
        announce([item.pk])
    tell_stock([item.pk], StockReason.CORRECTED)
    record(
        "catalogue.item.written_off",
        subject=item,
        by=by,
        organisation=item.seller,
        version=item.version,
        n=n,
        note=reason[:200],
    )
    return item
