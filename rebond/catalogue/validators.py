"""Rules that every way in obeys: desk, import, API. Plain values in, clean values or FieldInvalid out."""

import re
import unicodedata
from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from stdnum import ean, isbn
from stdnum.exceptions import ValidationError as NumberError

from rebond.catalogue.data.safety import RULES, SafetyRule, is_lifted, rules_opened_by
from rebond.catalogue.errors import FieldInvalid
from rebond.catalogue.phrases import NO, UNSAID, YES

# Signs that no text may hold: PostgreSQL refuses NUL, the others break XML and CSV readers.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ufffe\uffff\ud800-\udfff]")
MARKS = re.compile(r"[\u0300-\u036f]+")
OTHERS = re.compile(r"[^\x00-\x7f]+")
WORDS = re.compile(r"[a-z0-9]+")
MAX_PRICE_CENTS = 100_000_000
PROOF_PREFIX = "proof-"
NO_WORDS = "no-words"


def clean_text(value: Any, *, field: str, limit: int, lines: bool = False) -> str:
    """`value` without control signs and outer spaces; raise FieldInvalid above `limit` characters."""
    text = CONTROL.sub("", str(value or "")).strip()
    if not lines:
        text = " ".join(text.split())
    if len(text) > limit:
        raise FieldInvalid(
            field,
            _("This text has %(length)s characters; %(limit)s at most.") % {"length": len(text), "limit": limit},
        )
    return text


def clean_gtin(value: Any, *, field: str = "gtin") -> str:
    """Digits of an EAN-8, 12, 13 or 14, or an ISBN-10 as ISBN-13; "" for nothing.

    Raise FieldInvalid where the length or the check digit is wrong.
    """
    text = re.sub(r"[\s\-–.]+", "", str(value or "")).upper()
    if not text:
        return ""
    if len(text) == 10 and isbn.is_valid(text):
        return str(isbn.to_isbn13(text))
    if not text.isdecimal() or not text.isascii() or len(text) not in {8, 12, 13, 14}:
        raise FieldInvalid(field, _("8, 12, 13 or 14 digits expected, as under the bars; or an ISBN."))
    try:
        return str(ean.validate(text))
    except NumberError:
        raise FieldInvalid(field, _("The last digit does not match: one digit was misread.")) from None


def is_isbn(gtin: str) -> bool:
    """Whether a clean GTIN is a book's number."""
    return len(gtin) == 13 and gtin.startswith(("978", "979"))


def plain(text: str) -> str:
    """Lower case, no accents, one space between words: what safety words are looked up in."""
    return " ".join(plain_words(text))


def plain_words(text: str) -> list[str]:
    """The words of `plain`."""
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "oe"))
        text = MARKS.sub("", text)  # accents, all at once; rarer marks one by one
        if not text.isascii():
            text = OTHERS.sub(_without_marks, text)
    return WORDS.findall(text.lower())


def _without_marks(found: re.Match[str]) -> str:
    return _marks_gone(found[0])


@lru_cache(maxsize=4_096)
def _marks_gone(text: str) -> str:
    return "".join(sign for sign in text if not unicodedata.combining(sign))


def clean_attributes(definitions: Iterable[Any], values: dict[str, Any]) -> dict[str, Any]:
    """The values that the category knows, each of its type; others are dropped, proofs are kept.

    `definitions` have `key`, `type`, `choices`, `label`. Shapes: choice → key, multi → sorted keys, integer
    → int, decimal → text with a point (no float), boolean → bool, text → text. Empty values disappear.
    Raise FieldInvalid with field `attributes.<key>`.
    """
    found: dict[str, Any] = {}
    for definition in definitions:
        given = values.get(definition.key)
        if given is None or given in ("", []):
            continue
        if definition.type == "boolean" and isinstance(given, str) and plain(given) in UNSAID:
            continue  # neither yes nor no: not known
        found[definition.key] = _clean_value(definition, given)
    for rule in RULES.values():
        given = values.get(rule.proof) if rule.proof.startswith(PROOF_PREFIX) else None
        if given:
            found[rule.proof] = clean_text(given, field=f"attributes.{rule.proof}", limit=200)
    return found


def _clean_value(definition: Any, given: Any) -> Any:
    field = f"attributes.{definition.key}"
    match definition.type:
        case "choice":
            return _choice_key(definition, given, field)
        case "multi":
            many = given if isinstance(given, list | tuple) else str(given).split(";")
            return sorted({_choice_key(definition, one, field) for one in many})
        case "boolean":
            return _boolean(given, field)
        case "integer" | "decimal":
            return _number(definition.type, given, field)
    return clean_text(given, field=field, limit=200)


def _choice_key(definition: Any, given: Any, field: str) -> str:
    """By key, or by its French or English words, whatever the case and accents."""
    wanted = plain(str(given))
    for choice in definition.choices:
        if str(given) == choice["key"] or wanted in {plain(choice["key"]), plain(choice["fr"]), plain(choice["en"])}:
            return str(choice["key"])
    raise FieldInvalid(field, _("“%(value)s” is not one of the choices.") % {"value": str(given)[:60]})


def _boolean(given: Any, field: str) -> bool:
    if isinstance(given, bool):
        return given
    word = plain(str(given))
    if word in YES:
        return True
    if word in NO:
        return False
    raise FieldInvalid(field, _("Write yes or no."))


def _number(kind: str, given: Any, field: str) -> int | str:
    text = re.sub(r"[\s\u00a0\u202f]", "", str(given)).replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise FieldInvalid(field, _("Write a number.")) from None
    if not number.is_finite() or not 0 <= number < 1_000_000_000:
        raise FieldInvalid(field, _("Write a number from 0 on."))
    if kind == "integer":
        if number != number.to_integral_value():
            raise FieldInvalid(field, _("Write a whole number."))
        return int(number)
    return f"{number.quantize(Decimal('0.001')).normalize():f}"


def said(text: str) -> str:
    """`text` as `plain` writes it, but for its pauses: "," stays, the ends of sentences and "+" become "."."""
    marked = re.sub(r"[.;!?+&\n]+(?!\d)", " . ", text)
    bits = re.split(r"( \. |,(?!\d))", marked)
    return " ".join(bit.strip() if bit in {" . ", ","} else plain(bit) for bit in bits if bit.strip()).strip()


def safety_rules_at_stake(*, rules: Iterable[str], title: str, text: str) -> list[SafetyRule]:
    """The rules that concern an item: those of its category, and those that its words call (rules.md F6).

    `title` says what the object is; `text` is its brand and description.
    """
    named = set(rules)
    opened: set[str] = set()
    if NO_WORDS not in named:
        opened.update(*map(rules_opened_by, set(plain_words(f"{title}\n{text}"))))
    spoken = (said(title), said(text)) if opened else ("", "")
    return [rule for rule in RULES.values() if rule.key in named or (rule.key in opened and rule.is_called_by(*spoken))]


def safety_findings(
    *, rules: Iterable[str], title: str, text: str, attributes: dict[str, Any], condition: str
) -> list[SafetyRule]:
    """The rules that hold the item back: concerned, and lifted by no proof."""
    at_stake = safety_rules_at_stake(rules=rules, title=title, text=text)
    return [rule for rule in at_stake if not is_lifted(rule, attributes, condition)]
