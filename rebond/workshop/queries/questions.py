"""What the guided listing asks of an object, one question per screen, by its category; and where one is in it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from rebond.catalogue.data.measuring import OFFERED
from rebond.catalogue.enums import Condition
from rebond.catalogue.models import Category, CategoryAttribute, Item
from rebond.catalogue.queries import categories
from rebond.workshop.data.french import COLOURS, SWATCHES, has_name, nouns_of

GROUPS: dict[str, Promise] = {
    "what": pgettext_lazy("listing", "What"),
    "condition": pgettext_lazy("listing", "Condition"),
    "details": pgettext_lazy("listing", "Details"),
    "text": pgettext_lazy("listing", "Text"),
    "price": pgettext_lazy("listing", "Price"),
    "check": pgettext_lazy("listing", "Read again"),
}
# pictogram, tint, and the words of the person who looks at the object
CONDITIONS: dict[str, tuple[str, str, Promise]] = {
    Condition.NEW_UNSOLD: ("tag", "ciel", gettext_lazy("Nobody ever used it.")),
    Condition.LIKE_NEW: ("gem", "menthe", gettext_lazy("I see no mark.")),
    Condition.VERY_GOOD: ("sparkles", "anis", gettext_lazy("A small mark, hard to see.")),
    Condition.GOOD: ("thumbs-up", "peche", gettext_lazy("It was used. I see marks.")),
    Condition.TO_REPAIR: ("wrench", "rose", gettext_lazy("It is broken, or a part is missing.")),
}
WITHOUT_MARKS = frozenset({Condition.NEW_UNSOLD, Condition.LIKE_NEW})
# universes where these are asked
COLOURED = frozenset(
    {"clothes", "shoes", "accessories", "furniture", "decoration", "linen", "tableware", "bikes", "vintage"}
)
WITHOUT_BRAND = frozenset({"books"})
# asked although no filter needs them
ALSO = frozenset(
    {
        *("author", "artist", "pieces", "diameter", "capacity"),
        *("hygiene-seal", "ce-mark", "collectible", "erased", "charger"),
    }
)
UNKNOWN = ""  # the answer "I do not know"
# things that come by the hundred: what no law asks is offered at the end, not asked one by one
QUICK = frozenset({"clothes", "shoes", "accessories", "books", "music-film"})


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    icon: str = ""
    tint: str = "sable"
    hint: str = ""
    swatch: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """`key` is where the answer is kept; `form` says how it is asked (template `workshop/ask_<form>.html`).

    `is_extra`: nobody needs to answer it before sending; the last screen offers it.
    """

    key: str
    form: str
    group: str
    title: str
    is_required: bool = False
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    attribute: CategoryAttribute | None = None
    is_extra: bool = False

    @property
    def path(self) -> str:
        """How it is named in addresses."""
        return self.key.replace(".", "-")


def universe_of(category: Category) -> str:
    """The key of the root that the category belongs to."""
    return categories.ancestors_of(category)[0].key


def _what(category: Category, answers: Mapping[str, Any]) -> list[Question]:
    found = [Question("category", "category", "what", _("What is it?"), is_required=True)]
    nouns = nouns_of(category.key)
    if len(nouns) > 1:
        choices = tuple(Choice(noun.word, noun.word[:1].upper() + noun.word[1:]) for noun in nouns)
        found.append(Question("noun", "choice", "what", _("Which one is it?"), is_required=True, choices=choices))
    if has_name(category.key):
        if universe_of(category) == "books":
            found.append(Question("gtin", "book", "what", _("Scan the book’s code")))
        found.append(Question("name", "words", "what", _("What is its title?"), is_required=True))
    return found


def _condition(answers: Mapping[str, Any]) -> list[Question]:
    choices = tuple(
        Choice(str(value), str(Condition(value).label), icon, tint, str(hint))
        for value, (icon, tint, hint) in CONDITIONS.items()
    )
    title = _("In what condition is it?")
    found = [Question("condition", "choice", "condition", title, is_required=True, choices=choices)]
    condition = answers.get("condition")
    if condition and condition not in WITHOUT_MARKS:
        is_needed = condition == Condition.TO_REPAIR
        found.append(Question("flaws", "flaws", "condition", _("What is damaged?"), is_required=is_needed))
    return found


def _attribute_question(attribute: CategoryAttribute, universe: str) -> Question:
    title = _("%(question)s?") % {"question": attribute.label}
    if attribute.type == "boolean":
        form, choices = "choice", (Choice("yes", _("Yes"), "check", "menthe"), Choice("no", _("No"), "x", "rose"))
    elif attribute.type in {"choice", "multi"}:
        form, choices = "choice", tuple(Choice(c["key"], c["fr"]) for c in attribute.choices)  # type: ignore[assignment]
    else:
        form, choices = ("words" if attribute.type == "text" else "figure"), ()  # type: ignore[assignment]
    return Question(
        f"attr.{attribute.key}",
        form,
        "details",
        title,
        is_required=attribute.is_required,
        choices=choices,
        unit=attribute.unit,
        attribute=attribute,
        is_extra=universe in QUICK and not attribute.is_required,
    )


def _is_asked(attribute: CategoryAttribute, answers: Mapping[str, Any]) -> bool:
    if attribute.key == "collectible":  # asked where the toy has no CE mark (rules.md F6)
        return answers.get("attr.ce-mark") == "no"
    return attribute.is_required or attribute.is_filterable or attribute.key in ALSO


def _details(category: Category, item: Item, answers: Mapping[str, Any]) -> list[Question]:
    universe = universe_of(category)
    found = [_attribute_question(a, universe) for a in categories.attributes_of(category) if _is_asked(a, answers)]
    if universe in COLOURED:
        colours = tuple(Choice(name, name, swatch=SWATCHES[name]) for name in COLOURS)
        found.append(Question("color", "choice", "details", _("Which colour?"), choices=colours))
    guide: Any = categories.size_guide_of(category)
    if guide:  # brand and size are read on one label: one screen asks both
        sizes = tuple(Choice(str(size), str(size)) for size in guide.get("sizes", ()))
        form = "choice" if universe in WITHOUT_BRAND else "label"
        found.append(Question("size", form, "details", _("Which size?"), choices=sizes))
    if universe not in WITHOUT_BRAND:
        found.append(Question("brand", "brand", "details", _("Which brand?"), is_extra=bool(guide)))
    if asked := categories.measures_asked(category):
        title = _("How big is it?")
        found.append(Question("measures", "measures", "details", title, is_extra=asked == OFFERED))
    if item.weight_g is None or item.is_weight_estimated:
        is_needed = categories.default_weight_g(category) is None
        found.append(Question("weight", "weight", "details", _("How heavy is it?"), is_required=is_needed))
    return found


def category_of(item: Item, answers: Mapping[str, Any]) -> Category:
    """The one chosen at the kiosk, else the item's."""
    chosen = categories.by_key(str(answers.get("category", "")))
    return chosen or categories.get(item.category_id)


