"""Items like one: by the words of its title within its category, then what is new there."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import combinations
from math import prod
from typing import Any

from tantivy import Occur, Query

from rebond.catalogue.search import clauses
from rebond.catalogue.search.analysis import query_words, stem
from rebond.catalogue.search.base import EXACT_UP_TO, Likeness, SearchQuery, Sort
from rebond.catalogue.search.reader import AMPLE, Snapshot

RAREST = 3  # words of a title that similar items are sought by


def similar_items(
    snapshot: Snapshot, item_id: int, like: Likeness, limit: int, published_after: datetime | None
) -> list[int]:
    """By the words of the title within the category, then its newest, then the category above (whatever the date)."""
    schema, searcher = snapshot.schema, snapshot.searcher
    frequencies = sorted((int(searcher.doc_freq("title", s)), s) for s in set(map(stem, query_words(like.title))))
    frequencies = [(n, s) for n, s in frequencies if n][:RAREST]
    found: list[int] = []
    path = like.categories if published_after is None else like.categories[-1:]
    fixed = clauses.fixed_clauses(schema, SearchQuery(published_after=published_after))
    for category in reversed(path):
        clause = (Occur.Must, clauses.any_of(schema, "categories", [category]))
        itself = clauses.without_ids(schema, [item_id, *found])
        if frequencies:
            wanted = [clause, *itself, *fixed]
            found += _ids(searcher, _alike(snapshot, category, wanted, frequencies, limit - len(found)))
        if len(found) < limit:
            itself = clauses.without_ids(schema, [item_id, *found])
            found += _ids(searcher, _newest(snapshot, category, [clause, *itself, *fixed], limit - len(found)))
        if len(found) >= limit:
            break
    return found[:limit]


def _alike(
    snapshot: Snapshot, category: str, wanted: list[clauses.Clause], frequencies: list[tuple[int, str]], limit: int
) -> list[Any]:
    """Items that have some of the words, rarest first; of very usual words, those that have several, where enough."""
    searcher = snapshot.searcher
    words = [Query.term_query(snapshot.schema, "title", s, "position") for _, s in frequencies]
    choices: Iterable[Any] = [_any_of(words)]
    if sum(n for n, _ in frequencies) > EXACT_UP_TO:
        items = max(1, int(searcher.num_docs))
        expected = int(searcher.doc_freq("categories", category)) * prod(n / items for n, _ in frequencies)
        choices = _choices(words, may_all_be_had=expected >= limit)
    hits: list[Any] = []
    for some in choices:
        query = Query.boolean_query([*wanted, (Occur.Must, some)])
        hits = list(searcher.search(query, limit, count=False, weight_by_field="weight").hits)
        if len(hits) == limit:
            break
    return hits


def _any_of(queries: list[Any]) -> Any:
    return Query.boolean_query([(Occur.Should, query) for query in queries])


def _all_of(queries: list[Any]) -> Any:
    return Query.boolean_query([(Occur.Must, query) for query in queries])


def _choices(words: list[Any], *, may_all_be_had: bool) -> Iterator[Any]:
    """All the words; all but one; the rarest or all the others. A union of usual words would be read whole."""
    if may_all_be_had or len(words) == 1:
        yield _all_of(words)
    if len(words) > 2:
        yield _any_of([_all_of(list(some)) for some in combinations(words, len(words) - 1)])
    if len(words) > 1:
        yield _any_of([words[0], _all_of(words[1:])])


def _newest(snapshot: Snapshot, category: str, wanted: list[clauses.Clause], limit: int) -> list[Any]:
    """The newest of a category; of a large one, sought first among the newest of all items."""
    searcher = snapshot.searcher
    size = int(searcher.doc_freq("categories", category))
    needed = AMPLE * limit * searcher.num_docs // max(1, size)
    edge = snapshot.edge(Sort.NEWEST, needed) if size > EXACT_UP_TO else None
    if edge is not None:
        near = clauses.foremost_clause(snapshot.schema, "published", edge, is_rising=False)
        hits = searcher.search(clauses.together([*wanted, near]), limit, count=False, order_by_field="published").hits
        if len(hits) == limit:
            return list(hits)
    return list(searcher.search(clauses.together(wanted), limit, count=False, order_by_field="published").hits)


def _ids(searcher: Any, hits: list[Any]) -> list[int]:
    if not hits:
        return []
    return [int(i) for i in searcher.fast_field_values("id", [address for _, address in hits])]
