"""The search interface: plain values in, ids and counts out. Tantivy today, OpenSearch behind the same later."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

EXACT_UP_TO = 20_000  # matches: above, counts are precomputed by category or told as "more than"
MAX_RESULTS = 4_800  # deepest result that pages reach (200 pages of 24): deep pages stay bounded

PRICE_STEPS = (500, 1_000, 2_000, 5_000, 10_000)  # cents: bounds of the price facet's ranges


class Sort(StrEnum):
    RELEVANCE = "relevance"
    NEWEST = "newest"
    PRICE_ASC = "price_asc"
    PRICE_DESC = "price_desc"


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """`filters` maps a facet's key to the chosen values, which are alternatives (OR); facets combine (AND).

    Keys: `category` (Category.key: counts itself and all below), `condition`, `seller` (slug), `department`,
    `brand`, `size`, `color`, `delivery`, and `attr.<key>` for a filterable attribute. Unknown keys are
    ignored. `within` is the key of the category that the page is about: it narrows all, the category's own counts
    included (those of its children are right, those beside it are left out). Prices in cents, both ends included.
    `page` starts at 1; past `SearchResult.max_page` no id comes. Without text, `RELEVANCE` is `NEWEST`.
    `whole` is the key of a facet asked with all its values: the others may come with their most frequent ones only.
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
    within: str = ""
    whole: str = ""


@dataclass(slots=True)  # not frozen: some hundreds are made for each page
class FacetValue:
    """`is_exact` False: the count is a lower bound, shown as "more than" (above EXACT_UP_TO matches)."""

    value: str
    count: int
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Facet:
    """Counts of one facet, largest first. Chosen values of this very facet do not narrow its own counts.

    The facet `price` has values `0-500`, `500-1000`, … `10000-` (cents, upper end excluded), in that order.
    Attributes come as `attr.<key>`, where one category or an attribute is asked for. Of sellers, places, brands,
    sizes and colours the most frequent come; a chosen one is always among its own. A precomputed count is exact as
    of a few minutes ago at most.
    """

    key: str
    values: tuple[FacetValue, ...]
    is_exact: bool = True  # False: some counts are lower bounds


@dataclass(frozen=True, slots=True)
class SearchResult:
    """`ids` are Item primary keys in order. `corrected` is the text really searched where typos were forgiven.

    `is_partial`: no item has all the words, so those with most of them are shown.
    """

    ids: tuple[int, ...]
    total: int
    is_total_exact: bool
    facets: Mapping[str, Facet]
    took_ms: float
    max_page: int
    corrected: str = ""
    is_partial: bool = False


@dataclass(frozen=True, slots=True)
class Suggestion:
    """`kind` is `category`, `seller`, `title` or `item`; `key` is the category's key, the seller's slug, the item's
    number, or "". An item comes without its title, which the database has.
    """

    kind: str
    label: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Likeness:
    """What similar items are looked for with. `categories` are the keys of the item's path, root first."""

    title: str
    categories: tuple[str, ...]
    brand: str = ""


@dataclass(frozen=True, slots=True)
class IndexDocument:
    """What the index knows of one item on sale. `categories` are the keys of its path, root first.

    `attributes` are the filterable ones, values as strings; `other_text` is searched and never shown.
    """

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
    other_text: str = ""
    has_photo: bool = False


class IndexUnavailable(Exception):  # noqa: N818 -- a state of the index, not a fault of the caller
    """The index is missing or damaged and is being rebuilt: the shop says so meanwhile."""


class IndexBusy(Exception):  # noqa: N818 -- a state of the index, not a fault of the caller
    """Another process holds the writer's (or the rebuild's) lock for too long."""


class IndexSession(Protocol):
    """The writer's lock, held: each `write` is one commit that readers see within a second."""

    def write(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int] = ()) -> None: ...


class IndexBuilder(Protocol):
    """A new index being filled beside the live one; nothing is seen until `publish`."""

    def add(self, documents: Iterable[IndexDocument]) -> None: ...
    def replace(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int]) -> None: ...
    def commit(self) -> None: ...
    def publish(self) -> None: ...


class SearchIndex(Protocol):
    """What every engine offers. Readers may be many processes; one writer at a time (the worker).

    Every read raises IndexUnavailable where there is no usable index (and asks for its rebuild, once).
    """

    def search(self, query: SearchQuery) -> SearchResult:
        """One page of ids with the facets' counts."""

    def suggest(self, text: str, *, limit: int = 8, items: int = 0) -> list[Suggestion]:
        """As one types: categories, sellers, then words that lead to items. "" and one letter give few.

        After these `limit` come up to `items` items whose title has the words typed, the best placed first.
        """

    def similar(
        self, item_id: int, *, like: Likeness | None = None, limit: int = 12, published_after: datetime | None = None
    ) -> list[int]:
        """Ids of items like this one (which may be sold); `like` saves the query that reads its title.

        With `published_after`, those of its own category alone that came since, the most alike first.
        """

    def writing(self) -> AbstractContextManager[IndexSession]:
        """Hold the writer's lock; raise IndexBusy after a minute, IndexUnavailable without a live index."""

    def write(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int] = ()) -> None:
        """One commit: documents replace those of the same id."""

    def rebuilding(self) -> AbstractContextManager[IndexBuilder]:
        """Build a new index beside the live one; raise IndexBusy where a rebuild runs already."""

    def is_rebuilding(self) -> bool: ...
    def is_usable(self) -> bool:
        """Whether there is a live index that opens and answers."""

    def swapping(self) -> AbstractContextManager[None]:
        """Hold the writer's lock without writing to the live index: the end of a rebuild."""

    def count(self) -> int:
        """Documents in the live index."""
