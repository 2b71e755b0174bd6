"""A book in hand: what its code says, what it would sell for, how many there are already."""

from dataclasses import dataclass
from typing import Any

from rebond.catalogue.enums import ItemState
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.models import Book, Item
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.comparables import Asked, price_help
from rebond.catalogue.queries.recalls import stop_for
from rebond.catalogue.validators import clean_gtin, is_isbn
from rebond.core.money import format_cents
from rebond.intake.enums import OUTCOME_ICONS, Outcome
from rebond.intake.errors import BookUnknown, NotABook, ThingRecalled
from rebond.intake.queries.suggestion import advise

SHELF = "novels"


@dataclass(frozen=True, slots=True)
class Seen:
    """`price_cents` is 0 where too few are alike to say one; `advised` is an Outcome with its pictogram, or None."""

    price_cents: int
    here: int
    advised: tuple[str, Any] | None

    @property
    def price_words(self) -> str:
        """As the field shows it; "" for none."""
        if not self.price_cents:
            return ""
        euros, cents = divmod(self.price_cents, 100)
        return f"{euros},{cents:02d}" if cents else str(euros)

    @property
    def price_label(self) -> str:
        return format_cents(self.price_cents)


def isbn_in(text: str) -> str:
    """The digits of a book's code in what was scanned or typed, or ""."""
    try:
        digits = clean_gtin(text)
    except FieldInvalid:
        return ""
    return digits if is_isbn(digits) else ""


def known_book(text: str) -> Book:
    """The book of a scanned code; raise NotABook, BookUnknown, ThingRecalled."""
    isbn = isbn_in(text)
    if not isbn:
        raise NotABook
    if (stop := stop_for(gtin=isbn)) is not None:
        raise ThingRecalled(stop)
    found = Book.objects.filter(isbn=isbn).first()
    if found is None:
        raise BookUnknown
    return found


def look(book: Book, *, seller: Any) -> Seen:
    """What is worth knowing before one says yes. Raise BookUnknown where no shelf takes books."""
    category = categories.by_key(SHELF)
    if category is None:
        raise BookUnknown
    help_ = price_help(Asked(category, title=book.title, gtin=book.isbn))
    here = Item.objects.filter(seller=seller, gtin=book.isbn, state=ItemState.ON_SALE).count()
    advice = advise(category, weight_g=categories.default_weight_g(category) or 1, organisation=seller)
    advised = None
    if advice.is_known and advice.best:
        best = Outcome(advice.best)
        advised = (OUTCOME_ICONS[best][0], best.label)
    return Seen(help_.suggested if help_ else 0, here, advised)
