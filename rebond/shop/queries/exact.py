"""A code, an ISBN or an EAN typed in the search field leads straight to its object."""

import re

from rebond.core.codes import parse_code
from rebond.shop.queries.cards import item_url, page_items, shown_items

_DIGITS = re.compile(r"^[\d\s\-\u00a0]{7,20}[\dXx]?$")


def find_exact(text: str) -> str:
    """The address of the one object that `text` names, or "" (none, or several copies: the results show them)."""
    code = parse_code(text)
    if code is not None:
        found = page_items().filter(code=code).values_list("slug", "code").first()
        return item_url(*found) if found else ""
    if not _DIGITS.match(text):
        return ""
    gtin = _gtin(re.sub(r"[\s\-\u00a0]", "", text).upper())
    rows = list(shown_items().filter(gtin=gtin).order_by("pk").values_list("slug", "code")[:2]) if gtin else []
    return item_url(*rows[0]) if len(rows) == 1 else ""


def _gtin(digits: str) -> str:
    """8, 12, 13 or 14 digits as they are; an ISBN-10 as its ISBN-13."""
    if len(digits) == 10 and digits[:9].isdigit():
        body = "978" + digits[:9]
        total = sum(int(d) * (3 if i % 2 else 1) for i, d in enumerate(body))
        return body + str(-total % 10)
    return digits if digits.isdigit() and len(digits) in {8, 12, 13, 14} else ""
