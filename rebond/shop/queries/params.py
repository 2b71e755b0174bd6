"""The address of a results page, read and written: French words in, a search query out. Nothing here can fail.

What is not understood is left out, what is too long is cut: any address gives a page.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils.datastructures import MultiValueDict
from django.utils.translation import get_language

from rebond.catalogue.search import SearchQuery, Sort
from rebond.core.money import parse_cents
from rebond.shop.enums import CONDITION_SLUGS, DELIVERY_SLUGS, SORT_SLUGS
from rebond.shop.queries.english import in_french
from rebond.shop.queries.labels import current_seller
from rebond.shop.queries.tree import Node, load_tree

MAX_TEXT = 200
MAX_VALUES = 20
MAX_PAGE = 500
MAX_CENTS = 100_000_000
# facet key -> parameter of the address
NAMES = {
    "category": "rayon",
    "condition": "etat",
    "delivery": "livraison",
    "department": "departement",
    "seller": "vendeur",
    "brand": "marque",
    "size": "taille",
    "color": "couleur",
}
ATTRIBUTE = "a."
WHOLE = "tous"
_KEYS = {name: key for key, name in NAMES.items()}
_SORT_NAMES = {value: name for name, value in SORT_SLUGS.items()}
_TABLES = {"condition": CONDITION_SLUGS, "delivery": DELIVERY_SLUGS}
_BACK = {key: {value: name for name, value in table.items()} for key, table in _TABLES.items()}


@dataclass(frozen=True, slots=True)
class Params:
    """What the visitor asked for. `filters` has the index's own values; `category` is the universe page, if any.

    `whole` is the facet whose values are all asked for: how the filters look, not what is searched.
    """

    text: str = ""
    filters: dict[str, tuple[str, ...]] = field(default_factory=dict)
    price_min: int | None = None
    price_max: int | None = None
    sort: str = ""
    page: int = 1
    category: Node | None = None
    whole: str = ""

    @property
    def effective_sort(self) -> Sort:
        """Relevance where there are words, newest first where there are none."""
        if self.sort:
            return Sort(self.sort)
        return Sort.RELEVANCE if self.text else Sort.NEWEST

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters) or self.price_min is not None or self.price_max is not None

    @property
    def count(self) -> int:
        """How many filters are on."""
        prices = (self.price_min is not None) + (self.price_max is not None)
        return sum(len(values) for values in self.filters.values()) + prices

    @property
    def path(self) -> str:
        return self.category.url if self.category else "/recherche/"

    def search_query(self, **changes: Any) -> SearchQuery:
        query = SearchQuery(
            text=in_french(self.text) if self.text and get_language() == "en" else self.text,
            filters=dict(self.filters),
            within=self.category.key if self.category is not None and "category" not in self.filters else "",
            price_min=self.price_min,
            price_max=self.price_max,
            sort=self.effective_sort,
            page=self.page,
            size=settings.PAGE_SIZE,
            whole=self.whole,
        )
        return replace(query, **changes) if changes else query

    def pairs(
        self, *, with_page: bool = False, with_text: bool = True, with_sort: bool = True
    ) -> list[tuple[str, str]]:
        """The address's parameters, in one fixed order (addresses, alerts' digests)."""
        pairs: list[tuple[str, str]] = [("q", self.text)] if self.text and with_text else []
        for key in sorted(self.filters):
            pairs += [(param_name(key), param_value(key, value)) for value in self.filters[key]]
        if self.price_min is not None:
            pairs.append(("prix_min", euros(self.price_min)))
        if self.price_max is not None:
            pairs.append(("prix_max", euros(self.price_max)))
        if self.sort and with_sort:
            pairs.append(("tri", _SORT_NAMES[self.sort]))
        if with_page and self.page > 1:
            pairs.append(("page", str(self.page)))
        return pairs

    def url(self, **changes: Any) -> str:
        """The address of this search with changes; back to page 1 unless `page` is given."""
        changed = replace(self, **({"page": 1} | changes))
        pairs = changed.pairs(with_page=True)
        return f"{changed.path}?{urlencode(pairs)}" if pairs else changed.path

    def priced_url(self) -> Callable[[int | None, int | None], str]:
        """As `url(price_min=…, price_max=…)`, for many prices in a row: what does not change is written once."""
        bare = replace(self, price_min=None, price_max=None, sort="")
        before, after = urlencode(bare.pairs()), urlencode({"tri": _SORT_NAMES[self.sort]}) if self.sort else ""

        def url(low: int | None, high: int | None) -> str:
            prices = [f"{name}={euros(c)}" for name, c in (("prix_min", low), ("prix_max", high)) if c is not None]
            query = "&".join([part for part in (before, *prices, after) if part]).replace(",", "%2C")
            return f"{self.path}?{query}" if query else self.path

        return url

    def paged_url(self) -> Callable[[int], str]:
        """As `url(page=…)`, for many pages in a row."""
        first = self.url()
        start = f"{first}{'&' if '?' in first else '?'}page="
        return lambda page: f"{start}{page}" if page > 1 else first

    def whole_url(self, key: str) -> str:
        """The address of this search with all the values of one long facet."""
        return f"{self.path}?{urlencode([*self.pairs(), (WHOLE, param_name(key))])}"

    def without(self, key: str, value: str) -> str:
        """The address with one chosen value taken away."""
        rest = tuple(v for v in self.filters.get(key, ()) if v != value)
        filters = {k: v for k, v in self.filters.items() if k != key}
        return self.url(filters=filters | ({key: rest} if rest else {}))


def euros(cents: int) -> str:
    """`2500` → `25`, `2550` → `25,50`: as in the two price fields."""
    whole, rest = divmod(cents, 100)
    return f"{whole},{rest:02d}" if rest else str(whole)


def param_name(key: str) -> str:
    """The address's word for an index key."""
    return NAMES.get(key) or ATTRIBUTE + key.removeprefix("attr.")


