"""Counts by facet: exact where the matches are few, precomputed by category, or a sure lower bound."""

import math
from collections import defaultdict
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import tantivy

from rebond.catalogue.search.base import EXACT_UP_TO, PRICE_STEPS, Facet, FacetValue
from rebond.catalogue.search.clauses import Clause, sample_clause, together, without
from rebond.catalogue.search.schema import SHARDS

_SIZES = {
    "categories": 500,
    "condition": 10,
    "seller": 100,
    "department": 120,
    "brand": 60,
    "size": 60,
    "color": 60,
    "delivery": 10,
    "attr": 300,
}
_KEY_OF = {"categories": "category"}
_NONE: Mapping[str, int] = {}
SAMPLE = 8_000  # matches counted, about, where there are more than EXACT_UP_TO
Counts = dict[str, dict[str, int]]


def _aggregations(fields: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: {"terms": {"field": name, "size": _SIZES[name]}} for name in fields if name in _SIZES
    }
    if "price" in fields:
        bounds = (0, *PRICE_STEPS)
        ranges = [{"from": low, "to": high} for low, high in pairwise(bounds)]
        found["price"] = {"range": {"field": "price", "ranges": [*ranges, {"from": PRICE_STEPS[-1]}]}}
    return found


ALL_FIELDS = (*_SIZES, "price")


def _count(searcher: Any, query: Any, fields: tuple[str, ...]) -> Counts:
    """Raw counts by facet key; attributes parted into `attr.<key>`."""
    answer = searcher.aggregate(query, _aggregations(fields))
    counts: Counts = {}
    for name, found in answer.items():
        if name == "price":
            counts[name] = {
                f"{int(b['from'])}-{int(b['to']) if 'to' in b else ''}": b["doc_count"]
                for b in found["buckets"]
                if b["doc_count"] and "from" in b
            }
        elif name == "attr":
            parted: dict[str, dict[str, int]] = defaultdict(dict)
            for bucket in found["buckets"]:
                key, _, value = str(bucket["key"]).partition("=")
                parted[f"attr.{key}"][value] = bucket["doc_count"]
            counts |= parted
        else:
            values = {str(b["key"]): b["doc_count"] for b in found["buckets"]}
            if values:
                counts[_KEY_OF.get(name, name)] = values
    return counts


def _field_of(key: str) -> str:
    return "attr" if key.startswith("attr.") else {"category": "categories"}.get(key, key)


def count_facets(
    searcher: Any,
    schema: tantivy.Schema,
    *,
    base: list[Clause],
    chosen: Mapping[str, Clause],
    total: int,
) -> dict[str, Facet]:
    """Every facet with all filters but its own: `base` are the words, `chosen` one clause by facet.

    Up to EXACT_UP_TO matches the counts are exact. Above, they are told on a random sample of the items and
    are lower bounds ("more than"), three standard errors below the estimate: wrong about once in 700. Where
    few items match only thanks to a facet's own filter, that facet's values among them stay exact.
    """
    narrow = _counts_of(searcher, schema, [*base, *chosen.values()], ALL_FIELDS, total)
    facets = as_facets(*narrow)
    for key in chosen:
        clauses = [*base, *without(chosen, key)]
        wider = count_up_to(searcher, schema, clauses, total)
        counts, is_exact = _counts_of(searcher, schema, clauses, (_field_of(key),), wider)
        if key in counts:
            sure = narrow[0].get(key, {}) if narrow[1] and key == "category" else {}
            facets[key] = _facet(key, counts[key] | sure, is_exact=is_exact, sure=sure)
    return facets


def count_up_to(searcher: Any, schema: tantivy.Schema, clauses: list[Clause], at_least: int) -> int:
    """How many items match: the number decides whether counting all of them is cheap."""
    if at_least > EXACT_UP_TO:
        return at_least
    return int(searcher.search(together(clauses), 1, count=True).count)


def _counts_of(
    searcher: Any, schema: tantivy.Schema, clauses: list[Clause], fields: tuple[str, ...], total: int
) -> tuple[Counts, bool]:
    """Counts, and whether they are exact."""
    if total <= EXACT_UP_TO:
        return _count(searcher, together(clauses), fields), True
    shards = min(SHARDS, max(1, SHARDS * SAMPLE // total))
    counts = _count(searcher, together([*clauses, sample_clause(schema, shards)]), fields)
    scale = SHARDS / shards
    return {
        key: {value: _lower_bound(n, scale) for value, n in values.items()} for key, values in counts.items()
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


def _facet(key: str, values: dict[str, int], *, is_exact: bool, sure: Mapping[str, int] = _NONE) -> Facet:
    pairs = values.items() if key == "price" else sorted(values.items(), key=_by_count)
    return Facet(key, tuple([FacetValue(v, n, is_exact or v in sure) for v, n in pairs]), is_exact)


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def precompute(searcher: Any, schema: tantivy.Schema) -> dict[str, Counts]:
    """Exact counts of each category too large to count at each request ("" is the whole shop)."""
    everything = together([])
    if searcher.num_docs <= EXACT_UP_TO:
        return {}
    found = {"": _count(searcher, everything, ALL_FIELDS)}
    for key, count in found[""].get("category", {}).items():
        if count > EXACT_UP_TO:
            clause = tantivy.Query.term_query(schema, "categories", key, "basic")
            found[key] = _count(searcher, clause, ALL_FIELDS)
    return found
