"""Items like one: by the words of its title within its category, then what is new there."""

from datetime import datetime
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
    is_usual = sum(n for n, _ in frequencies) > EXACT_UP_TO
    found: list[int] = []
    path = like.categories if published_after is None else like.categories[-1:]
    fixed = clauses.fixed_clauses(schema, SearchQuery(published_after=published_after))
    for category in reversed(path):
        clause = (Occur.Must, clauses.any_of(schema, "categories", [category]))
        itself = (Occur.MustNot, Query.term_set_query(schema, "id", [item_id, *found]))
        words = [Query.term_query(schema, "title", s, "position") for _, s in frequencies]
        if words:
            wanted = [clause, itself, *fixed]
            found += _ids(searcher, _alike(searcher, wanted, words, limit - len(found), is_usual=is_usual))
        if len(found) < limit:
            itself = (Occur.MustNot, Query.term_set_query(schema, "id", [item_id, *found]))
            found += _ids(searcher, _newest(snapshot, category, [clause, itself, *fixed], limit - len(found)))
        if len(found) >= limit:
            break
    return found[:limit]


def _alike(searcher: Any, wanted: list[clauses.Clause], words: list[Any], limit: int, *, is_usual: bool) -> list[Any]:
    """Items that have some of the words; of very usual words, those that have all, where these are enough."""
    for occur in (Occur.Must, Occur.Should) if is_usual and len(words) > 1 else (Occur.Should,):
        query = Query.boolean_query([*wanted, (Occur.Must, Query.boolean_query([(occur, word) for word in words]))])
        hits = searcher.search(query, limit, count=False, weight_by_field="weight").hits
        if len(hits) == limit:
            break
    return list(hits)


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
