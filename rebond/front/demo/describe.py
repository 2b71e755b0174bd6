"""Titles and texts of the demo's items, with French agreement (the drawing's gender and number)."""

import random
import re
from dataclasses import dataclass, field
from typing import Any

from rebond.front.demo.lines import Line, Noun, pick
from rebond.front.demo.pictures import palettes
from rebond.front.demo.words import (
    BRANDS,
    CLOSING,
    COLOURS,
    FLAWS,
    FOR,
    METALS,
    SHOES,
    SIZES,
    WOODS,
    WORKSHOP,
)
from rebond.front.demo.works import make_work

STATE_WORDS = {
    "new_unsold": "Neuf· et jamais servi·, resté· en réserve chez un fabricant.",
    "like_new": "Comme neuf·, presque pas servi·.",
    "very_good": "Très bon état, servi· avec soin.",
    "good": "Bon état d’usage, complet· et en ordre de marche.",
    "to_repair": "À réparer\u00a0: nous disons tout ce que nous savons, plus bas.",
}
GOOD_WORDS = {
    "clothes": "Bon état, porté· mais pas fatigué·.",
    "shoes": "Bon état, porté· quelques saisons.",
    "accessories": "Bon état, servi· tous les jours et ça se voit à peine.",
    "linen": "Bon état, lavé· souvent et encore agréable au toucher.",
    "furniture": "Bon état d’usage, rien ne branle.",
    "decoration": "Bon état, avec les petites marques du temps.",
    "tableware": "Bon état d’usage, complet·.",
    "toys": "Bon état, a déjà beaucoup joué.",
    "vintage": "Bon état pour son âge, avec sa patine.",
}
WORKSHOP_OF = {"bike-helmets": "sport", "plant-pots": "decoration"}
RECORD_STATES = {
    "good": "Bon état de lecture, boîtier compris.",
    "very_good": "Très bon état, rien n’accroche.",
    "like_new": "Comme neuf.",
}
WORN_PLURALS = (("blanches", "blanc"), ("blancs", "blanc"), ("noires", "noir"), ("noirs", "noir"), ("grises", "gris"))
BOOK_STATES = {
    "good": "Bon état, lu plusieurs fois.",
    "very_good": "Très bon état, lu une fois.",
    "like_new": "Comme neuf.",
}


@dataclass(slots=True)
class Described:
    """`flaws` are (kind, detail); `pictured` is the kind of flaw that the wear layer of the drawing shows."""

    title: str
    description: str
    alt: str
    color: str
    brand: str = ""
    size: str = ""
    attributes: dict[str, Any] = field(default_factory=dict)
    flaws: list[tuple[str, str]] = field(default_factory=list)
    pictured: str = ""


def agree(text: str, kind: str) -> str:
    """`Lavé·` becomes lavé, lavée, lavés or lavées as the drawing's gender and number ask."""
    entry = palettes()[kind]
    ending = ("e" if entry["gender"] == "f" else "") + ("s" if entry.get("plural") else "")
    for irregular, feminine in (("Neuf·", "Neuve"), ("neuf·", "neuve"), ("complet·", "complète")):
        base = feminine if entry["gender"] == "f" else irregular[:-1]
        text = text.replace(irregular, base + ("s" if entry.get("plural") else ""))
    return text.replace("·", ending)


def colour_of(name: str) -> str:
    """The shop's colour for a colourway's name (`bleu canard, corail` → Bleu); "" where none fits."""
    lowered = name.lower()
    plain = re.sub(
        r"^(cuir|mers|robe|boîtes|boîte|couverture|reliure|pochette|jaquette|manches|abat-jour|coque|vernis|fond|carreaux|dos|écrin|poignées|tons|verre|rideau|fonte) ",
        "",
        lowered,
    )
    return next((colour for start, colour in COLOURS if plain.startswith(start)), "")


def colour_words(noun: str, name: str) -> str:
    """How the colourway follows the noun: no word said twice."""
    if name.startswith("cuir ") and "cuir" in noun.lower():
        return f" {name.removeprefix('cuir ')}"
    for sign, word in ((" à pois ", "pois"), (" à rayures ", "ray"), (" à rayures ", "marin"), (" à rayures ", "club")):
        if sign in name and word in noun.lower():
            name = name.replace(sign, " et ")
            for plural, single in WORN_PLURALS:
                name = name.replace(f" et {plural}", f" et {single}")
    for word in ("carreaux ", "boîtes ", "boîte ", "manches ", "rideau "):
        if name.startswith(word) and word.strip()[:4] in noun.lower():
            name = name.removeprefix(word)
    return f", {name}"


def _flaws(kind: str) -> tuple[list[tuple[str, str]], list[str]]:
    """The drawing's wear phrases: those that tell a flaw, and those that are good news."""
    flaws, good = [], []
    for phrase in palettes()[kind]["wear"]:
        code = next((code for sign, code in FLAWS if sign.search(phrase.lower())), "")
        told = phrase[0].upper() + phrase[1:]
        if code:
            flaws.append((code, told))
        else:
            good.append(told)
    return flaws, good


