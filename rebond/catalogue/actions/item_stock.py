"""Availability: one conditional UPDATE, guarded by the CHECK `item_never_sold_twice` (architecture, promise 1)."""

from django.db import transaction
from django.db.models import F, Q

from rebond.catalogue.actions.item_shared import announce
from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item


@transaction.atomic
def reserve(item: Item, n: int = 1) -> Item:
    """Hold `n` units of an item on sale; raise NotEnoughLeft where fewer are free. Never waits, never reads first.

    Who holds what, and until when, is the basket's record; no journal entry, it is not a fact of the object.
    """
    if n < 1:
        raise NotEnoughLeft
    changed = Item.objects.filter(
        Q(reserved__lte=F("quantity") - n), pk=item.pk, state=ItemState.ON_SALE, quantity__gte=n
    ).update(reserved=F("reserved") + n)
    if not changed:
        raise NotEnoughLeft
    return _changed(item)


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
    return _changed(item)


def _changed(item: Item) -> Item:
    item.refresh_from_db(fields=["quantity", "reserved", "state"])
    announce([item.pk])
    return item
