"""As one types: categories and sellers by the beginnings of their names, then words that lead to items."""

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


def suggest_words(snapshot: Snapshot, dictionary: Dictionary, text: str, *, limit: int) -> list[Suggestion]:
    """What was typed with its last word completed: only words that some item on sale has together."""
    typed = words(text[:100])
    if not typed or limit < 1:
        return []
    is_last_whole = text[-1:].isspace()
    *before, last = typed
    last = fold_word(last)
    if not before:
        completions: tuple[str, ...] = dictionary.complete(last, limit)
    else:
        completions = _complete_after(snapshot, before, last, limit)
    if not completions and not is_last_whole:
        near = dictionary.correct(last)
        completions = (near,) if near else ()
    start = " ".join(before)
    return [Suggestion("title", f"{start} {dictionary.display(word)}".strip()) for word in completions]


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
