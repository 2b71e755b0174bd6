"""What was put aside from the basket, as its page shows it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from rebond.catalogue.models import Item
from rebond.core.prepared import Prepared
from rebond.shop.models import LaterLine
from rebond.shop.queries.basket import availabilities, state_of
from rebond.shop.queries.cards import item_url
from rebond.shop.queries.keeper import Keeper


@dataclass(frozen=True, slots=True)
class Aside:
    """`state` is `free`, `held` (until at the latest), `sold` or `gone`; `was_cents` a price that changed since."""

    item: Item
    url: str
    state: str
    until: datetime.datetime | None
    was_cents: int | None


def _page_rows() -> "QuerySet[LaterLine]":
    return LaterLine.objects.select_related("item__seller").order_by("-saved_at", "-pk")


_OF_USER: Prepared[LaterLine] = Prepared(lambda user: _page_rows().filter(basket__user=user), -1)
_OF_VISITOR: Prepared[LaterLine] = Prepared(lambda visitor: _page_rows().filter(basket__visitor=visitor), "?")


def _rows_of(keeper: Keeper) -> list[LaterLine]:
    if keeper.user is not None:
        return _OF_USER.run(keeper.user.pk)
    return _OF_VISITOR.run(keeper.visitor) if keeper.visitor else []


def asides(keeper: Keeper, now: datetime.datetime | None = None) -> list[Aside]:
    """The newest first, 100 at most (`actions/later.py`); one query, two where something is not plainly free."""
    rows = _rows_of(keeper)
    known = availabilities([row.item for row in rows], now) if rows else {}
    return [
        Aside(
            item=row.item,
            url=item_url(row.item.slug, row.item.code),
            state=state_of(row.item, is_free=known[row.item_id].is_free and row.item.seller.is_selling),
            until=known[row.item_id].until,
            was_cents=row.price_cents if row.price_cents != row.item.price_cents else None,
        )
        for row in rows
    ]


def aside_rows(user: Any) -> Iterator[tuple[Any, ...]]:
    """For a person's file: what they put aside, as lines of the basket (code, title, quantity, state, hour)."""
    rows = LaterLine.objects.filter(basket__user=user).order_by("pk")
    for code, title, at in rows.values_list("item__code", "item__title", "saved_at"):
        yield code, title, 1, "later", at
