"""As one types: categories and sellers by the beginnings of their names, words that lead to items, and a few items."""

import time
from collections.abc import Callable
from typing import Any

from tantivy import Occur, Query

from rebond.catalogue.models import Category
from rebond.catalogue.search import clauses
from rebond.catalogue.search.analysis import SEPARATOR, fold_word, stem, words
from rebond.catalogue.search.base import Suggestion
from rebond.catalogue.search.reader import Snapshot
from rebond.catalogue.search.words import Dictionary
from rebond.network.models import Organisation

_AGE_S = 60
_SAMPLE = 5_000  # items that suggestions look at
_ITEMS = 500  # those of which the best placed are offered themselves
_KEPT_ITEMS = 5_000  # answers
Place = tuple[tuple[str, ...], Suggestion]


class _Kept:
    """A small list read from the database once a minute."""

    def __init__(self, read: Callable[[], list[Place]]) -> None:
        self._read = read
        self._until = 0.0
        self._value: list[Place] = []

    def get(self) -> list[Place]:
        if time.monotonic() >= self._until:
            self._value = self._read()
            self._until = time.monotonic() + _AGE_S
        return self._value

    def forget(self) -> None:
        self._until = 0.0


def _categories() -> list[Place]:
    """By their names in both languages: who reads in English types “chairs”; the shop draws its own label."""
    rows = Category.objects.active().order_by("depth", "position", "pk").values_list("key", "name", "name_en")
    return [(_folded(f"{name} {name_en}"), Suggestion("category", name, key)) for key, name, name_en in rows]


def _sellers() -> list[Place]:
    rows = Organisation.objects.selling().order_by("name", "pk").values_list("slug", "name")
    return [(_folded(name), Suggestion("seller", name, slug)) for slug, name in rows]


CATEGORIES = _Kept(_categories)
SELLERS = _Kept(_sellers)


def forget_places() -> None:
    """Read categories and sellers again at the next suggestion."""
    CATEGORIES.forget()
    SELLERS.forget()


def _folded(text: str) -> tuple[str, ...]:
    return tuple(fold_word(word) for word in words(text))


def suggest_places(text: str, *, limit: int) -> list[Suggestion]:
    """Categories then sellers of whose names each word typed begins a word."""
    typed = _folded(text[:100])
    if not typed:
        return []
    found: list[Suggestion] = []
    for kept in (CATEGORIES, SELLERS):
        matching = [(names, s) for names, s in kept.get() if all(any(n.startswith(t) for n in names) for t in typed)]
        matching.sort(key=lambda pair: not pair[0][0].startswith(typed[0]))
        found += [s for _, s in matching[: limit - len(found)]]
    return found


class Typed:
    """What was typed, its last word completed in up to `limit` ways: only words that some item on sale has together."""

    def __init__(self, snapshot: Snapshot, dictionary: Dictionary, text: str, *, limit: int) -> None:
        self._snapshot, self._dictionary = snapshot, dictionary
        self._before: list[str] = []
        self._completions: tuple[str, ...] = ()
        typed = words(text[:100])
        if not typed or limit < 1:
            return
        *self._before, last = typed
        last = fold_word(last)
        if self._before:
            self._completions = _complete_after(snapshot, self._before, last, limit)
        else:
            self._completions = dictionary.complete(last, limit)
        if not self._completions and not text[-1:].isspace():
            near = dictionary.correct(last)
            self._completions = (near,) if near else ()

    def words(self) -> list[Suggestion]:
        """The words, that lead to a search."""
        start, display = " ".join(self._before), self._dictionary.display
        return [Suggestion("title", f"{start} {display(word)}".strip()) for word in self._completions]

    def items(self, limit: int) -> list[Suggestion]:
        """Items whose title has the words before and the likeliest completion, the best placed first.

        Where these are many a sample of them is compared, so that the time does not grow with the catalogue. What
        was found is kept as long as the dictionary: some ten minutes.
        """
        if not limit or not self._completions:
            return []
        stems = list(dict.fromkeys([*map(stem, self._before), stem(self._completions[0])]))
        kept, key = self._dictionary.items, (str(limit), *stems)
        if key not in kept:
            if len(kept) >= _KEPT_ITEMS:
                kept.clear()
            kept[key] = self._best_placed(stems, limit)
        return [Suggestion("item", "", str(one)) for one in kept[key]]

    def _best_placed(self, stems: list[str], limit: int) -> tuple[int, ...]:
        schema, searcher = self._snapshot.schema, self._snapshot.searcher
        wanted: list[Any] = [(Occur.Must, Query.term_query(schema, "title", s, "position")) for s in stems]
        most = min(int(searcher.doc_freq("title", s)) for s in stems)
        if number := clauses.sample_number(most, _ITEMS):
            wanted.append(clauses.sample_clause(schema, number))
        found = searcher.search(Query.boolean_query(wanted), limit, count=False, weight_by_field="weight")
        ids = searcher.fast_field_values("id", [address for _, address in found.hits]) if found.hits else []
        return tuple(int(one) for one in ids if one is not None)


def _complete_after(snapshot: Snapshot, before: list[str], prefix: str, limit: int) -> tuple[str, ...]:
    """Words beginning so in titles of items that have the words before (on a sample where these are many)."""
    schema = snapshot.schema
    stems = [stem(word) for word in before]
    wanted: list[Any] = [(Occur.Must, Query.term_query(schema, "title", s, "position")) for s in stems]
    most = min(int(snapshot.searcher.doc_freq("title", s)) for s in stems)
    if number := clauses.sample_number(most, _SAMPLE):
        wanted.append(clauses.sample_clause(schema, number))
    found = snapshot.searcher.terms_with_prefix(
        "dictionary", prefix, filter_query=Query.boolean_query(wanted), limit=limit * 2
    )
    counts: dict[str, int] = {}
    for term, count in found:
        folded = term.partition(SEPARATOR)[0]
        counts[folded] = counts.get(folded, 0) + count
    known = {fold_word(word) for word in before}
    ordered = sorted((w for w in counts if w not in known), key=lambda w: (-counts[w], w))
    return tuple(ordered[:limit])
