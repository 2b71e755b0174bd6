"""A price learned from words: the nearest texts among comparable objects (TF-IDF, cosine). Pure.

It stands beside the median of likes because it beats it on real adverts that neither has seen
(`python -m tools.price_heldout`; docs/algorithms/price-help.md). Logarithms inside, cents out.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from rebond.catalogue.validators import plain

NEAREST = 9  # chosen on adverts kept apart (tools/price_heldout.py)
FEWEST = 5
TITLE_TWICE = 2
CONDITION_WORTH = 2


def bag_of(title: str, text: str, condition: str) -> Counter[str]:
    """Its words: those of the title count twice, the condition is one more; numbers say nothing."""
    found = Counter(word for word in plain(text).split() if len(word) > 1 and not word.isdecimal())
    for word in plain(title).split():
        if len(word) > 1 and not word.isdecimal():
            found[word] += TITLE_TWICE
    if condition:
        found[f"={condition}"] += CONDITION_WORTH
    return found


class Neighbours:
    """Texts whose prices are known, ready to be asked. `known` are (bag, cents), cents above 0."""

    def __init__(self, known: Sequence[tuple[Mapping[str, int], int]]) -> None:
        self.cents = [cents for _bag, cents in known]
        seen = Counter(word for bag, _cents in known for word in bag)
        self.weight = {word: math.log(len(known) / n) for word, n in seen.items() if 2 * n < len(known)}
        self.index: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, (bag, _cents) in enumerate(known):
            for word, value in self._vector(bag).items():
                self.index[word].append((place, value))

    def _vector(self, bag: Mapping[str, int]) -> dict[str, float]:
        """Of length 1; words that half of the texts have are worth nothing."""
        found = {word: (1 + math.log(n)) * self.weight[word] for word, n in bag.items() if word in self.weight}
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        return {word: value / length for word, value in found.items()}

    def price(self, bag: Mapping[str, int], *, nearest: int = NEAREST) -> int | None:
        """Cents: the geometric mean of the nearest prices by nearness; None where fewer than five share a word."""
        scores: dict[int, float] = defaultdict(float)
        for word, value in self._vector(bag).items():
            for place, other in self.index.get(word, ()):
                scores[place] += value * other
        best = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:nearest]
        total = sum(score for _place, score in best)
        if len(best) < FEWEST or not total:
            return None
        return round(math.exp(sum(score * math.log(self.cents[place]) for place, score in best) / total))
