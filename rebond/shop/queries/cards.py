"""The cards of a page: one query whatever their number, in the order of the ids given."""

import datetime
from collections.abc import Iterable
from datetime import UTC
from typing import Any, NamedTuple

from django.db.models import Case, F, Q, QuerySet, Value, When
from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.prepared import PreparedIds
from rebond.network.enums import SellerState
from rebond.network.models import Closure


class Card(NamedTuple):
    """What a card shows; `state` tells a favourite that was sold, `is_held` what is in somebody's basket."""

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
    quantity: int = 1
    reserved: int = 0

    @property
    def is_held(self) -> bool:
        return self.reserved >= self.quantity

    @property
    def url(self) -> str:
        return item_url(self.slug, self.code)


def item_url(slug: str, code: str) -> str:
    """The address of an item's page: the code decides, the words are for people."""
    return f"/objet/{slug}-{code.lower()}/" if slug else f"/objet/{code.lower()}/"


def kept_cards(ids: Iterable[int]) -> list[Card]:
    """Cards of favourites, in this order: what was sold or withdrawn, or whose seller sells no more, is told as gone.

    All that is kept has its card: what the list counts is what it shows, and may be taken out.
    """
    wanted = list(ids)
    gone = ~Q(state=ItemState.SOLD) & ~(Q(state=ItemState.ON_SALE) & Q(seller__seller_state=SellerState.ADMITTED))
    rows = Item.objects.filter(pk__in=wanted).order_by()
    rows = rows.annotate(shown_state=Case(When(gone, then=Value(ItemState.WITHDRAWN.value)), default=F("state")))
    columns = ["shown_state" if name == "state" else name for name in Card._fields]
    found = {row[0]: Card(*row) for row in rows.values_list(*columns)}
    return [found[pk] for pk in wanted if pk in found]


def cards_of(rows: "QuerySet[Item]") -> list[Card]:
    """Cards of a query, in its order."""
    return [Card(*row) for row in rows.values_list(*Card._fields)]


_ROWS = PreparedIds(lambda ids: Item.objects.on_sale().filter(pk__in=ids).values_list(*Card._fields))


def shown_items() -> Any:
    """Items that lists made without the index may show: on sale, by sellers admitted today."""
    return Item.objects.on_sale().filter(seller__seller_state=SellerState.ADMITTED)


def page_items() -> Any:
    """Items whose page is there for everybody: sold, or on sale by sellers admitted today (else it answers 410)."""
    return Item.objects.public().filter(Q(state=ItemState.SOLD) | Q(seller__seller_state=SellerState.ADMITTED))


def listed_items(today: datetime.date | None = None) -> Any:
    """As `shown_items`, without those whose seller hides them on its closing days: what the search would find."""
    today = today or timezone.localdate()
    return shown_items().exclude(seller_id__in=hidden_sellers(today))


def hidden_sellers(today: datetime.date) -> Any:
    """Ids of the organisations that hide their objects on this day."""
    rows = Closure.objects.filter(hides_items=True, starts_on__lte=today, ends_on__gte=today).order_by()
    return rows.values("organisation_id")


def load_cards(ids: Iterable[int]) -> list[Card]:
    """Cards of these items, in this order. One that vanished or was sold since the index spoke is left out."""
    wanted = list(ids)
    found = {row[0]: row for row in _ROWS.run(wanted)}
    return [_card(found[i]) for i in wanted if i in found]


_MOMENT = Card._fields.index("published_at")


def _card(row: tuple[Any, ...]) -> Card:
    """SQLite's driver gives moments without their zone, which is UTC."""
    moment = row[_MOMENT]
    if moment is None or moment.tzinfo is not None:
        return Card._make(row)
    return Card._make((*row[:_MOMENT], moment.replace(tzinfo=UTC), *row[_MOMENT + 1 :]))
