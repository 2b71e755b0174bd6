"""The seller's list of items: filters, sorts and counts that stay quick at 100,000 items per seller."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.core.cache import caches
from django.db.models import Count, Max, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify

from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Item
from rebond.catalogue.models.item import no_photo
from rebond.catalogue.queries import categories
from rebond.catalogue.validators import clean_gtin
from rebond.core.codes import parse_code
from rebond.network.models import Organisation

PER_PAGE = 50
MAX_PAGE = 200  # deeper pages are reached by filters
COUNTED = PER_PAGE * MAX_PAGE
WORD_MATCHES = COUNTED + 1
SORTS: dict[str, tuple[str, ...]] = {
    "recent": ("-updated_at", "-pk"),
    "oldest": ("updated_at", "pk"),
    "price": ("price_cents", "pk"),
    "-price": ("-price_cents", "-pk"),
    "title": ("slug", "pk"),
}


@dataclass(frozen=True, slots=True)
class DeskFilter:
    """What the form asks. `age_days`: on sale for longer than that. `has_photo`: None for both."""

    text: str = ""
    state: str = ""
    category: str = ""
    condition: str = ""
    price_min: int | None = None
    price_max: int | None = None
    has_photo: bool | None = None
    age_days: int | None = None
    sort: str = "recent"

    @property
    def is_by_state_alone(self) -> bool:
        """Whether the counts by state already tell how many rows there are."""
        return self == DeskFilter(state=self.state, sort=self.sort)


class DeskRow(NamedTuple):
    """What the list shows of an item: a model of 50 columns takes ten times longer to make."""

    pk: int
    code: str
    title: str
    category_id: int
    condition: str
    state: str
    quantity: int
    reserved: int
    price_cents: int
    previous_price_cents: int | None
    updated_at: datetime
    cover: str
    cover_color: str
    seller_name: str

    @property
    def url(self) -> str:
        return _item_address().replace("CODE", self.code.lower())


@lru_cache(maxsize=1)
def _item_address() -> str:
    """The address of an item's page at the desk, `CODE` in the place of its code (letters and digits alone)."""
    return reverse("catalogue:item-detail", args=["CODE"])


_COLUMNS = (*DeskRow._fields[:-1], "seller__name")


@dataclass(frozen=True, slots=True)
class DeskPage:
    """`total` is exact up to `COUNTED`; above, `is_more` says that there are more."""

    rows: list[DeskRow]
    number: int
    total: int
    is_more: bool
    pages: int

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def first(self) -> int:
        return (self.number - 1) * PER_PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0


def desk_items(scope: QuerySet[Item], asked: DeskFilter, *, now: datetime | None = None) -> QuerySet[Item]:
    """The items of `scope` that the filter keeps, in its order."""
    now = now or timezone.now()
    rows = scope
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.category:
        rows = rows.filter(category_id__in=categories.descendant_ids(asked.category))
    if asked.condition:
        rows = rows.filter(condition=asked.condition)
    if asked.price_min is not None:
        rows = rows.filter(price_cents__gte=asked.price_min)
    if asked.price_max is not None:
        rows = rows.filter(price_cents__lte=asked.price_max)
    if asked.has_photo is not None:
        rows = rows.exclude(photo_count=0) if asked.has_photo else rows.filter(no_photo())
    if asked.age_days:
        rows = rows.filter(state=ItemState.ON_SALE, published_at__lt=now - timedelta(days=asked.age_days))
    if asked.text.strip():
        rows = rows.filter(_matching(scope, asked.text.strip()))
    return rows.order_by(*SORTS.get(asked.sort, SORTS["recent"]))


def _matching(scope: QuerySet[Item], text: str) -> Q:
    """By code, ISBN or barcode, the seller's reference, else by words of the title (accents and case forgiven).

    The words are looked up in the slug: the index (seller, slug) holds all that this reads.
    """
    if code := parse_code(text):
        return Q(code=code)
    keys = _keys(scope.filter(external_ref=text))
    if re.fullmatch(r"[\d\s\-]{8,20}[xX]?", text):
        # by the number alone, then the scope: with both, SQLite would read all the seller's rows
        keys += _keys(Item.objects.filter(gtin=_gtin(text))) if _gtin(text) else []
        return Q(pk__in=keys)
    start = re.sub(r"[\s\-]", "", text).upper()
    if 4 <= len(start) <= 11 and start.isascii() and any(sign.isdigit() for sign in start):
        keys += _keys(Item.objects.filter(code__gte=start, code__lt=f"{start}~"))
    words = [word for word in slugify(text.replace("œ", "oe").replace("’", " ")).split("-") if word][:8]
    found = scope
    for word in words:
        found = found.filter(slug__contains=word)
    return Q(pk__in=[*keys, *(_keys(found) if words else [])])


def _keys(rows: QuerySet[Item]) -> list[int]:
    return list(rows.order_by().values_list("pk", flat=True)[:WORD_MATCHES])


def _gtin(text: str) -> str:
    try:
        return clean_gtin(text)
    except FieldInvalid:
        return ""


def desk_page(rows: QuerySet[Item], number: int, *, known_total: int | None = None) -> DeskPage:
    """One page of the list; a number out of range is brought to the nearest.

    `known_total` is the number of rows where it was counted before; else they are counted up to a bound. The keys
    are read first: an index has them in order, so that a deep page does not read the rows of those before it.
    """
    total = rows.order_by()[: COUNTED + 1].count() if known_total is None else known_total
    is_more = total > COUNTED
    total = min(total, COUNTED)
    pages = max(1, -(-total // PER_PAGE))
    number = min(max(number, 1), pages)
    start = (number - 1) * PER_PAGE
    keys = list(rows.values_list("pk", flat=True)[start : start + PER_PAGE])
    found = {row[0]: DeskRow._make(row) for row in Item.objects.filter(pk__in=keys).values_list(*_COLUMNS)}
    return DeskPage([found[pk] for pk in keys if pk in found], number, total, is_more, pages)


def known_total(counts: dict[str, int] | None, asked: DeskFilter) -> int | None:
    """How many rows a filter keeps, where the counts by state tell it."""
    if counts is None or not asked.is_by_state_alone:
        return None
    return counts.get(asked.state, 0) if asked.state else sum(counts.values())


def state_counts(seller: Organisation) -> dict[str, int]:
    """How many items of the seller are in each state; counted again only when one of them changed."""
    newest: dict[str, Any] = Item.objects.filter(seller=seller).aggregate(at=Max("updated_at"))
    key = f"catalogue.desk.counts.{seller.pk}.{newest['at'].timestamp() if newest['at'] else 0}"
    known: dict[str, int] | None = caches["local"].get(key)
    if known is None:
        rows = Item.objects.filter(seller=seller).order_by().values_list("state").annotate(n=Count("pk"))
        known = dict.fromkeys(ItemState.values, 0) | dict(rows)
        caches["local"].set(key, known, timeout=60)
    return known
