"""A SearchQuery as tantivy clauses: filters by facet, words by weight."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import tantivy
from tantivy import Occur, Query

from rebond.catalogue.search import ranking
from rebond.catalogue.search.analysis import stem
from rebond.catalogue.search.base import SearchQuery
from rebond.catalogue.search.schema import HALVINGS, RAW_FIELDS

Clause = tuple[Any, Any]
FIELD_OF = {name: name for name in RAW_FIELDS} | {"category": "categories"}
_MAX_PRICE = 2**63 - 1


def _silent(query: Any) -> Any:
    return Query.const_score_query(query, 0.0)


def any_of(schema: tantivy.Schema, field: str, values: Iterable[Any]) -> Any:
    """Items that have one of the values; says nothing about their order."""
    found = list(values)
    if len(found) == 1:
        return _silent(Query.term_query(schema, field, found[0], "basic"))
    return _silent(Query.term_set_query(schema, field, found))


def without_ids(schema: tantivy.Schema, ids: Iterable[int]) -> list[Clause]:
    """One clause for each item left out. A set of terms would walk through all ids there are: ten times as long."""
    return [(Occur.MustNot, Query.term_query(schema, "id", one, "basic")) for one in ids]


def only_ids(schema: tantivy.Schema, ids: Iterable[int]) -> Clause:
    """These items and no other."""
    terms = [(Occur.Should, Query.term_query(schema, "id", one, "basic")) for one in ids]
    return (Occur.Must, _silent(Query.boolean_query(terms)))


def terms_of(filters: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str, list[str]]]:
    """Each facet chosen that the index knows: its key, its field and the terms that are alternatives."""
    for key, values in filters.items():
        if not values:
            continue
        if key.startswith("attr."):
            name = key.removeprefix("attr.")
            yield key, "attr", [f"{name}={value}" for value in values]
        elif key in FIELD_OF:
            yield key, FIELD_OF[key], list(values)


def filter_clauses(schema: tantivy.Schema, query: SearchQuery) -> dict[str, Clause]:
    """One clause by facet key chosen (`price` for both bounds), and `""` for the rest."""
    clauses: dict[str, Clause] = {
        key: (Occur.Must, any_of(schema, field, values)) for key, field, values in terms_of(query.filters)
    }
    if query.price_min is not None or query.price_max is not None:
        low = min(max(query.price_min or 0, 0), _MAX_PRICE)
        high = _MAX_PRICE if query.price_max is None else min(max(query.price_max, 0), _MAX_PRICE)
        clauses["price"] = (Occur.Must, _range(schema, "price", low, high))
    return clauses


def _range(schema: tantivy.Schema, field: str, low: int, high: int) -> Any:
    if low > high:
        return Query.empty_query()
    return _silent(Query.range_query(schema, field, tantivy.FieldType.Unsigned, low, high))


def foremost_clause(schema: tantivy.Schema, field: str, edge: int, *, is_rising: bool) -> Clause:
    """Items no further than `edge` in an order: few values, read from their lists instead of the whole column."""
    low, high = (0, edge) if is_rising else (edge, _MAX_PRICE)
    kind = tantivy.FieldType.Unsigned
    return (Occur.Must, _silent(Query.range_query(schema, field, kind, low, high, use_inverted_index=True)))


def fixed_clauses(schema: tantivy.Schema, query: SearchQuery) -> list[Clause]:
    """What is no facet: the page's own category, items left out, items since a moment."""
    clauses: list[Clause] = []
    if query.within:
        clauses.append((Occur.Must, any_of(schema, "categories", [query.within])))
    if query.exclude_ids:
        clauses += without_ids(schema, query.exclude_ids)
    if query.published_after is not None:
        since = max(0, int(query.published_after.timestamp()) + 1)
        clauses.append((Occur.Must, _range(schema, "published", since, _MAX_PRICE)))
    return clauses


