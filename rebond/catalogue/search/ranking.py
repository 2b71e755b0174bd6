"""How results are ordered: the only place of the weights, used by the query and told on the public page.

Regulation (EU) 2019/1150, article 5, and the consumer code, article L. 111-7: the main parameters of a ranking and
their order of importance are public. Nobody can pay for a better place.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

TITLE = 4.0
PHRASE = 3.0
BRAND = 2.5
CATEGORY = 2.0
TEXT = 1.0
HALF_LIFE_DAYS = 365  # an item of today counts twice as much as the same item of a year ago
WITHOUT_PHOTO = 0.8

_START = datetime(2024, 1, 1, tzinfo=UTC)  # the factor is 1 then; a start one year later asks for a new index FORMAT
_LARGEST = 1_000.0  # reached ten years after


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of the public page; `weight` as the query uses it."""

    key: str
    label: Promise
    explanation: Promise
    weight: float
    is_factor: bool  # True: multiplies the score; False: adds to it


_CRITERIA = (
    Criterion(
        "title",
        _("Words in the title"),
        _("An item whose title has the words you typed comes before one that only describes them."),
        TITLE,
        is_factor=False,
    ),
    Criterion(
        "phrase",
        _("Words side by side"),
        _("Words that follow each other in the title, as you typed them, count more."),
        PHRASE,
        is_factor=False,
    ),
    Criterion("brand", _("Brand"), _("A word that is the item’s brand counts more."), BRAND, is_factor=False),
    Criterion(
        "category",
        _("Category"),
        _("A word that names the item’s category counts more."),
        CATEGORY,
        is_factor=False,
    ),
    Criterion(
        "text",
        _("Words elsewhere"),
        _("Words in the description, the characteristics, the colour or the seller’s name."),
        TEXT,
        is_factor=False,
    ),
    Criterion(
        "freshness",
        _("Freshness"),
        _("With equal words, the newest comes first: an item of today counts twice as much as one of last year."),
        2.0,
        is_factor=True,
    ),
    Criterion(
        "photo",
        _("Photo"),
        _("An item without a photo counts for a fifth less."),
        WITHOUT_PHOTO,
        is_factor=True,
    ),
)


def ranking_criteria() -> tuple[Criterion, ...]:
    """What decides the order by relevance, most important first: words by weight, then factors by effect."""
    words = sorted((c for c in _CRITERIA if not c.is_factor), key=lambda c: -c.weight)
    factors = sorted((c for c in _CRITERIA if c.is_factor), key=lambda c: -max(c.weight, 1 / c.weight))
    return (*words, *factors)


def static_weight(published_at: datetime, *, has_photo: bool) -> float:
    """The factor of an item. Exponential decay is the same for all at any day, so it never needs updating."""
    days = (published_at - _START).total_seconds() / 86_400
    factor = float(2 ** min(days / HALF_LIFE_DAYS, 20)) * (1.0 if has_photo else WITHOUT_PHOTO)
    return min(factor, _LARGEST)


def kept_weight(factor: float) -> float:
    """What the index keeps for a factor: the engine multiplies scores by log2(2 + kept), and takes none below 0."""
    return max(0.0, float(2.0**factor) - 2)


_SATURATION = 2.2  # BM25's k1 + 1: however often an item has a word, it counts no more
FIELDS = {"title": TITLE, "brand_words": BRAND, "category_words": CATEGORY}  # where a word counts more than elsewhere


def most_elsewhere(items: int, frequencies: Iterable[tuple[float, int]]) -> float:
    """The largest score of an item that has a word in these places only, published until tomorrow.

    Each place is its weight and how many items have the word there. Twice the items are taken: those just deleted
    count.
    """
    words = sum(weight * math.log(1 + (2 * items - n + 0.5) / (n + 0.5)) for weight, n in frequencies if n)
    tomorrow = datetime.now(tz=UTC) + timedelta(days=1)
    return words * _SATURATION * static_weight(tomorrow, has_photo=True)
