"""Read what a person answered on a screen of the guided listing: clean values in, or FieldInvalid with what to do."""

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from rebond.catalogue.enums import FlawKind
from rebond.catalogue.errors import FieldInvalid as ValueRefused
from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.catalogue.validators import MAX_PRICE_CENTS, clean_attributes, clean_gtin, clean_text
from rebond.core.money import parse_cents
from rebond.core.weights import parse_grams
from rebond.workshop.data.french import PARTS
from rebond.workshop.errors import FieldInvalid
from rebond.workshop.queries.listing import MEASURES, book_answers, texts_of
from rebond.workshop.queries.questions import UNKNOWN, Question, category_of

Posted = Mapping[str, Any]
Found = dict[str, Any]
MAX_MM, MAX_G = 20_000, 2_000_000
MAX_FLAWS = 12
TEXT_LIMITS = {"brand": 80, "name": 120}


def read_answer(question: Question, posted: Posted, *, item: Item, answers: Mapping[str, Any]) -> Found:
    """The answers to keep (None takes one away), by the question's form. Raise FieldInvalid."""
    try:
        return READERS[question.form](question, posted, item, answers)
    except ValueRefused as refused:
        raise FieldInvalid(question.key, str(refused.message)) from None


def _is_skipped(question: Question, posted: Posted) -> bool:
    return not question.is_required and posted.get("do") == "skip"