def param_value(key: str, value: str) -> str:
    """The address's word for an index value."""
    return param_values(key)(value)


def param_values(key: str) -> Callable[[str], str]:
    """The address's words for the values of an index key."""
    if key == "category":
        nodes = load_tree().by_key
        return lambda value: nodes[value].slug if value in nodes else value
    table = _BACK.get(key)
    return (lambda value: table.get(value, value)) if table else str


def clean(text: str, limit: int = MAX_TEXT) -> str:
    """Typed text without control characters, squeezed and cut."""
    return " ".join("".join(c if c.isprintable() else " " for c in text[: limit * 2]).split())[:limit]


def _cents(text: str) -> int | None:
    try:
        cents = parse_cents(text[:20])
    except ValueError:
        return None
    return min(cents, MAX_CENTS)


def _values(key: str, given: Iterable[str]) -> tuple[str, ...]:
    table = _TABLES.get(key)
    found: dict[str, None] = {}
    for raw in list(given)[:MAX_VALUES]:
        value = clean(raw, 80)
        if key == "category":
            node = load_tree().named(value)
            value = node.key if node else ""
        elif table is not None:
            value = table.get(value, "")
        elif key == "seller" and value:
            value = current_seller(value)
        if value:
            found[value] = None
    return _most_precise(tuple(found)) if key == "category" else tuple(found)


def _most_precise(keys: tuple[str, ...]) -> tuple[str, ...]:
    """A category chosen with one of its own is the way to it: "Furniture" and "Chairs" are chairs."""
    by_key = load_tree().by_key
    above = {node.key for key in keys for node in by_key[key].path[:-1]}
    return tuple(key for key in keys if key not in above)


def _whole(name: str) -> str:
    """The facet key of an address's word, "" where it names none."""
    return _attribute_key(name) if name.startswith(ATTRIBUTE) else _KEYS.get(name, "")


def _attribute_key(name: str) -> str:
    key = name.removeprefix(ATTRIBUTE)
    return f"attr.{key}" if key.replace("-", "").replace("_", "").isalnum() else ""


def read_params(data: "MultiValueDict[str, str]", category: Node | None = None) -> Params:
    """The search that an address asks for."""
    filters: dict[str, tuple[str, ...]] = {}
    for key, name in NAMES.items():
        if name in data and (values := _values(key, data.getlist(name))):
            filters[key] = values
    for name in [n for n in data if n.startswith(ATTRIBUTE)][:MAX_VALUES]:
        key = _attribute_key(name)
        if key and (values := _values(key, data.getlist(name))):
            filters[key] = values
    page = data.get("page", "1")
    low, high = _cents(data.get("prix_min", "")), _cents(data.get("prix_max", ""))
    if low is not None and high is not None and low > high:
        low, high = high, low
    return Params(
        text=clean(data.get("q", "")),
        filters=filters,
        price_min=low or None,
        price_max=high,
        sort=SORT_SLUGS.get(data.get("tri", ""), ""),
        page=min(int(page), MAX_PAGE + 1) if page.isascii() and page.isdigit() and len(page) < 7 and int(page) else 1,
        category=category,
        whole=_whole(data.get(WHOLE, "")),
    )
