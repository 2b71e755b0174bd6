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
    are lower bounds ("more than"), three standard errors below the estimate: wrong about once in 700.
    """
    facets = _facets_of(searcher, schema, [*base, *chosen.values()], ALL_FIELDS, total)
    for key in chosen:
        clauses = [*base, *without(chosen, key)]
        wider = count_up_to(searcher, schema, clauses, total)
        own = _facets_of(searcher, schema, clauses, (_field_of(key),), wider)
        if key in own:
            facets[key] = own[key]
    return facets


def count_up_to(searcher: Any, schema: tantivy.Schema, clauses: list[Clause], at_least: int) -> int:
    """How many items match: the number decides whether counting all of them is cheap."""
    if at_least > EXACT_UP_TO:
        return at_least
    return int(searcher.search(together(clauses), 1, count=True).count)


def _facets_of(
    searcher: Any, schema: tantivy.Schema, clauses: list[Clause], fields: tuple[str, ...], total: int
) -> dict[str, Facet]:
    if total <= EXACT_UP_TO:
        return as_facets(_count(searcher, together(clauses), fields))
    shards = max(1, SHARDS * EXACT_UP_TO // total)
    counts = _count(searcher, together([*clauses, sample_clause(schema, shards)]), fields)
    scale = SHARDS / shards
    bounds = {key: {value: _lower_bound(n, scale) for value, n in values.items()} for key, values in counts.items()}
    return as_facets(bounds, is_exact=False)


def _lower_bound(counted: int, scale: float) -> int:
    """Three standard errors below the estimate, to two digits down; never below what was really counted."""
    estimate = scale * (counted - 3 * math.sqrt(counted))
    if estimate <= counted:
        return counted
    unit = int(10 ** max(0, len(str(int(estimate))) - 2))
    return max(counted, int(estimate) // unit * unit)


def as_facets(counts: Counts, *, is_exact: bool = True) -> dict[str, Facet]:
    """Facets with their values by count, then by name; price steps in their own order."""
    facets = {}
    for key, values in counts.items():
        pairs = list(values.items())
        if key != "price":
            pairs.sort(key=lambda pair: (-pair[1], pair[0]))
        facets[key] = Facet(key, tuple(FacetValue(v, n) for v, n in pairs), is_exact)
    return facets


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
