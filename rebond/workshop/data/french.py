"""French words of listings, and how they agree: nouns by category, colours, materials, flaws. No database."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

NBSP = "\u00a0"
MUTE_H = ("Hél", "Hen", "Hec", "Her", "Hip", "Hom", "Hon", "Hor", "Hub", "Hya")  # "roman d’Honoré", but "de Hugo"
VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"


@dataclass(frozen=True, slots=True)
class Noun:
    """`word` as it is said of one object ("chaise"), or of a pair that French says in the plural ("bottes").

    `many` is the plural where several are sold together ("assiettes"); "" where a count means its pieces.
    """

    word: str
    is_feminine: bool = False
    is_plural: bool = False
    many: str = ""

    def counted(self) -> "Noun":
        """Several of them."""
        return Noun(self.many or self.word, self.is_feminine, is_plural=True)

    @property
    def pronoun(self) -> str:
        return ("Elle" if self.is_feminine else "Il") + ("s" if self.is_plural else "")

    def agree(self, masculine: str) -> str:
        """A regular adjective: `agree("testé")` gives testé, testée, testés or testées."""
        feminine = "e" if self.is_feminine and not masculine.endswith("e") else ""
        is_same = masculine.endswith(("s", "x")) and not feminine
        return masculine + feminine + ("s" if self.is_plural and not is_same else "")

    def choose(self, masculine: str, feminine: str, masculine_plural: str, feminine_plural: str) -> str:
        """One of four forms."""
        if self.is_plural:
            return feminine_plural if self.is_feminine else masculine_plural
        return feminine if self.is_feminine else masculine


ANY = Noun("objet")


@lru_cache(maxsize=1)
def _file() -> tuple[dict[str, tuple[Noun, ...]], frozenset[str]]:
    raw = json.loads(files(__package__).joinpath("nouns.json").read_text(encoding="utf-8"))
    nouns = {
        key: tuple(Noun(row[0], "f" in row[1], "p" in row[1], row[2] if len(row) > 2 else "") for row in rows)
        for key, rows in raw["nouns"].items()
    }
    return nouns, frozenset(raw["named"])


def nouns_of(category: str) -> tuple[Noun, ...]:
    """What the objects of a category (its key) may be, the most usual first; empty for one that we do not know."""
    return _file()[0].get(category, ())


def noun_of(category: str, word: str = "") -> Noun:
    """The noun that was chosen, else the most usual of the category, else "objet"."""
    known = nouns_of(category)
    return next((noun for noun in known if noun.word == word), known[0] if known else ANY)


def has_name(category: str) -> bool:
    """Whether its objects have a title of their own: books, records, games."""
    return category in _file()[1]


def of(words: str) -> str:
    """`de Balzac`, `d’Alexandre`."""
    is_elided = bool(words) and (words[0].lower() in VOWELS or words.startswith(MUTE_H))
    return f"d’{words}" if is_elided else f"de {words}"


def sentence_case(text: str) -> str:
    """The first letter as a capital; the rest as it is."""
    return text[:1].upper() + text[1:]


def listed(parts: Sequence[str]) -> str:
    """`a, b et c`."""
    return " et ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


# label kept in the item: the four forms (m, f, m pl., f pl.); one form where it never changes
COLOURS: dict[str, tuple[str, ...]] = {
    "Blanc": ("blanc", "blanche", "blancs", "blanches"),
    "Crème": ("crème",),
    "Beige": ("beige", "beige", "beiges", "beiges"),
    "Gris": ("gris", "grise", "gris", "grises"),
    "Noir": ("noir", "noire", "noirs", "noires"),
    "Marron": ("marron",),
    "Bordeaux": ("bordeaux",),
    "Rouge": ("rouge", "rouge", "rouges", "rouges"),
    "Rose": ("rose", "rose", "roses", "roses"),
    "Orange": ("orange",),
    "Jaune": ("jaune", "jaune", "jaunes", "jaunes"),
    "Vert": ("vert", "verte", "verts", "vertes"),
    "Turquoise": ("turquoise",),
    "Bleu": ("bleu", "bleue", "bleus", "bleues"),
    "Marine": ("bleu marine",),
    "Violet": ("violet", "violette", "violets", "violettes"),
    "Argenté": ("argenté", "argentée", "argentés", "argentées"),
    "Doré": ("doré", "dorée", "dorés", "dorées"),
    "Transparent": ("transparent", "transparente", "transparents", "transparentes"),
    "Multicolore": ("multicolore", "multicolore", "multicolores", "multicolores"),
}
SWATCHES = {
    "Blanc": "#ffffff",
    "Crème": "#f4ead2",
    "Beige": "#d9c3a0",
    "Gris": "#8f8f96",
    "Noir": "#16161c",
    "Marron": "#6b4226",
    "Bordeaux": "#6d1a2d",
    "Rouge": "#d0211c",
    "Rose": "#f08fb0",
    "Orange": "#ef7d1a",
    "Jaune": "#f6cf2b",
    "Vert": "#2f8f46",
    "Turquoise": "#2fb5b0",
    "Bleu": "#2a5bd0",
    "Marine": "#1c2750",
    "Violet": "#7a3fa8",
    "Argenté": "#c3c6cc",
    "Doré": "#c79a2b",
    "Transparent": "",
    "Multicolore": "",
}


def colour_of(noun: Noun, label: str) -> str:
    """`bleue` after "robe", `marron` after "chaises"; a colour that we do not know is named: `couleur ocre`."""
    forms = COLOURS.get(label)
    if forms is None:
        return f"couleur {label.lower()}" if label else ""
    return forms[0] if len(forms) == 1 else noun.choose(*forms)


# (attribute, choice): what is said after the noun; other choices are "en" and their French name
MATERIALS = frozenset(
    {
        *("wood", "fabric", "shoe-material", "bag-material", "metal", "cover"),
        *("deco-material", "table-material", "linen-fabric"),
    }
)
SAID: dict[tuple[str, str], str] = {
    ("wood", "exotic"): "en bois",
    ("wood", "board"): "en mélaminé",
    ("wood", "rattan"): "en rotin",
    ("wood", "stone"): "en pierre",
    ("fabric", "blend"): "en matières mêlées",
    ("fabric", "unknown"): "",
    ("shoe-material", "synthetic"): "en matière synthétique",
    ("bag-material", "synthetic"): "en matière synthétique",
    ("bag-material", "straw"): "en paille",
    ("bag-material", "hard"): "à coque rigide",
    ("metal", "costume"): "fantaisie",
    ("linen-fabric", "synthetic"): "en matière synthétique",
    ("linen-fabric", "feather"): "en duvet",
}
AUDIENCES = {
    "women": "pour femme",
    "men": "pour homme",
    "girl": "pour fille",
    "boy": "pour garçon",
    "child": "pour enfant",
    "baby": "pour bébé",
}
FLAWS = {
    "scratch": "une rayure",
    "stain": "une tache",
    "dent": "une bosse",
    "crack": "une fêlure",
    "tear": "une déchirure",
    "hole": "un trou",
    "wear": "une usure",
    "faded": "une décoloration",
    "rust": "de la rouille",
    "missing_part": "une pièce manquante",
    "smell": "une odeur",
    "annotation": "une annotation",
    "repaired": "une réparation",
    "other": "un autre défaut",
}
# part of the object, as it is kept in the flaw: how it follows the flaw
PARTS = {
    "Devant": "sur le devant",
    "Arrière": "à l’arrière",
    "Dessus": "sur le dessus",
    "Dessous": "sur le dessous",
    "Côté": "sur le côté",
    "Bord": "sur le bord",
    "Coin": "dans un coin",
    "Intérieur": "à l’intérieur",
}
