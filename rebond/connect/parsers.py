"""How each kind of value is read from text; a value that is not understood is refused, never guessed."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from stdnum import ean, isbn
from stdnum.exceptions import ValidationError as StdnumError

from rebond.catalogue.enums import Condition, DeliveryMode, Origin
from rebond.connect.numbers import parse_number, to_cents, to_grams, to_millimetres
from rebond.connect.texts import clean_line, clean_paragraphs, fold

MAX_PHOTOS = 12


class FieldError(Exception):
    """A value that its field refuses: `code` is a key of phrases.REASONS."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code, self.params = code, params
        super().__init__(code)


def line_of(limit: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        cleaned = clean_line(text)
        if len(cleaned) > limit:
            raise FieldError("too_long", limit=limit, length=len(cleaned))
        return cleaned

    return parse


def paragraphs_of(limit: int) -> Callable[[str], str]:
    def parse(text: str) -> str:
        cleaned = clean_paragraphs(text)
        if len(cleaned) > limit:
            raise FieldError("too_long", limit=limit, length=len(cleaned))
        return cleaned

    return parse


def read_price(text: str) -> int:
    try:
        cents = to_cents(text)
    except ValueError:
        raise FieldError("number") from None
    if cents <= 0:
        raise FieldError("price_zero")
    if cents > 100_000_000:
        raise FieldError("price_high")
    return cents


def read_currency(text: str) -> str:
    if text.strip().upper() not in {"EUR", "€", "EURO", "EUROS"}:
        raise FieldError("currency")
    return "EUR"


def read_quantity(text: str) -> int:
    try:
        number = parse_number(text.strip().removeprefix("+")) if not text.strip().startswith("-") else parse_number("0")
    except ValueError:
        raise FieldError("whole") from None
    if number != int(number):
        raise FieldError("whole")
    if number > 100_000:
        raise FieldError("quantity_high")
    return int(number)


def weight_in(unit: str) -> Callable[[str], int | None]:
    def parse(text: str) -> int | None:
        try:
            grams = to_grams(text, unit)
        except ValueError:
            raise FieldError("weight") from None
        if grams > 2_000_000:
            raise FieldError("weight_high")
        return grams or None  # shops write 0 where they do not know

    return parse


def length_in(unit: str) -> Callable[[str], int | None]:
    def parse(text: str) -> int | None:
        try:
            millimetres = to_millimetres(text, unit)
        except ValueError:
            raise FieldError("length") from None
        if millimetres > 100_000:
            raise FieldError("length")
        return millimetres or None

    return parse


def read_gtin(text: str) -> str:
    digits = re.sub(r"[\s\-.]", "", text).upper()
    if not digits.strip("0"):
        return ""
    try:
        if len(digits) == 10:
            return str(isbn.to_isbn13(isbn.validate(digits)))
        padded = digits.zfill(12) if len(digits) == 11 else digits
        return str(ean.validate(padded))
    except StdnumError:
        raise FieldError("gtin") from None


YES = {"1", "oui", "yes", "true", "vrai", "x", "o", "y", "active", "published", "en stock", "instock"}
NO = {
    "0",
    "non",
    "no",
    "false",
    "faux",
    "n",
    "-1",
    "draft",
    "archived",
    "proposed",
    "rejected",
    "rupture",
    "outofstock",
}


def read_yes_no(text: str) -> bool:
    folded = fold(text) if text.strip() != "-1" else "-1"
    if folded in YES | NO:
        return folded in YES
    try:
        return parse_number(text) > 0
    except ValueError:
        raise FieldError("yes_no") from None


CONDITIONS = {
    Condition.NEW_UNSOLD: ("neuf", "new", "neuf invendu", "new unsold", "invendu", "neuf avec etiquette", "unsold"),
    Condition.LIKE_NEW: ("comme neuf", "like new", "a", "etat neuf", "quasi neuf", "mint", "excellent", "parfait etat"),
    Condition.VERY_GOOD: ("tres bon etat", "tres bon", "very good", "tbe", "refurbished", "reconditionne"),
    Condition.GOOD: ("bon etat", "bon", "good", "b", "be", "used", "occasion", "etat correct", "correct", "fair", "c"),
    Condition.TO_REPAIR: ("a reparer", "to repair", "d", "pour pieces", "hs", "salvage", "en panne", "abime"),
}
CONDITION_OF = {word: key for key, words in CONDITIONS.items() for word in (*words, fold(key.value))}
ORIGINS = {
    Origin.GIFT: ("don", "gift", "donation", "dons"),
    Origin.UNSOLD: ("invendu", "unsold", "invendus", "unsold goods", "neuf"),
    Origin.REFURBISHED: ("reconditionne", "refurbished", "remis a neuf", "repare"),
}
ORIGIN_OF = {word: key for key, words in ORIGINS.items() for word in words}
DELIVERIES = {
    DeliveryMode.RELAY: ("relais", "point relais", "relay", "pick up point"),
    DeliveryMode.HOME: ("domicile", "home", "livraison a domicile", "home delivery", "colis"),
    DeliveryMode.PICKUP: ("retrait", "sur place", "pickup", "retrait sur place", "collect"),
    DeliveryMode.LOCAL: ("camion", "local", "livraison locale", "camionnette"),
}
DELIVERY_OF = {word: key for key, words in DELIVERIES.items() for word in words}


def choice_of(code: str, words: dict[str, Any], labels: type[Any]) -> Callable[[str], str]:
    @lru_cache(maxsize=2_000)
    def parse(text: str) -> str:
        folded = fold(clean_line(text))
        found = words.get(folded) or next((k for k, label in labels.choices if fold(str(label)) == folded), None)
        if found is None:
            raise FieldError(code, choices=", ".join(str(label) for label in labels.labels))
        return str(found)

    return parse


def split_list(text: str) -> list[str]:
    """Parts of a cell that lists several things: by line, bar or semicolon; by a comma that is in no address."""
    for sign in ("\n", "|", ";"):
        if sign in text:
            return [p.strip() for p in text.split(sign) if p.strip()]
    comma = r",\s*(?=https?://)|,\s+" if "://" in text else ","
    return [p.strip() for p in re.split(comma, text) if p.strip()]


def read_delivery(text: str) -> list[str]:
    one = choice_of("delivery", DELIVERY_OF, DeliveryMode)
    return list(dict.fromkeys(one(part) for part in split_list(text)))


def read_images(text: str) -> list[str]:
    return list(dict.fromkeys(split_list(text)))[: MAX_PHOTOS + 1]


def read_flaws(text: str) -> list[str]:
    parts = re.split(r"[;|\n]", text)
    return [cleaned[:200] for part in parts if (cleaned := clean_line(part))]
