"""What objects like this one sell for: an interval, a price and what they rest on. Never a made-up number.

Read: the newest sold and listed items of the category (and of the brand, by the search index), a bounded number
whatever the size of the catalogue. Kept: the narrowest likeness that at least five of them share.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Category, Item
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.neighbours import Neighbours, bag_of
from rebond.catalogue.search import IndexUnavailable, SearchQuery, Sort, get_index
from rebond.catalogue.validators import plain

ENOUGH = 5  # comparables: with fewer, nothing is said of a price
READ = 400  # newest rows of each state
OF_BRAND = 100
TEXT_READ = 300  # signs of a description
TOO_LONG = timedelta(days=90)  # listed for longer, nobody accepted the price
SOLD_WEIGHT = 2  # a price that somebody paid says more than one that is asked
GOOD_NUMBER = 12
ALIKE_WORDS = 0.5
COLUMNS = (
    "pk",
    "code",
    "title",
    "description",
    "price_cents",
    "condition",
    "brand",
    "gtin",
    "attributes",
    "state",
    "published_at",
)
# (upper bound in cents, step in cents): prices as people say them
STEPS = ((500, 50), (5_000, 100), (20_000, 500), (100_000_000, 1_000))


@dataclass(frozen=True, slots=True)
class Asked:
    """The object whose price is sought; what is empty is not compared. `pk` leaves the object itself out."""

    category: Category
    title: str = ""
    description: str = ""
    condition: str = ""
    brand: str = ""
    gtin: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    pk: int | None = None


@dataclass(frozen=True, slots=True)
class Comparable:
    code: str
    title: str
    price_cents: int
    is_sold: bool


@dataclass(frozen=True, slots=True)
class PriceHelp:
    """Cents. `basis` is the likeness that was kept (`BASES`); `confidence` is strong, fair or weak.

    `by_words` is the price learned from the nearest titles and texts, beside; None without any words asked.
    """

    low: int
    suggested: int
    high: int
    basis: str
    confidence: str
    comparables: tuple[Comparable, ...]
    by_words: int | None = None

    @property
    def count(self) -> int:
        return len(self.comparables)

    @property
    def sold(self) -> int:
        return sum(one.is_sold for one in self.comparables)


@dataclass(frozen=True, slots=True)
class _Row:
    """An item beside the one asked: in what it is like it."""

    comparable: Comparable
    is_same: bool  # the same number under the bars
    has_brand: bool
    has_condition: bool
    has_kind: bool  # the same choices of the category's questions
    has_words: bool


Likeness = Callable[[_Row], bool]
# from the narrowest to the widest
BASES: tuple[tuple[str, Likeness], ...] = (
    ("same", lambda row: row.is_same),
    ("brand_kind_condition", lambda row: row.has_brand and row.has_kind and row.has_condition),
    ("brand_condition", lambda row: row.has_brand and row.has_condition),
    ("words_condition", lambda row: row.has_words and row.has_condition),
    ("kind_condition", lambda row: row.has_kind and row.has_condition),
    ("brand", lambda row: row.has_brand),
    ("condition", lambda row: row.has_condition),
    ("category", lambda _row: True),
)
NARROW = frozenset({"same", "brand_kind_condition", "brand_condition", "words_condition", "kind_condition"})


def price_help(asked: Asked, *, now: datetime | None = None) -> PriceHelp | None:
    """The interval and the price that comparable items speak for; None where fewer than five are known."""
    items = list(_read(asked, now or timezone.now()))
    rows = [_row(asked, item) for item in items]
    for basis, is_like in BASES:
        alike = [row.comparable for row in rows if is_like(row)]
        if len(alike) >= ENOUGH:
            return replace(_summary(basis, alike), by_words=_by_words(asked, items))
    return None


def has_price_help(asked: Asked, *, now: datetime | None = None) -> bool:
    """Whether `price_help` says something. Five objects of the category are enough: their keys are read, no text."""
    now = now or timezone.now()
    others = Item.objects.filter(category_id=asked.category.pk, price_cents__gt=0).exclude(pk=asked.pk or 0)
    newest = others.order_by("-pk")
    known = len(newest.filter(state=ItemState.SOLD).values_list("pk", flat=True)[:ENOUGH])
    if known < ENOUGH:
        dates = newest.filter(state=ItemState.ON_SALE).values_list("published_at", flat=True)[: 4 * ENOUGH]
        known += sum((published_at or now) >= now - TOO_LONG for published_at in dates)
    return known >= ENOUGH or price_help(asked, now=now) is not None


def _by_words(asked: Asked, items: Sequence[Any]) -> int | None:
    """The price that the nearest titles and texts of the same reading speak for."""
    if not asked.title:
        return None
    known = [(bag_of(i.title, i.description[:TEXT_READ], i.condition), i.price_cents) for i in items]
    found = Neighbours(known).price(bag_of(asked.title, asked.description[:TEXT_READ], asked.condition))
    return None if found is None else said_price(found)


def _read(asked: Asked, now: datetime) -> Iterable[Any]:
    """Rows of the category, newest first, each once: four bounded queries at most."""
    of_category = Item.objects.filter(category_id=asked.category.pk, price_cents__gt=0)
    # by key, which follows time and ends the category's index: no sort of the whole category
    sets = [
        of_category.filter(state=ItemState.SOLD).order_by("-pk")[:READ],
        of_category.filter(state=ItemState.ON_SALE).order_by("-pk")[:READ],
    ]
    if asked.gtin:
        states = [ItemState.SOLD, ItemState.ON_SALE]
        sets.append(Item.objects.filter(gtin=asked.gtin, state__in=states).order_by("-pk")[:READ])
    if asked.brand:
        sets.append(Item.objects.filter(pk__in=_ids_of_brand(asked)))
    found = {row.pk: row for rows in sets for row in rows.values_list(*COLUMNS, named=True)}
    found.pop(asked.pk or 0, None)
    return [row for row in found.values() if row.state == ItemState.SOLD or (row.published_at or now) >= now - TOO_LONG]


def _ids_of_brand(asked: Asked) -> Sequence[int]:
    """Items on sale of the brand in the category: the newest rows may hold none of a rare one."""
    query = SearchQuery(
        filters={"category": (asked.category.key,), "brand": (asked.brand,)},
        sort=Sort.NEWEST,
        size=OF_BRAND,
        with_facets=False,
    )
    try:
        return get_index().search(query).ids
    except IndexUnavailable:
        return ()


def _row(asked: Asked, item: Any) -> _Row:
    return _Row(
        Comparable(item.code, item.title, item.price_cents, is_sold=item.state == ItemState.SOLD),
        is_same=bool(asked.gtin) and item.gtin == asked.gtin,
        has_brand=bool(asked.brand) and plain(item.brand) == plain(asked.brand),
        has_condition=bool(asked.condition) and item.condition == asked.condition,
        has_kind=_is_alike(asked, item.attributes),
        has_words=_shares_words(asked.title, item.title),
    )


def _is_alike(asked: Asked, other: Mapping[str, Any]) -> bool:
    """The same answers to the questions that both answered, one at least."""
    keys = [
        a.key for a in categories.attributes_of(asked.category) if a.is_filterable and a.type in {"choice", "boolean"}
    ]
    shared = [key for key in keys if asked.attributes.get(key) and other.get(key)]
    return bool(shared) and all(asked.attributes[key] == other[key] for key in shared)


def _shares_words(title: str, other: str) -> bool:
    """Half of the words of both titles together are in both; short words say nothing."""
    ours, theirs = ({word for word in plain(text).split() if len(word) > 2} for text in (title, other))
    return len(ours) > 1 and len(ours & theirs) >= ALIKE_WORDS * len(ours | theirs)


def weighted_quantile(points: Sequence[tuple[int, int]], share: Decimal) -> int:
    """The value below which `share` of the weight lies; `points` are (value, weight), one at least.

    Where the weight splits exactly there, the middle of both values, as for a median of an even number.
    """
    ordered = sorted(points)
    wanted = share * sum(weight for _value, weight in ordered)
    passed = 0
    for place, (value, weight) in enumerate(ordered):
        passed += weight
        if passed > wanted:
            return value
        if passed == wanted and place + 1 < len(ordered):
            return (value + ordered[place + 1][0]) // 2
    return ordered[-1][0]


def said_price(cents: int) -> int:
    """A price as people write it: by 50 cents below 5 €, then by 1, 5 and 10 euros."""
    step = next(step for bound, step in STEPS if cents <= bound)
    times = (Decimal(cents) / step).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return max(step, int(times) * step)


def _summary(basis: str, alike: Sequence[Comparable]) -> PriceHelp:
    points = [(one.price_cents, SOLD_WEIGHT if one.is_sold else 1) for one in alike]
    low, middle, high = (weighted_quantile(points, Decimal(share)) for share in ("0.25", "0.5", "0.75"))
    spread = Decimal(high - low) / middle
    confidence = "fair"
    if basis == "category":
        confidence = "weak"
    elif len(alike) >= GOOD_NUMBER and basis in NARROW and spread <= 1:
        confidence = "strong"
    return PriceHelp(
        low=min(low, said_price(low)),
        suggested=said_price(middle),
        high=max(high, said_price(high)),
        basis=basis,
        confidence=confidence,
        comparables=tuple(sorted(alike, key=lambda one: (one.price_cents, one.code))),
    )
