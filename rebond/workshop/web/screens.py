"""What each screen of the guided listing shows beside its question."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from rebond.catalogue.data.measuring import FAMILIES
from rebond.catalogue.enums import Condition, FlawKind
from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.catalogue.queries.comparables import PriceHelp, price_help
from rebond.catalogue.queries.item_facts import attribute_text
from rebond.catalogue.queries.items import brands_of
from rebond.core.money import NBSP, format_cents, parse_cents
from rebond.core.weights import format_grams
from rebond.workshop.data.composing import flaw_words
from rebond.workshop.data.french import PARTS, sentence_case
from rebond.workshop.queries.listing import MEASURES, asked_of, drafted, flaws_of, texts_of
from rebond.workshop.queries.price_dots import dots_of
from rebond.workshop.queries.questions import Question, category_of

FLAW_ICONS = {
    FlawKind.SCRATCH: "slash",
    FlawKind.STAIN: "droplet",
    FlawKind.DENT: "circle-dot",
    FlawKind.CRACK: "zap",
    FlawKind.TEAR: "scissors",
    FlawKind.HOLE: "circle-dashed",
    FlawKind.WEAR: "eraser",
    FlawKind.FADED: "sun-dim",
    FlawKind.RUST: "cloud-rain",
    FlawKind.MISSING_PART: "puzzle",
    FlawKind.NOT_WORKING: "power-off",
    FlawKind.SMELL: "wind",
    FlawKind.ANNOTATION: "pencil",
    FlawKind.REPAIRED: "hammer",
    FlawKind.OTHER: "circle-question-mark",
}
MEASURE_LABELS: dict[str, Promise] = {
    "length_mm": gettext_lazy("Length"),
    "width_mm": gettext_lazy("Width"),
    "height_mm": gettext_lazy("Height"),
}
# how comparable objects are like this one
BASES: dict[str, Promise] = {
    "same": gettext_lazy("The very same object, by its code."),
    "brand_kind_condition": gettext_lazy("Same brand, same kind, same condition."),
    "brand_condition": gettext_lazy("Same brand, same condition."),
    "words_condition": gettext_lazy("Almost the same title, same condition."),
    "kind_condition": gettext_lazy("Same kind, same condition."),
    "brand": gettext_lazy("Same brand, in any condition."),
    "condition": gettext_lazy("Same shelf, same condition."),
    "category": gettext_lazy("The whole shelf, in any condition."),
}
CONFIDENCES: dict[str, tuple[str, Promise]] = {
    "strong": ("shield-check", gettext_lazy("This price is sure.")),
    "fair": ("info", gettext_lazy("This price is a good start.")),
    "weak": ("circle-question-mark", gettext_lazy("This price is not sure. Ask if you doubt.")),
}


def context_of(question: Question, item: Item, answers: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The context of the question's own template; `given` is what a refused answer had, else what is kept."""
    kept = answers.get(question.key)
    posted = {name: request.POST.get(name, "") for name in ("answer", "code", "kind", "part", "brand")}
    given = posted["answer"] or posted["code"] or (kept if isinstance(kept, str | int) else "")
    found: dict[str, Any] = {"posted": posted, "given": given}
    makers: dict[str, Any] = {
        "category": lambda: _category(item, answers, request),
        "flaws": lambda: _flaws(item, answers),
        "label": lambda: {
            "brands": brands_of(category_of(item, answers)),
            "brand": posted["brand"] or answers.get("brand", ""),
        },
        "brand": lambda: {"brands": brands_of(category_of(item, answers))},
        "measures": lambda: _measures(item, answers),
        "text": lambda: _text(item, answers, request),
        "price": lambda: price_context(item, answers, request),
    }
    maker = makers.get(question.form)
    return found | (maker() if maker else {})


