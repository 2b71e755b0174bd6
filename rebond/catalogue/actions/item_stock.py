"""Availability: one conditional UPDATE, guarded by the CHECK `item_never_sold_twice` (architecture, promise 1)."""

import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.catalogue.signals import units_wanted
from rebond.core.prepared import Prepared


@transaction.atomic
def reserve(item: Item, n: int = 1, *, now: datetime.datetime | None = None) -> Item:
    """Hold `n` units of an item on sale; raise NotEnoughLeft where fewer are free. Never reads first.

    Where too few are free, who holds units longer than allowed gives them back in this same transaction
    (`units_wanted`), then it is tried once more: a hold that is over blocks nobody, even where no worker runs.
    Who holds what, and until when, is the basket's record; no journal entry, it is not a fact of the object.
    """
    if n < 1:
        raise NotEnoughLeft
    if not _take(item, n):
        units_wanted.send(sender=Item, item=item, at=now or timezone.now())
        if not _take(item, n):
            raise NotEnoughLeft
    item.quantity, item.reserved, item.state = _COUNTS.run(item.pk)[0]
    return item


_COUNTS: Prepared[tuple[int, int, str]] = Prepared(
    lambda pk: Item.objects.filter(pk=pk).values_list("quantity", "reserved", "state"), -1
)


def _take(item: Item, n: int) -> int:
    rows = Item.objects.filter(Q(reserved__lte=F("quantity") - n), pk=item.pk, state=ItemState.ON_SALE, quantity__gte=n)
    return rows.update(reserved=F("reserved") + n)


@transaction.atomic
def release(item: Item, n: int = 1) -> Item:
    """Give back `n` held units; raise NotEnoughLeft where fewer are held."""
    if n < 1:
        raise NotEnoughLeft
    changed = Item.objects.filter(
        pk=item.pk, reserved__gte=n, state__in=[ItemState.ON_SALE, ItemState.WITHDRAWN]
    ).update(reserved=F("reserved") - n)
    if not changed:
        raise NotEnoughLeft
    item.refresh_from_db(fields=["quantity", "reserved", "state"])
    return item


def give_back_what_ended(item: Item, now: datetime.datetime | None = None) -> Item:
    """The item with what is truly held: units whose time is over come back first. Inside the caller's transaction."""
    if item.reserved:
        units_wanted.send(sender=Item, item=item, at=now or timezone.now())
        item.refresh_from_db(fields=["reserved"])
    return item
