"""The dictionary of the titles' words: completions as one types, and corrections of typos."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from rebond.catalogue.search.analysis import SEPARATOR, fold_word, singular, stem, words

_AGE_S = 600  # a new word is suggested after at most ten minutes; it is found at once
_MAX_WORDS = 200_000


def allowed_distance(word: str) -> int:
    """Typos forgiven by length: none up to 3 letters nor in numbers, 1 up to 7, then 2."""
    if len(word) <= 3 or any(c.isdigit() for c in word):
        return 0
    return 1 if len(word) <= 7 else 2


def distance(left: str, right: str, most: int) -> int:
    """Damerau-Levenshtein (neighbours swapped cost 1), or `most + 1` as soon as it is above `most`."""
    if abs(len(left) - len(right)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        last, row = row, [i]
        for j, b in enumerate(right, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
        before = last
    return row[-1]


def _letters(word: str) -> int:
    mask = 0
    for sign in word:
        mask |= 1 << (ord(sign) & 31)
    return mask


class Dictionary:
    """Folded words with their number of items and the form shown, read once from an index's term lists.

    Typos are corrected to more than the titles' own words: to their singulars too ("asiette", where titles
    have "Assiettes" only, is shown as "assiettes") and to the words of `names`, the categories', that find items.
    """

    def __init__(self, searcher: Any, names: Iterable[str] = ()) -> None:
        self.made_at = time.monotonic()
        self.items: dict[tuple[str, ...], tuple[int, ...]] = {}  # what suggestions found, by what was sought
        counts: dict[str, int] = defaultdict(int)
        shown: dict[str, tuple[int, str]] = {}
        for term, count in searcher.terms_with_prefix("dictionary", "", limit=_MAX_WORDS):
            folded, _, accented = term.partition(SEPARATOR)
            counts[folded] += count
            # Titles in capitals lose accents: an accented form wins unless it is rare.
            score = count * (4 if accented else 1)
            if score > shown.get(folded, (0, ""))[0]:
                shown[folded] = (score, accented or folded)
        self.words = sorted(counts)
        self.counts = counts
        self.shown = {folded: form for folded, (_, form) in shown.items() if form != folded}
        self._near = dict(counts)  # what a typo may stand for, with its number of items
        self._add_names(searcher, names)
        self._add_singulars()
        self._masks = {word: _letters(word) for word in self._near}
        self._by_length: dict[int, list[str]] = defaultdict(list)
        for word in self._near:
            self._by_length[len(word)].append(word)
        self.correct = lru_cache(maxsize=5_000)(self._correct)
        self.complete = lru_cache(maxsize=5_000)(self._complete)

    def _add_names(self, searcher: Any, names: Iterable[str]) -> None:
        for word in {word for name in names for word in words(name)}:
            folded = fold_word(word)
            if folded not in self._near and (count := int(searcher.doc_freq("text", stem(word)))):
                self._near[folded] = count
                if word != folded:
                    self.shown[folded] = word

    def _add_singulars(self) -> None:
        for word, count in list(self._near.items()):
            single = singular(word)
            if single not in self._near and stem(single) == stem(word):
                self._near[single] = count
                self.shown[single] = self.display(word)

    @property
    def is_old(self) -> bool:
        return time.monotonic() - self.made_at > _AGE_S

    def display(self, folded: str) -> str:
        return self.shown.get(folded, folded)

    def _complete(self, prefix: str, limit: int) -> tuple[str, ...]:
        """The most used words that start so."""
        start = bisect_left(self.words, prefix)
        end = bisect_left(self.words, f"{prefix}\U0010ffff")
        found = sorted(self.words[start:end], key=lambda w: (-self.counts[w], w))
        return tuple(found[:limit])

    def _correct(self, word: str) -> str:
        """The nearest known word within the allowed distance, the most used of equals; "" where none is.

        A plural is tried as its singular too: "chiases" is two letters away from "chaise", "chiase" one.
        """
        folded = fold_word(word)
        return self._nearest(folded) or self._nearest(singular(folded))

    def _nearest(self, folded: str) -> str:
        most = allowed_distance(folded)
        mask = _letters(folded)
        best = (most + 1, 0, "")
        for length in range(len(folded) - most, len(folded) + most + 1) if most else ():
            for known in self._by_length.get(length, ()):
                if (mask ^ self._masks[known]).bit_count() > 2 * most or known == folded:
                    continue
                far = distance(folded, known, min(most, best[0]))
                best = min(best, (far, -self._near[known], known))
        return best[2] if best[0] <= most else ""
