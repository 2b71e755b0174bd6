"""The title and the description of a listing, composed in French from answers. Pure: no database, no clock."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from rebond.workshop.data.french import (
    AUDIENCES,
    FLAWS,
    MATERIALS,
    NBSP,
    PARTS,
    SAID,
    Noun,
    colour_of,
    listed,
    of,
    sentence_case,
)

TITLE_LIMIT = 150
COLON = f"{NBSP}: "
BOOKS = "books"
RECORDS = frozenset({"music-film"})
PROPER = frozenset({"os", "platform", "socket", "frame"})  # names that keep their capital
# attributes that the first sentence or another one says already
SAID_ELSEWHERE = MATERIALS | {"audience", "author", "publisher", "artist", "style", "pieces"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """What a category asks: as `CategoryAttribute`, without the database. `choices` maps keys to French names."""

    key: str
    name: str
    type: str = "text"
    unit: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """What people answered of one object. `universe` is the key of the category's root; flaws are (kind, part)."""

    noun: Noun
    universe: str = ""
    name: str = ""
    condition: str = ""
    colour: str = ""
    brand: str = ""
    size: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    attributes: Sequence[Attribute] = ()
    flaws: Sequence[tuple[str, str]] = ()
    length_mm: int | None = None
    width_mm: int | None = None
    height_mm: int | None = None

    @property
    def pieces(self) -> int:
        value = self.values.get("pieces")
        return value if isinstance(value, int) and value > 1 else 0

    @property
    def said(self) -> Noun:
        """The noun that the sentences are about: plural where several are sold together."""
        return self.noun.counted() if self.pieces and self.noun.many else self.noun


def decimal_comma(value: Any) -> str:
    """`42.50` → `42,5`."""
    text = f"{Decimal(str(value)).normalize():f}"
    return text.replace(".", ",")


def material_of(answers: Answers) -> str:
    """`en hêtre et velours`, nothing where the noun says it ("pull en laine")."""
    if " en " in answers.noun.word:
        return ""
    found: list[str] = []
    for attribute in answers.attributes:
        value = answers.values.get(attribute.key)
        if attribute.key in MATERIALS and value:
            words = SAID.get((attribute.key, value))
            found.append(f"en {attribute.choices.get(value, '').lower()}" if words is None else words)
    kept = list(dict.fromkeys(words for words in found if words and words != "en "))
    inside = [words.removeprefix("en ") for words in kept if words.startswith("en ")]
    others = [words for words in kept if not words.startswith("en ")]
    return " ".join(([f"en {listed(inside)}"] if inside else []) + others)


def audience_of(answers: Answers) -> str:
    """`pour femme`; nothing where the noun says it, `mixte` agreed."""
    value = answers.values.get("audience", "")
    if value == "unisex":
        return answers.said.agree("mixte")
    words = AUDIENCES.get(value, "")
    return "" if words and words.removeprefix("pour ") in answers.noun.word.split() else words


def size_of(answers: Answers) -> str:
    """`taille M`, `pointure 38`."""
    if not answers.size:
        return ""
    return f"{'pointure' if answers.universe == 'shoes' else 'taille'} {answers.size}"


def _what(answers: Answers) -> str:
    """`Robe bleue en coton pour femme`, `Lot de 6 assiettes blanches en porcelaine`."""
    noun = answers.said
    words = [noun.word, colour_of(noun, answers.colour), material_of(answers), audience_of(answers)]
    text = " ".join(word for word in words if word)
    if answers.pieces:
        text = f"lot de {answers.pieces} {text}" if answers.noun.many else f"{text} de {answers.pieces} pièces"
    return sentence_case(text)


def compose_title(answers: Answers) -> str:
    """In the order in which people look: the thing, its colour, its matter, for whom, its brand, its size."""
    if answers.name:
        return _named_title(answers)[:TITLE_LIMIT]
    start = " ".join(part for part in (_what(answers), answers.brand) if part)
    size = size_of(answers)
    return (f"{start}, {size}" if size else start)[:TITLE_LIMIT]


def _named_title(answers: Answers) -> str:
    author = answers.values.get("author") or answers.values.get("artist") or ""
    if answers.universe == BOOKS:
        return ", ".join(part for part in (answers.name, author) if part)
    if answers.universe in RECORDS:
        return ", ".join(part for part in (answers.name, author, answers.noun.word) if part)
    pieces = f", {answers.pieces} pièces" if answers.pieces else ""
    return f"{sentence_case(answers.noun.word)} {answers.name}{pieces}"


def _opening(answers: Answers) -> str:
    """The first sentence: what it is, by whom or of which brand and style."""
    if answers.name:
        return _named_opening(answers)
    parts = [_what(answers)]
    if answers.brand:
        parts.append(f"de la marque {answers.brand}")
    style = answers.values.get("style")
    names = next((a.choices for a in answers.attributes if a.key == "style"), {})
    if style and names.get(style):
        parts.append(f"de style {names[style].lower()}")
    if size := size_of(answers):
        parts.append(size)
    return ", ".join(parts) + "."


def _named_opening(answers: Answers) -> str:
    text = f"«{NBSP}{answers.name}{NBSP}», {answers.noun.word}"
    author = answers.values.get("author") or answers.values.get("artist")
    if author:
        text += f" {of(author)}"
    if answers.values.get("publisher"):
        text += f", {answers.noun.agree('publié')} par {answers.values['publisher']}"
    if answers.brand:
        text += f", de la marque {answers.brand}"
    if answers.pieces:
        text += f", {answers.pieces} pièces"
    return text + "."


