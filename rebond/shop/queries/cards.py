"""The cards of a page: one query whatever their number, in the order of the ids given."""

import datetime
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import QuerySet

from rebond.catalogue.models import Item


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


def load_cards(ids: Iterable[int], *, with_sold: bool = False) -> list[Card]:
    """Cards of these items, in this order. One that vanished or was sold since the index spoke is left out."""
    wanted = list(ids)
    if not wanted:
        return []
    rows = Item.objects.public() if with_sold else Item.objects.on_sale()
    found = {card.id: card for card in cards_of(rows.filter(pk__in=wanted).order_by())}
    return [found[i] for i in wanted if i in found]
