"""Put aside from the basket, and take again: the list keeps nothing from others.

Locks as in `actions/basket.py`: the basket, then the item.
"""

import datetime

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.shop.actions.basket import locked_basket, remove_line, take_item
from rebond.shop.errors import LaterFullError
from rebond.shop.models import BasketLine, LaterLine
from rebond.shop.queries.keeper import Keeper

LIMIT = 100


@transaction.atomic
def save_for_later(*, keeper: Keeper, item: Item, now: datetime.datetime | None = None) -> None:
    """Out of the basket, into the list below it: the object is free for others at once. Twice is once.

    Raise LaterFullError above 100 objects.
    """
    now = now or timezone.now()
    basket = locked_basket(keeper, now)
    rows = LaterLine.objects.filter(basket=basket)
    if not rows.filter(item=item).exists():
        if rows.count() >= LIMIT:
            raise LaterFullError
        LaterLine.objects.create(basket=basket, item=item, price_cents=item.price_cents, saved_at=now)
    remove_line(keeper=keeper, item=item, now=now)


@transaction.atomic
def take_from_later(
    *, keeper: Keeper, item: Item, address: str = "", now: datetime.datetime | None = None
) -> BasketLine:
    """Keep it in the basket again where it is still free: it leaves the list. Refused, it stays in the list.

    Raise as `take_item`.
    """
    return take_item(keeper=keeper, item=item, address=address, now=now)


@transaction.atomic
def forget_later(*, keeper: Keeper, item: Item) -> bool:
    """Out of the list; False where it was not in it."""
    deleted, _ = keeper.later().filter(item=item).delete()
    return bool(deleted)