def _category(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    """Another kind of object: what was answered about the former one does not hold any more."""
    chosen = categories.by_key(str(posted.get("answer", "")))
    if chosen is None or chosen not in categories.leaves():
        raise FieldInvalid("category", _("Choose what it is."))
    if chosen.pk == item.category_id and "category" not in answers:
        return {}
    gone = {key: None for key in answers if key.startswith("attr.") or key in {"noun", "size"}}
    return {**gone, "category": chosen.key}


def _choice(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    if _is_skipped(question, posted):
        return {question.key: UNKNOWN}
    value = str(posted.get("answer", ""))
    if value not in {choice.value for choice in question.choices}:
        raise FieldInvalid(question.key, _("Choose an answer."))
    return {question.key: value}


def _label(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    """What the label says: the brand where one is written, and the size."""
    brand = clean_text(posted.get("brand", ""), field="brand", limit=TEXT_LIMITS["brand"])
    return {"brand": brand} | _choice(question, posted, item, answers)


def _words(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    if _is_skipped(question, posted):
        return {question.key: UNKNOWN}
    text = clean_text(posted.get("answer", ""), field=question.key, limit=TEXT_LIMITS.get(question.key, 200))
    if question.is_required and not text:
        raise FieldInvalid(question.key, _("Write something."))
    return {question.key: text}


def _figure(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    if _is_skipped(question, posted):
        return {question.key: UNKNOWN}
    attribute = question.attribute
    given = str(posted.get("answer", "")).strip()
    if not given and not question.is_required:
        return {question.key: UNKNOWN}
    if attribute is None or not given:
        raise FieldInvalid(question.key, _("Write a number."))
    return {question.key: clean_attributes([attribute], {attribute.key: given})[attribute.key]}


def _book(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    """The code of a book fills its title, author and publisher where the table knows it; none is an answer too."""
    if posted.get("do") == "skip":
        return {question.key: UNKNOWN}
    digits = clean_gtin(posted.get("code", ""), field="gtin")
    if not digits:
        raise FieldInvalid("gtin", _("Scan or type the code."))
    return {"gtin": digits} | book_answers(digits, category_of(item, answers))


def _flaws(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    """`do` is add, next, or remove-<place>; a flaw that is there already is not added again."""
    flaws = list(answers.get("flaws") or [])
    act = str(posted.get("do", ""))
    if act.startswith("remove-"):
        place = act.removeprefix("remove-")
        kept = [flaw for n, flaw in enumerate(flaws) if str(n) != place]
        return {"flaws": kept}
    if kind := str(posted.get("kind", "")):
        flaws = _with_flaw(flaws, kind, posted)
    elif act == "add":
        raise FieldInvalid("flaws", _("Choose what you see."))
    if question.is_required and not flaws:
        raise FieldInvalid("flaws", _("Say what is broken."))
    return {"flaws": flaws}


def _with_flaw(flaws: list[Any], kind: str, posted: Posted) -> list[Any]:
    if kind not in FlawKind.values:
        raise FieldInvalid("flaws", _("Choose what you see."))
    if len(flaws) >= MAX_FLAWS:
        raise FieldInvalid("flaws", _("That is enough: 12 at most."))
    part, photo = str(posted.get("part", "")), str(posted.get("photo", ""))
    has_photo = photo.isdecimal() and 1 <= int(photo) <= 12
    flaw = {
        "kind": kind,
        "part": part if part in PARTS else "",
        "detail": "",
        "photo_position": int(photo) if has_photo else None,
        **(_spot(posted) if has_photo else {}),
    }
    return flaws if flaw in flaws else [*flaws, flaw]


def _spot(posted: Posted) -> Found:
    """Where the photo was touched, in thousandths; nothing where it was not."""
    given = [str(posted.get(name, "")) for name in ("spot_x", "spot_y")]
    if not all(one.isdecimal() and int(one) <= 1000 for one in given):
        return {}
    return {"spot_x": int(given[0]), "spot_y": int(given[1])}


def _measures(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    if _is_skipped(question, posted):
        return {"measures": {}}
    found = {}
    for name in MEASURES:
        text = str(posted.get(name, "")).strip().replace(",", ".").removesuffix("cm").strip()
        if not text:
            continue
        try:
            mm = int(Decimal(text) * 10)
        except (InvalidOperation, ValueError, OverflowError):
            raise FieldInvalid(name, _("Write a number of centimetres.")) from None
        if not 0 < mm <= MAX_MM:
            raise FieldInvalid(name, _("Between 0.1 and 2,000 centimetres."))
        found[name] = mm
    return {"measures": found}


def _weight(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    if _is_skipped(question, posted):
        return {"weight": 0}
    try:
        grams = parse_grams(str(posted.get("answer", "")))
    except ValueError:
        raise FieldInvalid("weight", _("Write a weight: 1.2 kg or 350 g.")) from None
    if not 0 < grams <= MAX_G:
        raise FieldInvalid("weight", _("Write a weight: 1.2 kg or 350 g."))
    return {"weight": grams}


def _text(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    """The person's own words where they differ from the composed ones, which then follow later answers no more."""
    if posted.get("do") == "again":
        return {"text": {"is_own": False}}
    title = clean_text(posted.get("title", ""), field="title", limit=150)
    description = clean_text(posted.get("description", ""), field="description", limit=10_000, lines=True)
    description = description.replace("\r\n", "\n")
    if not title:
        raise FieldInvalid("title", _("Write a title."))
    composed = texts_of(item, {**answers, "text": None})
    if (title, description) == composed:
        return {"text": {"is_own": False}}
    return {"text": {"is_own": True, "title": title, "description": description}}


def _price(question: Question, posted: Posted, item: Item, answers: Mapping[str, Any]) -> Found:
    try:
        cents = parse_cents(str(posted.get("price", "")))
    except ValueError:
        raise FieldInvalid("price", _("Write a price, such as 25.")) from None
    if not 0 < cents <= MAX_PRICE_CENTS:
        raise FieldInvalid("price", _("Write a price, such as 25."))
    return {"price": cents}


READERS: dict[str, Callable[[Question, Posted, Item, Mapping[str, Any]], Found]] = {
    "category": _category,
    "choice": _choice,
    "label": _label,
    "words": _words,
    "figure": _figure,
    "brand": _words,
    "book": _book,
    "flaws": _flaws,
    "measures": _measures,
    "weight": _weight,
    "text": _text,
    "price": _price,
}