def questions_of(item: Item, answers: Mapping[str, Any]) -> list[Question]:
    """All that is asked of this object now, in order: answers open and close questions."""
    category = category_of(item, answers)
    return [
        *_what(category, answers),
        *_condition(answers),
        *_details(category, item, answers),
        Question("text", "text", "text", _("Read the text"), is_required=True),
        Question("price", "price", "price", _("What price?"), is_required=True),
    ]


def mark_of(value: Any) -> str:
    """A short mark of a kept answer: a screen carries it, so that an answer given meanwhile is noticed."""
    text = json.dumps(value or None, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def is_answered(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether it needs no screen by itself any more: the object's category is known from the sorting table."""
    return question.key in answers or question.key == "category"


def is_open(question: Question, answers: Mapping[str, Any]) -> bool:
    """Whether it must be answered before sending: the texts compose themselves, extras are nobody's duty."""
    return not (is_answered(question, answers) or question.is_extra or question.form == "text")


def next_question(questions: Sequence[Question], answers: Mapping[str, Any], *, after: str = "") -> Question | None:
    """The first open question after `after`, else the first open one at all; None where all have an answer.

    Extra ones come one after the other once somebody began with them; else they are passed over.
    """
    keys = [question.key for question in questions]
    start = keys.index(after) + 1 if after in keys else 0
    ahead = [*questions[start:], *questions[:start]]
    asks_extra = start > 0 and questions[start - 1].is_extra
    return next(
        (
            question
            for question in ahead
            if is_open(question, answers) or (asks_extra and question.is_extra and not is_answered(question, answers))
        ),
        None,
    )


def extras_of(questions: Sequence[Question], answers: Mapping[str, Any]) -> list[Question]:
    """What may still be told."""
    return [question for question in questions if question.is_extra and not is_answered(question, answers)]


def question_before(questions: Sequence[Question], key: str) -> Question | None:
    """The one that "Back" leads to."""
    keys = [question.key for question in questions]
    place = keys.index(key) if key in keys else len(keys)
    return questions[place - 1] if place else None


@dataclass(frozen=True, slots=True)
class Hop:
    """One ball of the way: `path` is the question that it leads back to."""

    label: str
    state: str  # done, current or todo
    path: str = ""


def hops_of(questions: Sequence[Question], answers: Mapping[str, Any], group: str) -> list[Hop]:
    """The groups, and which are done: those whose questions all have an answer."""
    found = []
    for key, label in GROUPS.items():
        inside = [question for question in questions if question.group == key]
        is_done = bool(inside) and (
            all(is_answered(question, answers) or question.is_extra for question in inside)
            or (group == "check" and key in {"text", "price"})  # both are on that very screen
        )
        state = "current" if key == group else "done" if is_done else "todo"
        found.append(Hop(str(label), state, inside[0].path if inside and is_done else ""))
    return found


def unknown_words() -> str:
    """The button of an optional question."""
    return pgettext("kiosk", "I do not know")