def word_clauses(
    schema: tantivy.Schema,
    words: list[str],
    frequency: Callable[[str, str], int],
    *,
    is_partial: bool = False,
    somewhere_in: Collection[str] = (),
) -> list[Clause]:
    """Every word somewhere (or all but one or two where `is_partial`), more where it stands in the title.

    `frequency` tells in how many items a field has a term: what is nowhere is not sought again in each item.
    `somewhere_in` leaves out the items that have no word in one of these fields.
    """
    stems = list(dict.fromkeys(stem(word) for word in words))
    anywhere = [_boost(Query.term_query(schema, "text", s, "freq"), ranking.TEXT) for s in stems]
    clauses: list[Clause] = [(Occur.Must, _most_of(anywhere))] if is_partial else [(Occur.Must, q) for q in anywhere]
    chosen: list[Clause] = []
    for field, weight in ranking.FIELDS.items():
        there = [s for s in stems if frequency(field, s)]
        found = clauses if field not in somewhere_in else chosen
        found += [(Occur.Should, _boost(Query.term_query(schema, field, s, _OPTION[field]), weight)) for s in there]
        if field == "title" and len(there) == len(stems) > 1:
            phrase = Query.phrase_query(schema, "title", [*stems], slop=1)
            clauses.append((Occur.Should, _boost(phrase, ranking.PHRASE)))
    if len(stems) > 1 and not is_partial:
        return [(Occur.Must, _one_by_one(clauses))]
    return [*clauses, (Occur.Must, Query.boolean_query(chosen))] if chosen else clauses


def _one_by_one(clauses: list[Clause]) -> Any:
    """The same scores, each optional clause looked up where all the words are: together they would be read whole."""
    found = Query.boolean_query([clause for clause in clauses if clause[0] == Occur.Must])
    for clause in clauses:
        if clause[0] == Occur.Should:
            found = Query.boolean_query([(Occur.Must, found), clause])
    return found


_OPTION = {"title": "position", "brand_words": "basic", "category_words": "basic"}


def _most_of(queries: list[Any]) -> Any:
    """All words but one, or but two from five words on.

    Each choice of all but one is sought apart: its rarest word leads, whereas counting how many of the words an item
    has would read every list whole.
    """
    if len(queries) > 4:
        return Query.boolean_query([(Occur.Should, q) for q in queries], len(queries) - 2)
    if len(queries) < 3:
        return Query.boolean_query([(Occur.Should, q) for q in queries])
    choices = [
        Query.boolean_query([(Occur.Must, q) for j, q in enumerate(queries) if j != i]) for i in range(len(queries))
    ]
    return Query.boolean_query([(Occur.Should, choice) for choice in choices])


def _boost(query: Any, weight: float) -> Any:
    return query if weight == 1 else Query.boost_query(query, weight)


def matching_words(schema: tantivy.Schema, words: list[str], *, is_partial: bool = False) -> list[Clause]:
    """The same items as `word_clauses`, without order: for counts."""
    stems = list(dict.fromkeys(stem(word) for word in words))
    found = [Query.term_query(schema, "text", s, "freq") for s in stems]
    if is_partial:
        return [(Occur.Must, _most_of(found))]
    return [(Occur.Must, q) for q in found]


def together(clauses: Iterable[Clause]) -> Any:
    """All clauses; every item where there is none that must match."""
    found = list(clauses)
    if not any(occur == Occur.Must for occur, _ in found):
        found.append((Occur.Must, _silent(Query.all_query())))
    return Query.boolean_query(found)


def without(clauses: Mapping[str, Clause], key: str) -> list[Clause]:
    return [clause for name, clause in clauses.items() if name != key]


def sample_number(matches: int, most: int) -> int:
    """The largest sample in which about `most` of the matches are, at most; 0 where all of them may be counted."""
    return min(HALVINGS, (max(1, -(-matches // most)) - 1).bit_length())


def sample_clause(schema: tantivy.Schema, number: int) -> Clause:
    """One item in 2 ** number, drawn at random: one term, whatever the size of the sample."""
    return (Occur.Must, any_of(schema, "sample", [number]))
