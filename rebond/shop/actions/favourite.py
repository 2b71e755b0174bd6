"""Keep and forget objects. No journal entry: a private list of a visitor is not an act of the network."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.shop.errors import FavouritesFullError
from rebond.shop.models import Favourite
from rebond.shop.queries.keeper import Keeper

LIMIT = 20_000


@transaction.atomic
def add_favourite(*, keeper: Keeper, item: Item, now: datetime.datetime | None = None) -> bool:
    """Keep `item`; True where it was not kept yet. Twice is once.

    Raise FavouritesFullError above 20,000 objects.
    """
    if keeper.favourites().count() >= LIMIT:
        raise FavouritesFullError
    _, is_new = Favourite.objects.get_or_create(
        user=keeper.user, visitor=keeper.visitor, item=item, defaults={"created_at": now or timezone.now()}
    )
    return is_new


@transaction.atomic
def remove_favourite(*, keeper: Keeper, item: Item) -> bool:
    """Forget `item`; False where it was not kept."""
    deleted, _ = keeper.favourites().filter(item=item).delete()
    return bool(deleted)


@transaction.atomic
def merge_favourites(*, visitor: str, user: Any) -> int:
    """At sign-in: the visitor's favourites become the user's, each once; return how many were new.

    The user is locked first: sign-ins of two browsers merge one after the other. An object that the user keeps at
    this very moment is kept once, and what the visitor keeps after the rows were read stays the visitor's.
    """
    lock_row(user, no_key=True)
    rows = lock_rows(Favourite.objects.filter(visitor=visitor))
    kept = Favourite.objects.filter(user=user)
    before = kept.filter(item__in=[row.item_id for row in rows]).count()
    theirs = [Favourite(user=user, item_id=row.item_id, created_at=row.created_at) for row in rows]
    Favourite.objects.bulk_create(theirs, ignore_conflicts=True, batch_size=500)
    Favourite.objects.filter(pk__in=[row.pk for row in rows]).delete()
    over = kept.order_by("-pk").values_list("pk", flat=True)[LIMIT:]
    Favourite.objects.filter(pk__in=list(over)).delete()
    return len(rows) - before
