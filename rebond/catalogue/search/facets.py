"""Counts by facet: exact where the matches are few, precomputed by category, or a sure lower bound."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter
from typing import Any

import tantivy

from rebond.catalogue.search.base import EXACT_UP_TO, Facet, FacetValue, Sort
from rebond.catalogue.search.clauses import Clause, sample_clause, sample_number, together, without
from rebond.catalogue.search.schema import FULL_FIELDS, PARTS, STEPS

# Column that counts a facet. `path` and `kind` hold several facets in one value: one pass counts them all.
_COLUMN_OF = {"category": "path", "condition": "kind", "price": "kind", "delivery": "kind"}
COLUMNS = ("path", "kind", *FULL_FIELDS)
_SIZES = {"path": 3_000, "kind": 1_000, "attr": 400}
_SHOWN = 40  # values of another facet; the shop shows 32
_OWN = 400  # values of a facet that has chosen ones
_SEGMENT_SIZE = 5_000  # values kept of each part of the index: below so many, the counts are exact
WIDER_EXACT_UP_TO = 10 * EXACT_UP_TO  # one column alone is counted exactly further than all of them
SAMPLE = 10_000  # matches counted at most, about, where there are more than EXACT_UP_TO
_NONE: Mapping[str, int] = {}
Counts = dict[str, dict[str, int]]


@dataclass(slots=True)
class Asked:
    """What to count. `bound` tells how many items match at most without a facet's own filter, for free."""

    base: list[Clause]
    chosen: Mapping[str, Clause]
    values: Mapping[str, tuple[str, ...]]  # chosen, by facet
    total: int
    with_attributes: bool
    bound: Callable[[str], int]
    ready: Callable[[str], Mapping[str, int] | None] = lambda _key: None  # precomputed counts of one facet
    whole: str = ""
    found: list[Clause] | None = None  # the few matches themselves, where their ids are known


def column_of(key: str) -> str:
    return "attr" if key.startswith("attr.") else _COLUMN_OF.get(key, key)


def _terms(column: str, size: int) -> dict[str, Any]:
    return {"terms": {"field": column, "size": size, "segment_size": _SEGMENT_SIZE}}


def _count(
    searcher: Any, query: Any, columns: Iterable[str], size: int = _SHOWN, whole: str = ""
) -> tuple[Counts, bool]:
    """Raw counts by facet key, and whether they are exact (not where a part of the index has too many values)."""
    answer = searcher.aggregate(query, {c: _terms(c, _OWN if c == whole else _SIZES.get(c, size)) for c in columns})
    counts: Counts = {}
    is_exact = True
    for column, found in answer.items():
        pairs = [(b["key"], b["doc_count"]) for b in found["buckets"]]
        is_exact = is_exact and not found.get("doc_count_error_upper_bound")
        if reader := _READERS.get(column):
            counts |= reader(pairs)
        elif values := {key: n for key, n in pairs if key}:
            counts[column] = values
    return counts, is_exact


def count_all(searcher: Any, query: Any) -> int:
    """How many items match: every item has one value of `kind`, and counting it is cheaper than scoring."""
    return int(searcher.aggregate(query, {"n": {"value_count": {"field": "kind"}}})["n"]["value"])


Pairs = list[tuple[str, int]]


@lru_cache(maxsize=5_000)
def _keys_of(path: str) -> list[str]:
    return path.split("/")


@lru_cache(maxsize=2_000)
def _parts_of(kind: str) -> tuple[str, int, list[str]]:
    condition, step, modes = kind.split(PARTS)
    return condition, int(step), modes.split(",") if modes else []


def _read_paths(pairs: Pairs) -> Counts:
    """A category counts itself and all below."""
    found: dict[str, int] = defaultdict(int)
    for path, n in pairs:
        for key in _keys_of(path):
            found[key] += n
    return {"category": found} if found else {}


def _read_kinds(pairs: Pairs) -> Counts:
    conditions: dict[str, int] = defaultdict(int)
    steps = [0] * len(STEPS)
    deliveries: dict[str, int] = defaultdict(int)
    for kind, n in pairs:
        condition, step, modes = _parts_of(kind)
        conditions[condition] += n
        steps[step] += n
        for mode in modes:
            deliveries[mode] += n
    prices = {step: n for step, n in zip(STEPS, steps, strict=True) if n}
    found = {"condition": conditions, "price": prices, "delivery": deliveries}
    return {key: values for key, values in found.items() if values}


def _read_attributes(pairs: Pairs) -> Counts:
    found: Counts = {}
    for pair, n in pairs:
        key, _, value = pair.partition("=")
        found.setdefault(f"attr.{key}", {})[value] = n
    return found


_READERS: dict[str, Callable[[Pairs], Counts]] = {
    "path": _read_paths,
    "kind": _read_kinds,
    "attr": _read_attributes,
}


