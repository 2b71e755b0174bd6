"""The embedded engine: Tantivy behind the interface of `base`."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.cache import cache

from rebond.catalogue import tasks
from rebond.catalogue.search import clauses, ranking, store
from rebond.catalogue.search.analysis import query_words, stem
from rebond.catalogue.search.base import (
    EXACT_UP_TO,
    MAX_RESULTS,
    Facet,
    IndexDocument,
    IndexUnavailable,
    Likeness,
    SearchQuery,
    SearchResult,
    Sort,
    Suggestion,
)
from rebond.catalogue.search.documents import likeness_of
from rebond.catalogue.search.facets import ORDERS, Asked, as_facets, count_all, count_facets
from rebond.catalogue.search.reader import AMPLE, Reader, Snapshot, damage_is_unavailable
from rebond.catalogue.search.schema import FULL_FIELDS
from rebond.catalogue.search.similar import similar_items
from rebond.catalogue.search.suggestions import Typed, suggest_places
from rebond.catalogue.search.writer import Builder, Session

FEW = 3  # results: below, a rare word with a much more usual neighbour is taken for a typo
MUCH_MORE_USUAL = 20
MUCH_RARER = 4  # times: a word that so few items have in their title is sought there first
FEW_FOUND = 100  # matches whose ids are cheaper to count again than
MANY_SOUGHT = 20_000  # items that have the rarest of the words
KEPT_COUNTS = 200  # facets of searches per snapshot, some 20 kB each: the next sort, page or visitor asks the same
_ASKED = "search:rebuild-asked"
_ASKED_FOR_S = 300


class TantivyIndex:
    """One per process and folder; safe between threads."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.reader = Reader(root)

    # --- reading

    def search(self, query: SearchQuery) -> SearchResult:
        start = time.perf_counter()
        with self._asking_for_a_rebuild():
            snapshot = self.reader.snapshot()
            with damage_is_unavailable():
                return _Search(self.reader, snapshot, query).run(start)

    def suggest(self, text: str, *, limit: int = 8, items: int = 0) -> list[Suggestion]:
        with self._asking_for_a_rebuild():
            snapshot = self.reader.snapshot()
            with damage_is_unavailable():
                places = suggest_places(text, limit=max(1, limit // 2))
                typed = Typed(snapshot, self.reader.dictionary(snapshot), text, limit=limit - len(places))
                return [*places, *typed.words(), *typed.items(items)]

    def similar(
        self, item_id: int, *, like: Likeness | None = None, limit: int = 12, published_after: datetime | None = None
    ) -> list[int]:
        like = like or likeness_of(item_id)
        if like is None:
            return []
        with self._asking_for_a_rebuild():
            snapshot = self.reader.snapshot()
            with damage_is_unavailable():
                return similar_items(snapshot, item_id, like, limit, published_after)

    def count(self) -> int:
        with self._asking_for_a_rebuild():
            return int(self.reader.snapshot().searcher.num_docs)

    def is_usable(self) -> bool:
        try:
            snapshot = Reader(self.root).snapshot()
            with damage_is_unavailable():
                _Search(self.reader, snapshot, SearchQuery()).run(0)
        except IndexUnavailable:
            return False
        return True

    @contextmanager
    def _asking_for_a_rebuild(self) -> Iterator[None]:
        """An unusable index asks for its own rebuild, once in five minutes whatever the number of visitors."""
        try:
            yield
        except IndexUnavailable:
            self.reader = Reader(self.root)
            if cache.add(_ASKED, 1, timeout=_ASKED_FOR_S):
                tasks.rebuild_search_index.enqueue()
            raise

    # --- writing

    @contextmanager
    def writing(self) -> Iterator[Session]:
        with store.lock(self.root, store.WRITER_LOCK, wait_s=60):
            session = Session(store.live_folder(self.root))
            yield session
            session.close()
            self.reader.forget()

    def write(self, documents: Iterable[IndexDocument], *, delete_ids: Iterable[int] = ()) -> None:
        with self.writing() as session:
            session.write(documents, delete_ids=delete_ids)

    @contextmanager
    def rebuilding(self) -> Iterator[Builder]:
        with store.lock(self.root, store.REBUILD_LOCK, wait_s=0):
            with self.swapping():  # a write that began before must end: the rebuild reads what it read
                pass
            builder = Builder(self.root)
            try:
                yield builder
            finally:
                if not builder.is_published:
                    builder.discard()
                self.reader.forget()
        cache.delete(_ASKED)

    def is_rebuilding(self) -> bool:
        return store.is_locked(self.root, store.REBUILD_LOCK)

    @contextmanager
    def swapping(self) -> Iterator[None]:
        with store.lock(self.root, store.WRITER_LOCK, wait_s=60):
            yield


class _Search:
    """One query on one snapshot."""

    def __init__(self, reader: Reader, snapshot: Snapshot, query: SearchQuery) -> None:
        self.reader = reader
        self.snapshot = snapshot
        self.schema = snapshot.schema
        self.searcher = snapshot.searcher
        self.query = query
        self.chosen = clauses.filter_clauses(self.schema, query)
        self.fixed = clauses.fixed_clauses(self.schema, query)
        self.size = max(1, min(query.size, 200))
        self.page = max(1, query.page)
        self.sort = Sort.NEWEST if query.sort == Sort.RELEVANCE else query.sort  # where there is nothing to weigh

    def run(self, start: float) -> SearchResult:
        typed = query_words(self.query.text)
        words = self._known(typed)
        hits, total = self._hits(words)
        if total < FEW and words:
            hits, total, words = self._forgiving(words, hits, total)
        is_partial = not total and len(words) > 1
        if is_partial:
            hits, total = self._hits(words, is_partial=True)
            is_partial = bool(total)
        found = self.searcher.fast_field_values("id", hits) if hits else []
        ids = tuple(int(i) for i in found if i is not None)
        whole = ids if len(ids) == total <= FEW_FOUND and self._seeks_long(words) else ()
        return SearchResult(
            ids=ids[: self.size],
            total=total,
            is_total_exact=True,
            facets=self._facets(words, total, whole, is_partial=is_partial) if self.query.with_facets else {},
            took_ms=(time.perf_counter() - start) * 1000,
            max_page=max(1, min(-(-total // self.size), MAX_RESULTS // self.size)),
            corrected=self._shown(words) if words != typed else "",
            is_partial=is_partial,
        )

    def _shown(self, words: list[str]) -> str:
        dictionary = self.reader.dictionary(self.snapshot)
        return " ".join(dictionary.display(word) for word in words)

    def _known(self, words: list[str]) -> list[str]:
        """A word that no item has is replaced by its nearest neighbour, where there is one."""
        return [w if self._frequency(w) else self._neighbour(w) or w for w in words]

    def _frequency(self, word: str) -> int:
        return int(self.searcher.doc_freq("text", stem(word)))

    def _neighbour(self, word: str) -> str:
        return self.reader.dictionary(self.snapshot).correct(word)

    def _forgiving(self, words: list[str], hits: list[Any], total: int) -> tuple[list[Any], int, list[str]]:
        """Few results: take rare words that have a much more usual neighbour for typos, if that finds more."""
        tried = [self._usual(word) for word in words]
        if tried != words:
            found, more = self._hits(tried)
            if more > total:
                return found, more, tried
        return hits, total, words

    def _usual(self, word: str) -> str:
        near = self._neighbour(word)
        return near if near and self._frequency(near) >= MUCH_MORE_USUAL * self._frequency(word) else word

    def _hits(self, words: list[str], *, is_partial: bool = False) -> tuple[list[Any], int]:
        by_score = bool(words) and self.query.sort == Sort.RELEVANCE
        if by_score and len(words) == 1 and (found := self._likeliest(words)) is not None:
            return found
        if by_score:
            wanted = clauses.word_clauses(self.schema, words, self.searcher.doc_freq, is_partial=is_partial)
        else:
            wanted = clauses.matching_words(self.schema, words, is_partial=is_partial)
            if (found := self._foremost(wanted, [] if is_partial else words)) is not None:
                return found
        query = clauses.together([*wanted, *self.fixed, *self.chosen.values()])
        offset = (self.page - 1) * self.size
        if offset + self.size > MAX_RESULTS:
            return [], int(self.searcher.search(query, 1, count=True).count)
        options: dict[str, Any] = {"weight_by_field": "weight"}
        if not by_score:
            options = dict(zip(("order_by_field", "order"), ORDERS[self.sort], strict=True))
        found = self.searcher.search(query, self._asked_for(words), count=True, offset=offset, **options)
        return [address for _, address in found.hits], int(found.count)

    def _asked_for(self, words: list[str]) -> int:
        """How many items to ask for: the page, or all where they may be few among many."""
        return max(self.size, FEW_FOUND) if self._seeks_long(words) else self.size

    def _seeks_long(self, words: list[str]) -> bool:
        """Whether finding the matches a second time, to count their facets, takes longer than counting known ids."""
        is_first = self.query.with_facets and len(words) > 1 and self.page == 1
        return is_first and self._bound(words, "") > MANY_SOUGHT

    def _likeliest(self, words: list[str]) -> tuple[list[Any], int] | None:
        """The same hits and total for one very usual word, comparing only the items that have it where it counts most.

        None unless the last of the page is above whatever the others can reach: then all must be compared.
        """
        end = self.page * self.size
        if end > MAX_RESULTS or self._bound(words, "") <= EXACT_UP_TO:
            return None
        word = stem(words[0])
        places = {field: int(self.searcher.doc_freq(field, word)) for field in ("text", *ranking.FIELDS)}
        fields = [field for field in ranking.FIELDS if 0 < places[field] <= places["text"] // MUCH_RARER]
        if "title" not in fields:
            return None
        wanted = clauses.word_clauses(self.schema, words, lambda field, _word: places[field], somewhere_in=fields)
        filters = [*self.fixed, *self.chosen.values()]
        query = clauses.together([*wanted, *filters])
        offset = end - self.size
        hits = self.searcher.search(query, self.size, count=False, offset=offset, weight_by_field="weight").hits
        elsewhere = [
            (ranking.FIELDS.get(field, ranking.TEXT), places[field]) for field in places if field not in fields
        ]
        if len(hits) < self.size or hits[-1][0] <= ranking.most_elsewhere(self.searcher.num_docs, elsewhere):
            return None
        everything = clauses.together([*clauses.matching_words(self.schema, words), *filters])
        return [address for _, address in hits], count_all(self.searcher, everything)

    def _foremost(self, wanted: list[clauses.Clause], words: list[str]) -> tuple[list[Any], int] | None:
        """The same hits and total in an order, comparing only the foremost of all items, where these are enough."""
        end = self.page * self.size
        most = self._bound(words, "")
        if end > MAX_RESULTS or most <= EXACT_UP_TO:
            return None
        edge = self.snapshot.edge(self.sort, AMPLE * end * self.searcher.num_docs // most)
        if edge is None:
            return None
        field, order = ORDERS[self.sort]
        everything = [*wanted, *self.fixed, *self.chosen.values()]
        near = clauses.foremost_clause(self.schema, field, edge, is_rising=self.sort == Sort.PRICE_ASC)
        query = clauses.together([*everything, near])
        offset = end - self.size
        found = self.searcher.search(query, self.size, count=False, offset=offset, order_by_field=field, order=order)
        if len(found.hits) < self.size:
            return None
        total = None if wanted else self._ready_total()
        if total is None or total <= EXACT_UP_TO:
            total = count_all(self.searcher, clauses.together(everything))
        return [address for _, address in found.hits], total

    def _ready_total(self) -> int | None:
        """How many match, from the precomputed counts: a large category, or one facet of one value an item in it."""
        others = [key for key in self.chosen if key != "category"]
        if not others:
            alone = self._alone()
            return None if alone is None else sum(self.snapshot.counts.get(alone, {}).get("condition", {}).values())
        counts = self._ready(others[0]) if len(others) == 1 and others[0] in {"condition", *FULL_FIELDS} else None
        values = self.query.filters.get(others[0], ())
        return sum(counts[v] for v in values) if counts and all(v in counts for v in values) else None

    def _facets(self, words: list[str], total: int, ids: tuple[int, ...], *, is_partial: bool) -> dict[str, Facet]:
        """`ids` are all that match, where they are known."""
        if total > EXACT_UP_TO and not words and (ready := self._precomputed()) is not None:
            return ready
        key = self._key(words, is_partial=is_partial)
        found: dict[str, Facet] | None = self.snapshot.counted.get(key)
        if found is None:
            found = count_facets(self.searcher, self.schema, self._asked(words, total, ids, is_partial=is_partial))
            if KEPT_COUNTS:
                if len(self.snapshot.counted) >= KEPT_COUNTS:
                    self.snapshot.counted.clear()
                self.snapshot.counted[key] = found
        return found

    def _asked(self, words: list[str], total: int, ids: tuple[int, ...], *, is_partial: bool) -> Asked:
        filters = self.query.filters
        known = [] if is_partial else words
        return Asked(
            base=[*clauses.matching_words(self.schema, words, is_partial=is_partial), *self.fixed],
            chosen=self.chosen,
            found=[clauses.only_ids(self.schema, ids)] if ids else None,
            values=filters,
            total=total,
            with_attributes=bool(self.query.within)
            or len(filters.get("category", ())) == 1
            or any(key.startswith("attr.") for key in self.chosen),
            bound=lambda key: self._bound(known, key),
            ready=lambda key: None if words else self._ready(key),
            whole=self.query.whole,
        )

    def _bound(self, words: list[str], without: str) -> int:
        """How many items match at most without one facet's filter, told by the term lists alone."""
        bounds = [int(self.searcher.num_docs), *(self._frequency(word) for word in words)]
        if self.query.within:
            bounds.append(int(self.searcher.doc_freq("categories", self.query.within)))
        for key, field, values in clauses.terms_of(self.query.filters):
            if key != without:
                bounds.append(sum(int(self.searcher.doc_freq(field, value)) for value in values))
        return min(bounds)

    def _key(self, words: list[str], *, is_partial: bool) -> tuple[Any, ...]:
        """All that decides which items match: not the sort, not the page."""
        query = self.query
        filters = tuple(sorted((key, tuple(sorted(values))) for key, values in query.filters.items()))
        bounds = (query.price_min, query.price_max, tuple(query.exclude_ids), query.published_after, query.within)
        return (tuple(words), is_partial, filters, bounds, query.whole)

    def _alone(self, without: str = "") -> str | None:
        """The one category that is all that narrows, one facet's filter apart; "" is the whole shop, None neither."""
        query = self.query
        others = {key: values for key, values in query.filters.items() if values and key != without}
        categories = {*others.pop("category", ()), *([query.within] if query.within else ())}
        has_price = without != "price" and "price" in self.chosen
        if others or has_price or len(categories) > 1 or query.exclude_ids or query.published_after is not None:
            return None
        return next(iter(categories), "")

    def _ready(self, key: str) -> Mapping[str, int] | None:
        """Precomputed counts of one facet that has chosen values, where only a large category narrows besides."""
        alone = self._alone(key)
        return None if alone is None else self.snapshot.counts.get(alone, {}).get(key)

    def _precomputed(self) -> dict[str, Facet] | None:
        """Facets of a whole large category (or of the shop), as the writer left them."""
        key = self._alone()
        counts = self.snapshot.counts
        if key is None or key not in counts:
            return None
        kept = (key, self.query.within)
        if kept not in self.snapshot.facets:
            beside = {} if self.query.within else {"category": counts[""].get("category", {})}
            self.snapshot.facets[kept] = as_facets(counts[key] | beside)
        found: dict[str, Facet] = self.snapshot.facets[kept]
        return found