def _category(item: Item, answers: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The shelf's universes, then what is in one; the present one is said first."""
    now = category_of(item, answers)
    universe = categories.by_key(request.GET.get("rayon", ""))
    rows = categories.children_of(universe) if universe else categories.universes()
    return {"category": now, "universe": universe, "shelves": rows}


def _flaws(item: Item, answers: Mapping[str, Any]) -> dict[str, Any]:
    seen = [sentence_case(flaw_words(flaw["kind"], flaw["part"])) for flaw in answers.get("flaws") or []]
    kinds = [(kind.value, kind.label, FLAW_ICONS[kind]) for kind in FlawKind]
    return {"seen": seen, "kinds": kinds, "parts": list(PARTS)}


def centimetres(mm: int | None) -> str:
    """`425` → `42,5`."""
    return "" if mm is None else f"{mm / 10:g}".replace(".", ",")


def _measures(item: Item, answers: Mapping[str, Any]) -> dict[str, Any]:
    given = answers.get("measures") or {}
    family = categories.measuring_of(category_of(item, answers))
    rows = [
        (number, name, MEASURE_LABELS[name], centimetres(given.get(name, getattr(item, name))))
        for number, name in enumerate(MEASURES, start=1)
        if name in FAMILIES[family]  # as the drawing numbers them
    ]
    return {"measures": rows, "drawing": f"catalogue/measures/{family}.html"}


def _text(item: Item, answers: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    title, description = texts_of(item, answers)
    return {
        "own_title": request.POST.get("title", title),
        "own_description": request.POST.get("description", description),
        "is_own": bool((answers.get("text") or {}).get("is_own")),
    }


def _price_in_hand(item: Item, answers: Mapping[str, Any], request: HttpRequest, found: PriceHelp | None) -> int:
    """Cents: what is typed, moved by the button pressed; else the answer, the item's own, what is suggested."""
    if "price" in request.POST:
        try:
            cents = parse_cents(request.POST["price"] or "0")
            return max(0, cents + int(request.POST.get("step", "0")))
        except ValueError:
            return 0
    return answers.get("price") or item.price_cents or (found.suggested if found else 0)


# how a price lies among the others: kind of status, pictogram, words
JUDGEMENTS: dict[str, tuple[str, str, Promise]] = {
    "suggested": ("ok", "thumbs-up", gettext_lazy("It is the suggested price")),
    "usual": ("ok", "check", gettext_lazy("A usual price")),
    "low": ("warn", "arrow-down", gettext_lazy("Lower than the others")),
    "high": ("warn", "arrow-up", gettext_lazy("Higher than the others")),
}


def judge(cents: int, found: PriceHelp) -> str:
    """Its key in JUDGEMENTS; "" for no price yet (`price.js` says the same while the price moves)."""
    if not cents:
        return ""
    if cents == found.suggested:
        return "suggested"
    if cents < found.low:
        return "low"
    return "high" if cents > found.high else "usual"


def short_price(cents: int) -> str:
    """`25 €`, `4,50 €`."""
    return f"{cents // 100}{NBSP}€" if cents % 100 == 0 else format_cents(cents)


def price_context(item: Item, answers: Mapping[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The price in hand, and why: comparable objects as dots, in what they are alike, how sure it is."""
    found = price_help(asked_of(item, answers))
    cents = _price_in_hand(item, answers, request, found)
    typed = f"{cents // 100}" if cents % 100 == 0 else f"{cents // 100},{cents % 100:02d}"
    context: dict[str, Any] = {"help": found, "cents": cents, "typed": typed if cents else ""}
    if found is None:
        return context
    bounds = {"low": short_price(found.low), "high": short_price(found.high)}
    count = ngettext(
        "%(n)s similar object, %(sold)s of them sold.", "%(n)s similar objects, %(sold)s sold.", found.count
    )
    prices = [one.price_cents for one in found.comparables]
    dots = dots_of(prices, low=found.low, high=found.high, now=cents)
    return context | {
        "dots": dots,
        "ticks": [(x, short_price(at)) for x, at in dots.ticks],
        "judgement": judge(cents, found),
        "judgements": [(key, *words) for key, words in JUDGEMENTS.items()],
        "suggested": short_price(found.suggested),
        "count_words": count % {"n": found.count, "sold": found.sold},
        "bounds_words": _("Most of them: from %(low)s to %(high)s.") % bounds,
        "by_words": short_price(found.by_words) if found.by_words else "",
        "basis_words": BASES[found.basis],
        "confidence": CONFIDENCES[found.confidence],
    }


@dataclass(frozen=True, slots=True)
class Line:
    """One answer, told again: `path` leads back to its question."""

    label: str
    value: str
    path: str
    is_missing: bool = False


def _flaw_list(draft: Item, answers: Mapping[str, Any]) -> str:
    return sentence_case(", ".join(flaw_words(flaw["kind"], flaw.get("part", "")) for flaw in flaws_of(draft, answers)))


def _sides(draft: Item) -> str:
    sides = [centimetres(mm) for name in MEASURES if (mm := getattr(draft, name))]
    return f"{' × '.join(sides)}{NBSP}cm" if sides else ""


VALUES: dict[str, Callable[[Item, Mapping[str, Any]], str]] = {
    "category": lambda draft, answers: category_of(draft, answers).label,
    "condition": lambda draft, _answers: str(dict(Condition.choices).get(draft.condition, "")),
    "flaws": _flaw_list,
    "measures": lambda draft, _answers: _sides(draft),
    "weight": lambda draft, _answers: format_grams(draft.weight_g) if draft.weight_g else "",
    "price": lambda draft, _answers: short_price(draft.price_cents) if draft.price_cents else "",
    "color": lambda draft, _answers: draft.color,
    "size": lambda draft, _answers: draft.size,
    "brand": lambda draft, _answers: draft.brand,
    "gtin": lambda draft, _answers: draft.gtin,
}


def _value_of(question: Question, draft: Item, answers: Mapping[str, Any]) -> str:
    """The answer in words; "" where there is none."""
    attribute = question.attribute
    if attribute is not None:
        value = draft.attributes.get(attribute.key)
        return "" if value in (None, "", []) else attribute_text(attribute, value)
    known = VALUES.get(question.key)
    return known(draft, answers) if known else str(answers.get(question.key, ""))


def summary_of(
    item: Item, answers: Mapping[str, Any], questions: Sequence[Question], lacking: Iterable[str]
) -> list[Line]:
    """The answers that are something, and what is missing; the texts are shown apart."""
    draft, missing = drafted(item, answers), set(lacking)
    lines = [
        Line(question.title, _value_of(question, draft, answers), question.path, question.key in missing)
        for question in questions
        if question.form != "text"
    ]
    return [line for line in lines if line.value or line.is_missing]
