"""The search interface: plain values in, ids and counts out. Tantivy today, OpenSearch behind the same later."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`filters` maps a facet's key to the chosen values, which are alternatives (OR); facets combine (AND).

    Keys: `category` (Category.key: counts itself and all below), `condition`, `seller` (slug), `department`,
    `brand`, `size`, `color`, `delivery`, and `attr.<key>` for a filterable attribute. Prices in cents.
    `page` starts at 1; pages past `max_page` are refused by the caller (deep pages stay bounded).
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    price_min: int | None = None
    price_max: int | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    size: int = 24
    with_facets: bool = True
    exclude_ids: tuple[int, ...] = ()
    published_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class FacetValue:
    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of one facet. Chosen values of this very facet do not narrow its own counts (multi-select)."""

    key: str
    values: tuple[FacetValue, ...]
    is_exact: bool = True  # False: shown as "more than" (above 20,000 matches)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`ids` are Item primary keys in order. `corrected` is the text really searched where typos were forgiven."""

    ids: tuple[int, ...]
    total: int
    is_total_exact: bool
    facets: Mapping[str, Facet]
    took_ms: float
    max_page: int
    corrected: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is `category`, `seller` or `title`; `key` is the category's key, the seller's slug, or ""."""

    kind: str
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """What the index knows of one item on sale. `categories` are the keys of its path, root first."""

    id: int
    code: str
    title: str
    description: str
    categories: tuple[str, ...]
    category_names: str
    condition: str
    seller: str
    seller_name: str
    department: str
    brand: str
    size: str
    color: str
    delivery: tuple[str, ...]
    attributes: Mapping[str, tuple[str, ...]]
    gtin: str
    price_cents: int
    published_at: datetime


class IndexUnavailable(Exception):  # noqa: N818 -- a state of the index, not a fault of the caller
    """The index is missing or damaged and is being rebuilt: the shop says so meanwhile."""


class SearchIndex(Protocol):
    """What every engine offers. Readers may be many processes; one writer at a time (the worker)."""

    def search(self, query: SearchQuery) -> SearchResult: ...
    def suggest(self, text: str, *, limit: int = 8) -> list[Suggestion]: ...
    def similar(self, item_id: int, *, limit: int = 12) -> list[int]: ...
    def write(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int] = ()) -> None: ...
    def count(self) -> int: ...
