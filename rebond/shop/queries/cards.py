"""The cards of a page: one query whatever their number, in the order of the ids given."""

import datetime
from collections.abc import Iterable
from datetime import UTC
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from rebond.catalogue.models import Item
from rebond.network.enums import SellerState


class Card(NamedTuple):
    """What a card shows; `state` tells a favourite that was sold."""

    id: int
    version: int
    code: str
    slug: str
    title: str
    price_cents: int
    previous_price_cents: int | None
    condition: str
    state: str
    place: str
    published_at: datetime.datetime | None
    cover: str
    cover_color: str
    cover_placeholder: str
    category_id: int

    @property
    def url(self) -> str:
        return item_url(self.slug, self.code)


def item_url(slug: str, code: str) -> str:
    """The address of an item's page: the code decides, the words are for people."""
    return f"/objet/{slug}-{code.lower()}/" if slug else f"/objet/{code.lower()}/"


def cards_of(rows: "QuerySet[Item]") -> list[Card]:
    """Cards of a query, in its order."""
    return [Card(*row) for row in rows.values_list(*Card._fields)]


@lru_cache(maxsize=256)
def _sql(number: int, *, with_sold: bool) -> tuple[str, tuple[Any, ...]]:
    """The query's text for so many ids, with -1, -2… in the place of ids: the ORM takes longer than the database."""
    rows = Item.objects.public() if with_sold else Item.objects.on_sale()
    query = rows.filter(pk__in=range(-1, -number - 1, -1)).order_by().values_list(*Card._fields).query
    sql, params = query.sql_with_params()
    return sql, tuple(params)


def shown_items() -> Any:
    """Items that lists made without the index may show: on sale, by sellers admitted today."""
    return Item.objects.on_sale().filter(seller__seller_state=SellerState.ADMITTED)


def load_cards(ids: Iterable[int], *, with_sold: bool = False) -> list[Card]:
    """Cards of these items, in this order. One that vanished or was sold since the index spoke is left out."""
    wanted = list(ids)
    if not wanted:
        return []
    sql, params = _sql(len(wanted), with_sold=with_sold)
    with connection.cursor() as cursor:
        cursor.execute(sql, [wanted[-p - 1] if type(p) is int and p < 0 else p for p in params])
        rows = cursor.fetchall()
    found = {row[0]: row for row in rows}
    return [_card(found[i]) for i in wanted if i in found]


_MOMENT = Card._fields.index("published_at")


def _card(row: tuple[Any, ...]) -> Card:
    """SQLite's driver gives moments without their zone, which is UTC."""
    moment = row[_MOMENT]
    if moment is None or moment.tzinfo is not None:
        return Card._make(row)
    return Card._make((*row[:_MOMENT], moment.replace(tzinfo=UTC), *row[_MOMENT + 1 :]))
