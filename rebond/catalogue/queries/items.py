"""Reads of items for the shop."""

import re
from collections import Counter

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Category, Item
from rebond.core.codes import parse_code

_DIGITS = re.compile(r"^[\d\s\-]{8,20}[xX]?$")


def find_exact(text: str) -> Item | None:
    """The public item whose code, ISBN or EAN is `text` (typed or scanned, spaces and hyphens free), or None.

    An ISBN-10 is looked up as its ISBN-13. Of several copies with one GTIN, the newest on sale. A sold item is
    found by its code only: its page stays.
    """
    text = text.strip()
    if code := parse_code(text):
        return Item.objects.public().filter(code=code).first()
    if not _DIGITS.match(text):
        return None
    gtin = _gtin(re.sub(r"[\s\-]", "", text).upper())
    if gtin is None:
        return None
    return Item.objects.filter(gtin=gtin, state=ItemState.ON_SALE).order_by("-published_at", "-pk").first()


def brands_of(category: Category, *, most: int = 60, read: int = 500) -> list[str]:
    """Brands of the newest items on sale of a category, the most frequent first: a bounded reading."""
    newest = Item.objects.filter(category_id=category.pk, state=ItemState.ON_SALE).order_by("-pk")
    counts = Counter(brand for brand in newest.values_list("brand", flat=True)[:read] if brand)
    return [brand for brand, _n in counts.most_common(most)]


def _gtin(digits: str) -> str | None:
    """The number as items keep it, its check digit verified; None where it is wrong."""
    if len(digits) == 10:
        return _isbn13(digits)
    if not digits.isdigit() or len(digits) not in {8, 12, 13, 14}:
        return None
    return digits if digits[-1] == _check_digit(digits[:-1]) else None


def _check_digit(digits: str) -> str:
    """GS1 General Specifications 7.9: weights 3 and 1 from the right."""
    total = sum(int(d) * (3 if place % 2 == 0 else 1) for place, d in enumerate(reversed(digits)))
    return str(-total % 10)


def _isbn13(isbn: str) -> str | None:
    if not isbn[:9].isdigit() or not (isbn[9].isdigit() or isbn[9] == "X"):
        return None
    total = sum(int(d) * (10 - place) for place, d in enumerate(isbn[:9])) + (10 if isbn[9] == "X" else int(isbn[9]))
    if total % 11:
        return None
    body = f"978{isbn[:9]}"
    return f"{body}{_check_digit(body)}"
