"""Is a learned price better than the median of likes? Both on real adverts that neither has seen.

`python -m tools.price_heldout FOLDER` reads adverts as JSON lines (title, description, price, item: the condition
stated, category), keeps a fifth of them apart by a hash of their number, and prints for each way of guessing the
median error of its price and the share of prices within a quarter. The learned way is a nearest-neighbours
regression on the words of title and text (TF-IDF, cosine), its number of neighbours chosen inside the rest.
"""

import hashlib
import json
import math
import os
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NEIGHBOURS = (3, 5, 9, 15, 25)
PRICES = re.compile(r"\$\s*\d[\d,.]*|\b\d[\d,.]*\s*(?:\$|usd|dollars|obo)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Advert:
    number: str
    category: str
    condition: str
    title: str
    text: str
    cents: int


Guess = Callable[[Advert], float]


def read(folder: Path) -> list[Advert]:
    """The adverts with a price, once each; what the text says of the price is taken out of it."""
    found = {}
    for path in sorted(folder.glob("craigslist_*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            price = int(raw["price"] or 0)
            if not 0 < price < 100_000:
                continue
            said = re.compile(rf"\b{price}\b")
            title, text = (said.sub(" ", PRICES.sub(" ", t)) for t in (raw["title"], " ".join(raw["description"])))
            advert = Advert(raw["post_id"], raw["category"], str(raw.get("item") or ""), title, text, price * 100)
            found[raw["post_id"]] = advert
    return list(found.values())


def is_apart(advert: Advert, salt: str = "") -> bool:
    """One in five, always the same ones."""
    return hashlib.sha256((salt + advert.number).encode()).digest()[0] % 5 == 0


def by_median(known: list[Advert]) -> Guess:
    """The middle of the category."""
    middle = {c: statistics.median(a.cents for a in known if a.category == c) for c in {a.category for a in known}}
    return lambda advert: middle[advert.category]


def by_likes(known: list[Advert]) -> Guess:
    """What the kiosk says: the narrowest likeness that five share, its weighted median."""
    from rebond.catalogue.queries.comparables import (  # noqa: PLC0415 -- settings first
        BASES,
        ENOUGH,
        Comparable,
        _Row,
        _shares_words,
        _summary,
    )

    shelves = defaultdict(list)
    for advert in known:
        shelves[advert.category].append(advert)

    def guess(advert: Advert) -> int:
        rows = [
            _Row(
                Comparable(other.number, other.title, other.cents, is_sold=False),
                is_same=False,
                has_brand=False,
                has_condition=bool(advert.condition) and other.condition == advert.condition,
                has_kind=False,
                has_words=_shares_words(advert.title, other.title),
            )
            for other in shelves[advert.category]
        ]
        alike = next(found for _, like in BASES if len(found := [r.comparable for r in rows if like(r)]) >= ENOUGH)
        return _summary("", alike).suggested

    return guess


def by_neighbours(known: list[Advert], nearest: int) -> Guess:
    """The code that stands beside the kiosk's price; the middle of the category where no word is shared."""
    from rebond.catalogue.queries.neighbours import Neighbours, bag_of  # noqa: PLC0415 -- settings first

    shelves = defaultdict(list)
    for advert in known:
        shelves[advert.category].append((bag_of(advert.title, advert.text, advert.condition), advert.cents))
    ready = {category: Neighbours(rows) for category, rows in shelves.items()}
    middle = by_median(known)

    def guess(advert: Advert) -> float:
        bag = bag_of(advert.title, advert.text, advert.condition)
        return ready[advert.category].price(bag, nearest=nearest) or middle(advert)

    return guess


def errors(guess: Guess, adverts: list[Advert]) -> list[float]:
    """How far each guess is, as a share of the smaller of both prices."""
    return [math.expm1(abs(math.log(max(1, guess(a)) / a.cents))) for a in adverts]


def main() -> None:
    """Print one line for each way."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings")
    import django  # noqa: PLC0415 -- settings first

    django.setup()
    adverts = read(Path(sys.argv[1]))
    known, apart = [a for a in adverts if not is_apart(a)], [a for a in adverts if is_apart(a)]
    inner, tried = [a for a in known if not is_apart(a, "inner")], [a for a in known if is_apart(a, "inner")]
    best = min(NEIGHBOURS, key=lambda n: statistics.median(errors(by_neighbours(inner, n), tried)))
    ways = {
        "median of the category": by_median(known),
        "median of likes (the kiosk's)": by_likes(known),
        f"learned: {best} nearest neighbours": by_neighbours(known, best),
    }
    sys.stdout.write(f"{len(adverts)} adverts, {len(apart)} kept apart\n")
    for name, guess in ways.items():
        found = errors(guess, apart)
        within = sum(e <= 0.25 for e in found) / len(found)
        sys.stdout.write(f"{name:34} median error {statistics.median(found):6.1%}   within a quarter {within:6.1%}\n")


if __name__ == "__main__":
    main()
