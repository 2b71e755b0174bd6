"""The local bibliographic table: a scanned ISBN fills a listing."""

from typing import Any

from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Book
from rebond.catalogue.queries import categories
from rebond.catalogue.validators import clean_gtin, is_isbn

LANGUAGES = {
    "fre": "fr",
    "fra": "fr",
    "eng": "en",
    "ger": "de",
    "deu": "de",
    "spa": "es",
    "ita": "it",
    "por": "pt",
    "ara": "ar",
}
POCKET_MM = 185  # a French pocket book is 108 × 178 mm; above, a softcover


def prefill_from_isbn(isbn: str) -> tuple[dict[str, Any], Book | None]:
    """Initial values of the item's form for an ISBN; the number alone where the table does not know it."""
    try:
        digits = clean_gtin(isbn)
    except FieldInvalid:
        return {"gtin": isbn}, None
    if not digits:
        return {}, None
    if not is_isbn(digits):
        return {"gtin": digits}, None
    category = "novels" if categories.by_key("novels") else ""
    found: dict[str, Any] = {"gtin": digits, "category": category}
    book = Book.objects.filter(isbn=digits).first()
    if book is None:
        return found, None
    values = {
        "author": book.authors[:200],
        "publisher": book.publisher,
        "year": book.year,
        "pages": book.pages,
        "language": LANGUAGES.get(book.language, "other") if book.language else "",
        "binding": "paperback" if book.height_mm and book.height_mm <= POCKET_MM else "",
    }
    found |= {f"attr-{key}": value for key, value in values.items() if value}
    title = f"{book.title} : {book.subtitle}" if book.subtitle else book.title
    found["title"] = title[:150]
    if book.height_mm:
        found["height_mm"] = book.height_mm
    return found, book