def count_facets(searcher: Any, schema: tantivy.Schema, asked: Asked) -> dict[str, Facet]:
    """Every facet with all filters but its own: `base` are the words, `chosen` one clause by facet.

    Up to EXACT_UP_TO matches the counts are exact. Above, they are told on a random sample of the items and
    are lower bounds ("more than"), three standard errors below the estimate: wrong about once in 700. Where
    few items match only thanks to a facet's own filter, its chosen values stay exact.
    """
    columns = [*COLUMNS, "attr"] if asked.with_attributes else COLUMNS
    clauses = asked.found or [*asked.base, *asked.chosen.values()]
    narrow, is_exact = _counts_of(searcher, schema, clauses, columns, asked.total, most=EXACT_UP_TO, whole=asked.whole)
    facets = as_facets(narrow, is_exact)
    for key in asked.chosen:
        sure = _chosen_counts(narrow.get(key), asked.values.get(key, ())) if is_exact else _NONE
        counts, is_own_exact = _own_counts(searcher, schema, asked, key)
        if counts:
            facets[key] = _facet(key, {**counts, **sure}, is_exact=is_own_exact, sure=sure)
        else:
            facets.pop(key, None)
    return facets


def _chosen_counts(narrow: Mapping[str, int] | None, values: Iterable[str]) -> Mapping[str, int]:
    """An item that has a chosen value passes this facet's filter: its count is the same with and without."""
    return {v: narrow[v] for v in values if v in narrow} if narrow else _NONE


def _own_counts(searcher: Any, schema: tantivy.Schema, asked: Asked, key: str) -> tuple[Mapping[str, int], bool]:
    """The counts of a facet that has chosen values, which do not narrow them."""
    clauses = [*asked.base, *without(asked.chosen, key)]
    wider = asked.bound(key)
    most = EXACT_UP_TO if column_of(key) == "attr" else WIDER_EXACT_UP_TO
    if wider > most:
        if (ready := asked.ready(key)) is not None:
            return ready, True
        wider = asked.total if asked.total > most else count_all(searcher, together(clauses))
    counts, is_exact = _counts_of(searcher, schema, clauses, [column_of(key)], wider, most=most, size=_OWN)
    return counts.get(key, {}), is_exact


def _counts_of(
    searcher: Any,
    schema: tantivy.Schema,
    clauses: list[Clause],
    columns: Iterable[str],
    total: int,
    *,
    most: int,
    size: int = _SHOWN,
    whole: str = "",
) -> tuple[Counts, bool]:
    """Counts, and whether they are exact."""
    if total <= most:
        return _count(searcher, together(clauses), columns, size, whole)
    number = sample_number(total, SAMPLE)
    counts, _ = _count(searcher, together([*clauses, sample_clause(schema, number)]), columns, size, whole)
    return {
        key: {value: _lower_bound(n, 2**number) for value, n in values.items()} for key, values in counts.items()
    }, False


def _lower_bound(counted: int, scale: float) -> int:
    """Three standard errors below the estimate, to two digits down; never below what was really counted."""
    estimate = scale * (counted - 3 * math.sqrt(counted))
    if estimate <= counted:
        return counted
    unit = int(10 ** max(0, len(str(int(estimate))) - 2))
    return max(counted, int(estimate) // unit * unit)


def as_facets(counts: Counts, is_exact: bool = True) -> dict[str, Facet]:  # noqa: FBT001, FBT002 -- a pair, unpacked
    """Facets with their values by count, then by name; price steps in their own order."""
    return {key: _facet(key, values, is_exact=is_exact) for key, values in counts.items()}


def _facet(key: str, values: Mapping[str, int], *, is_exact: bool, sure: Mapping[str, int] = _NONE) -> Facet:
    pairs = list(values.items())
    if key != "price":
        pairs.sort()
        pairs.sort(key=_count_of, reverse=True)
    if is_exact or not sure:
        return Facet(key, tuple([FacetValue(v, n, is_exact) for v, n in pairs]), is_exact)
    return Facet(key, tuple([FacetValue(v, n, v in sure) for v, n in pairs]), is_exact)


_count_of = itemgetter(1)


ORDERS = {
    Sort.NEWEST: ("published", tantivy.Order.Desc),
    Sort.PRICE_ASC: ("price", tantivy.Order.Asc),
    Sort.PRICE_DESC: ("price", tantivy.Order.Desc),
}
RANKS_KEY = "#ranks"
RANKS = (500, 2_000, 8_000, 32_000, 128_000)


def precompute(searcher: Any, schema: tantivy.Schema) -> dict[str, Counts]:
    """Exact counts of each category too large to count at each request ("" is the whole shop), and RANKS_KEY."""
    if searcher.num_docs <= EXACT_UP_TO:
        return {}
    found = {"": _count(searcher, together([]), COLUMNS, _OWN)[0]}
    for key, count in found[""].get("category", {}).items():
        if count > EXACT_UP_TO:
            clause = tantivy.Query.term_query(schema, "categories", key, "basic")
            found[key] = _count(searcher, clause, (*COLUMNS, "attr"), _OWN)[0]
    return found | {RANKS_KEY: {str(sort): _ranks(searcher, sort) for sort in ORDERS}}


def _ranks(searcher: Any, sort: Sort) -> dict[str, int]:
    """The date or price of the 500th item of all in this order, of the 2,000th, …"""
    field, order = ORDERS[sort]
    found = {}
    for rank in RANKS:
        hits = searcher.search(together([]), 1, count=False, offset=rank - 1, order_by_field=field, order=order).hits
        if hits:
            found[str(rank)] = int(hits[0][0])
    return found
