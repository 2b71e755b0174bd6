"""What a scanned or typed text is: an object, a place, a box, a badge, a barcode, or nothing known here."""

from typing import Any

from stdnum import ean
from stdnum.exceptions import ValidationError

from rebond.catalogue.models import Item
from rebond.catalogue.queries.by_code import item_by_code
from rebond.core.codes import display_code, parse_code
from rebond.workshop.enums import BADGE_PREFIX
from rebond.workshop.scan import ScanKind, Scanned, readers

MOST = 200  # signs: a QR may hold a whole text


def is_here(item: Item, organisation_id: int) -> bool:
    """Whether an object is the organisation's own, or lies at one of its sites for another one (decision 56)."""
    return item.seller_id == organisation_id or (item.site is not None and item.site.organisation_id == organisation_id)


def resolve(text: str, organisation: Any) -> Scanned:
    """The kind and the row of `text`, for people of `organisation`: another one's objects are unknown here.

    What it keeps for another seller is not.

    From a camera, a reader that types, or a keyboard: spaces, hyphens, case and an address before a code do not
    matter. Two queries at most. A badge is told as such and never looked up: its text stays out of every log.
    """
    text = text.strip()[:MOST]
    for reader in readers():
        if (found := reader(text, organisation)) is not None:
            return found
    code = parse_code(text)
    if code is not None:
        item = item_by_code(code)
        if item is not None and is_here(item, organisation.pk):
            return Scanned(ScanKind.ITEM, code, item.title, item)
        return Scanned(ScanKind.UNKNOWN, code, display_code(code))
    if text.upper().startswith(BADGE_PREFIX):
        return Scanned(ScanKind.BADGE, "", "")
    return _barcode(text) or Scanned(ScanKind.UNKNOWN, text, text[:40])


def _barcode(text: str) -> Scanned | None:
    """An EAN-8, UPC, EAN-13 (or the ISBN that it holds), its last figure checked."""
    try:
        number = ean.validate(text)
    except ValidationError:
        return None
    kind = ScanKind.ISBN if len(number) == 13 and number.startswith(("978", "979")) else ScanKind.EAN
    return Scanned(kind, number, number)