def _attributes(rng: random.Random, line: Line, noun: Noun, name: str) -> dict[str, Any]:
    values: dict[str, Any] = dict(noun.attributes)
    values |= {key: pick(rng, options) for key, options in line.attributes.items() if key not in values}
    for key, table in (("wood", WOODS), ("deco-material", METALS)):
        found = next((code for sign, code in table.items() if sign in name), None)
        if key in values and found:
            values[key] = found
    return {key: value for key, value in values.items() if key not in {"size", "qty"}}


def _size(rng: random.Random, line: Line, noun: Noun, audience: str) -> str:
    if "size" in line.attributes:
        return pick(rng, line.attributes["size"])
    table = {"clothes": SIZES, "shoes": SHOES}.get(line.mode)
    return rng.choice(table[audience]) if table and audience in table else ""


def describe(rng: random.Random, line: Line, universe: str, colourway: int, condition: str) -> Described:
    """Title, text and facts of one item."""
    entry = palettes()[line.kind]
    name = entry["colourways"][colourway]["name_fr"]
    flaws, good = _flaws(line.kind)
    if line.mode in {"book", "record"}:
        found = _describe_work(rng, line, name, condition)
    else:
        found = _describe_object(rng, line, universe, name, condition, good)
    found.pictured = flaws[0][0] if flaws else ""
    rng.shuffle(flaws)
    found.flaws = flaws[: rng.choice([1, 1, 2])]
    found.alt = f"{entry['fr'][0].upper()}{entry['fr'][1:]}, {name}"
    return found


def _describe_work(rng: random.Random, line: Line, name: str, condition: str) -> Described:
    work = make_work(rng, line.leaf)
    parts = [work.about]
    if line.mode == "book":
        parts.append(agree(rng.choice(WORKSHOP["books"]), line.kind))
        details = [
            f"{key}\u00a0: {value}" for key, value in (("Éditeur", work.publisher), ("Année", work.year)) if value
        ]
        if details and "author" in work.attributes:
            parts.append(", ".join(details) + ".")
    states = BOOK_STATES if line.mode == "book" else RECORD_STATES
    parts.append(states.get(condition, "Bon état."))
    cut = 2 if line.mode == "book" else 1
    description = f"{' '.join(parts[:cut])}\n\n{' '.join(parts[cut:])}"
    return Described(work.title[:150], description, "", colour_of(name), attributes=work.attributes)


def _title(rng: random.Random, noun: str, name: str, brand: str, size: str, audience: str, line: Line) -> str:
    colour = colour_words(noun, name)
    title = f"{noun} {brand}" if brand and colour.startswith(",") else noun
    if audience in FOR and line.mode and rng.random() < 0.6:
        title += f" {FOR[audience]}"
    title += colour
    if size:
        title += f", {'pointure' if line.mode == 'shoes' or line.leaf == 'skates' else 'taille'} {size}"
    return title


def _describe_object(
    rng: random.Random, line: Line, universe: str, name: str, condition: str, good: list[str]
) -> Described:
    noun = rng.choice(line.nouns)
    attributes = _attributes(rng, line, noun, name)
    audience = str(attributes.get("audience", ""))
    size = _size(rng, line, noun, audience)
    brand = rng.choice(BRANDS[line.brands]) if line.brands and rng.random() < 0.6 else ""
    shown_brand = brand if rng.random() < 0.55 and len(noun.text) < 34 else ""
    opening = noun.text[0].upper() + noun.text[1:] + colour_words(noun.text, name)
    first = [f"{opening}{f', marque {brand}' if brand else ''}."]
    first.append(agree(rng.choice(line.notes), line.kind) + "." if line.notes else "")
    told = (
        GOOD_WORDS.get(WORKSHOP_OF.get(line.leaf, universe), STATE_WORDS["good"])
        if condition == "good"
        else STATE_WORDS[condition]
    )
    second = [agree(told, line.kind)]
    if condition != "new_unsold":
        second.append(agree(rng.choice(WORKSHOP[WORKSHOP_OF.get(line.leaf, universe)]), line.kind))
        good = [
            phrase
            for phrase in good
            if phrase.split(" ")[0].strip(",").lower() not in " ".join(first[1:] + second).lower()
        ]
        if good and condition != "to_repair" and rng.random() < 0.6:
            second.append(f"{rng.choice(good)}.")
    second.append(rng.choice(CLOSING[:1] + CLOSING[2:] if line.weight_g > 5_000 else CLOSING))
    description = " ".join(p for p in first if p) + "\n\n" + " ".join(p for p in second if p)
    return Described(
        title=_title(rng, noun.text, name, shown_brand, size, audience, line)[:150],
        description=re.sub(r"\s+([:;!?])", "\u00a0\\1", description),
        alt="",
        color=colour_of(name),
        brand=brand,
        size=size,
        attributes=attributes,
    )