def _condition(answers: Answers) -> str:
    """One sentence that agrees: `Elles sont comme neuves…`."""
    noun = answers.said
    start = f"{noun.pronoun} {'sont' if noun.is_plural else 'est'}"
    new = noun.choose("neuf", "neuve", "neufs", "neuves")
    never = "n’ont jamais servi" if noun.is_plural else "n’a jamais servi"
    marks = "avec les marques décrites ici" if answers.flaws else "avec des marques d’usage"
    return {
        "new_unsold": f"{start} {new} et {never}.",
        "like_new": f"{start} comme {new}{COLON}nous n’avons vu aucune marque.",
        "very_good": f"{start} en très bon état, avec de petites marques peu visibles.",
        "good": f"{start} en bon état, {marks}.",
        "to_repair": f"{start} à réparer avant usage.",
    }.get(answers.condition, "")


def flaw_words(kind: str, part: str) -> str:
    """`une rayure sur le dessus`."""
    words = FLAWS.get(kind, FLAWS["other"])
    place = PARTS.get(part, f"({part})" if part else "")
    return f"{words} {place}".strip()


def _flaws(answers: Answers) -> str:
    """Each flaw once, in the order in which they were seen (rules.md F3: itemised)."""
    noun = answers.said
    seen = [flaw_words(kind, part) for kind, part in answers.flaws if kind != "not_working"]
    sentences = []
    if any(kind == "not_working" for kind, _part in answers.flaws):
        sentences.append(f"{noun.pronoun} ne {'fonctionnent' if noun.is_plural else 'fonctionne'} pas.")
    if seen:
        sentences.append(f"À noter{COLON}{listed(list(dict.fromkeys(seen)))}.")
    return " ".join(sentences)


def _agreed_fact(noun: Noun, key: str, value: Any) -> str:
    """Sentences of some answers that agree with the noun."""
    if isinstance(value, list):
        return ""
    works = "fonctionnent" if noun.is_plural else "fonctionne"
    table = {
        ("tested", "ok"): f"{noun.agree('testé')}{COLON}{noun.pronoun.lower()} {works}",
        ("tested", "partial"): f"{noun.agree('testé')}, avec une réserve décrite",
        ("tested", "no"): f"non {noun.agree('testé')}",
        ("bike-check", "done"): f"{noun.agree('révisé')} en atelier",
        ("bike-check", "checked"): noun.agree("contrôlé"),
        ("bike-check", "none"): "à réviser",
        ("complete", "yes"): f"{noun.choose('complet', 'complète', 'complets', 'complètes')}, les pièces sont comptées",
        ("complete", "missing"): noun.choose("incomplet", "incomplète", "incomplets", "incomplètes"),
        ("complete", "unknown"): "les pièces ne sont pas comptées",
        ("sleeves", "none"): "sans manches",
        ("charger", False): "sans chargeur",
        ("induction", False): "ne va pas sur l’induction",
    }
    return table.get((key, value), "")


def _fact(noun: Noun, attribute: Attribute, value: Any) -> str:
    """One characteristic as a short sentence, without its point."""
    if agreed := _agreed_fact(noun, attribute.key, value):
        return sentence_case(agreed)
    if attribute.type == "boolean":
        return attribute.name if value is True else ""
    if attribute.type in {"choice", "multi"}:
        chosen = [attribute.choices.get(one, "") for one in (value if isinstance(value, list) else [value])]
        if attribute.key in {"sleeves", "fit"}:
            return f"{attribute.name} {chosen[0].lower()}"
        text = ", ".join(filter(None, chosen))
        text = text if attribute.key in PROPER else text[:1].lower() + text[1:]
        return f"{attribute.name}{COLON}{text}" if text else ""
    text = decimal_comma(value) if attribute.type in {"integer", "decimal"} else str(value)
    return f"{attribute.name}{COLON}{text}{NBSP + attribute.unit if attribute.unit else ''}"


def _measures(answers: Answers) -> str:
    sides = (
        (answers.length_mm, "de long"),
        (answers.width_mm, "de large"),
        (answers.height_mm, "de haut"),
    )
    said = [f"{decimal_comma(Decimal(mm) / 10)}{NBSP}cm {words}" for mm, words in sides if mm]
    return f"Dimensions{COLON}{', '.join(said)}." if said else ""


def compose_description(answers: Answers) -> str:
    """Paragraphs: what it is and how it is; its flaws; its characteristics and measures."""
    is_dead = any(kind == "not_working" for kind, _part in answers.flaws)
    unsaid = SAID_ELSEWHERE | {"tested"} if is_dead else SAID_ELSEWHERE  # never "tested: it works" beside that
    facts = [
        _fact(answers.said, attribute, answers.values[attribute.key])
        for attribute in answers.attributes
        if attribute.key not in unsaid and answers.values.get(attribute.key) not in (None, "", [])
    ]
    details = [f"{fact}." for fact in facts if fact]
    paragraphs = (
        " ".join(filter(None, [_opening(answers), _condition(answers)])),
        _flaws(answers),
        " ".join(filter(None, [*details, _measures(answers)])),
    )
    return "\n".join(filter(None, paragraphs))
