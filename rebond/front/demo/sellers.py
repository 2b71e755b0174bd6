"""Who sells: 160 and more invented organisations in real communes, each with a story of its own."""

import datetime
import random
import re
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from django.utils.text import slugify

from rebond.front.demo import stories
from rebond.network.queries.criteria import criteria as grid_criteria

DATA = Path(__file__).resolve().parent / "data"
TINTS = ("ciel", "sable", "rose", "anis", "lilas", "menthe", "peche")
OPERATOR_LETTERS = "RBD"  # of the invoices that it writes for itself; no seller has them
FIXED = {  # the sellers of the demo's people stand where the stories say
    "Les Ateliers du Confluent": ("Marmande", "CF"),
    "Recyclerie du Grand Bain": ("Agen", "GB"),
    "Communauté de Saint-Avit": ("Bergerac", "SA"),
    "Les Livres du quai": ("Nantes", "LQ"),
    "Cyclobelle": ("Lille", "CY"),
    "Repart Électro": ("Rennes", "RE"),
    "La Joujouthèque": ("Grenoble", "JT"),
}
STREETS = [
    "rue des Tanneurs",
    "rue du Moulin",
    "avenue de la Gare",
    "rue de la Filature",
    "quai des Mariniers",
    "rue de l’Abattoir",
    "route de Paris",
    "chemin des Prés",
    "rue Jean-Jaurès",
    "rue Louise-Michel",
    "impasse de la Scierie",
    "rue du Lavoir",
    "boulevard de la République",
    "rue des Forges",
    "place du Marché",
    "rue de la Verrerie",
    "chemin de halage",
    "rue Marie-Curie",
    "allée des Tilleuls",
    "rue du Faubourg",
    "rue de l’Industrie",
    "zone artisanale des Chênes",
    "rue des Jardiniers",
    "rue Pasteur",
    "rue de la Poterie",
    "avenue Ambroise-Croizat",
]
HOURS = (
    "Mardi à samedi, 14 h à 18 h",
    "Mercredi et samedi, 10 h à 18 h",
    "Lundi à vendredi, 9 h à 17 h",
    "Mercredi, vendredi et samedi, 14 h à 17 h 30",
    "Mardi au samedi, 10 h à 12 h et 14 h à 18 h",
    "Jeudi et samedi, 9 h 30 à 17 h",
)
MEDIATORS = (
    "Médiation du réemploi, 14 rue des Épinettes, 75017 Paris, mediation-reemploi.example",
    "Centre de médiation solidaire, 8 place du Parvis, 69003 Lyon, mediation-solidaire.example",
    "Médiateurs de l’économie sociale, 3 quai de la Fosse, 44000 Nantes, mediateurs-ess.example",
)
FORMS = {
    "emmaus_community": ("association_1901",),
    "recycling_shop": ("association_1901", "association_1901", "scic"),
    "aci": ("association_1901",),
    "ei": ("scic", "sas", "scop", "sarl"),
    "ai": ("association_1901",),
    "association": ("association_1901",),
}
VAT = {
    "emmaus_community": ("exempt_261_7", "out_of_scope"),
    "recycling_shop": ("exempt_261_7", "franchise_293B", "margin"),
    "aci": ("out_of_scope", "standard", "exempt_261_7"),
    "ei": ("margin", "standard"),
    "ai": ("franchise_293B", "exempt_261_7"),
    "association": ("franchise_293B", "exempt_261_7", "out_of_scope"),
}


CRITERIA = tuple((criterion.key, criterion.is_required) for criterion in grid_criteria())


@dataclass(frozen=True, slots=True)
class Commune:
    postal_code: str
    name: str
    latitude: str
    longitude: str

    @property
    def department(self) -> str:
        if self.postal_code.startswith("20"):
            return "2A" if self.postal_code < "20200" else "2B"
        return self.postal_code[:2]


@dataclass(slots=True)
class Seller:
    """What the demo decides of one seller; `weight` is its share of the items."""

    kind: str
    name: str
    slug: str
    letters: str
    siren: str
    commune: Commune
    address: str
    since: int
    people: int
    paths: int
    admitted_on: datetime.date
    tint: str
    form: str
    vat: str
    ships_in_days: int
    weight: float
    focus: str
    hours: str
    mediator: str
    shop: str = ""
    tagline: str = ""
    story: str = ""
    modes: list[str] = field(default_factory=list)
    criteria: list[str] = field(default_factory=list)

    @property
    def domain(self) -> str:
        return f"{self.slug}.exemple.rebond.localhost"

    @property
    def legal_name(self) -> str:
        prefix = {"association_1901": "Association", "scic": "SCIC", "sas": "SAS", "scop": "SCOP", "sarl": "SARL"}
        return f"{prefix[self.form]} {self.name}"

    def siret(self, number: int = 1) -> str:
        """An establishment's number under this SIREN."""
        return luhn(f"{self.siren}{number:04d}")


def luhn(digits: str) -> str:
    """`digits` and their Luhn check digit (SIREN, SIRET)."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return f"{digits}{-total % 10}"


@lru_cache(maxsize=1)
def communes() -> tuple[Commune, ...]:
    """Towns of metropolitan France, with a postal code and the town's coordinates in degrees."""
    lines = (DATA / "communes.txt").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        code, rest = line.split(" ", 1)
        name, latitude, longitude = rest.rsplit(" ", 2)
        found.append(Commune(code, name, latitude, longitude))
    return tuple(found)


def _names() -> list[tuple[str, str]]:
    pairs = []
    for line in (DATA / "sellers.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, names = line.split(" | ")
            pairs += [(kind, name.strip()) for name in names.split(";")]
    return pairs


def _letters(name: str, taken: set[str]) -> str:
    """Two to four capitals of the name, unique in the network."""
    words = [w for w in re.findall(r"[A-Z]+", slugify(name).replace("-", " ").upper()) if len(w) > 2]
    words = words or ["X"]
    last, first = words[-1], words[0]
    tries = [f"{first[0]}{last[0]}", f"{first[0]}{last[:2]}", f"{first[:2]}{last[0]}", f"{first[0]}{last[:3]}"]
    tries += [f"{first[0]}{last[0]}{chr(65 + n)}{chr(65 + m)}" for n in range(26) for m in range(26)]
    chosen = next(letters for letters in tries if len(letters) > 1 and letters not in taken)
    taken.add(chosen)
    return chosen


def _focus(name: str, kind: str, rng: random.Random) -> str:
    """The universe a specialised seller sells most, or "" for a seller of everything."""
    words = {
        "books": ("livre", "pages", "papier"),
        "music": ("vinyle", "partitions", "disques"),
        "toys": ("jou", "jeux", "ludo", "bébés", "jouet", "marelle"),
        "sport": ("vélo", "cyclo", "cycles", "sport", "camp", "roue", "pédale", "tricycle"),
        "clothes": (
            "fil",
            "textile",
            "garde-robe",
            "dressing",
            "cous",
            "tisserands",
            "lin",
            "trame",
            "navette",
            "cuir",
        ),
        "electronics": ("électro", "numérique", "puces", "retrotec", "ondine", "machines", "images"),
        "furniture": ("meuble", "bois", "mobiluz", "vernis", "chaises", "établi"),
        "tools": ("jardin", "bricoleuses"),
    }
    lowered = name.lower()
    for focus, signs in words.items():
        if any(sign in lowered for sign in signs):
            return focus
    chosen = rng.choice(["", "", "", "furniture", "books", "clothes", "tableware"]) if kind != "association" else ""
    return "" if name in stories.KNOWN else chosen


def make_sellers(rng: random.Random, today: datetime.date, *, limit: int | None = None) -> list[Seller]:
    """Every seller of the demo, the same for the same seed; admission dates go back from `today`."""
    pool = list(communes())
    rng.shuffle(pool)
    by_name = {commune.name: commune for commune in pool}
    taken = {letters for _town, letters in FIXED.values()} | {OPERATOR_LETTERS}
    sellers: list[Seller] = []
    names = _names()
    names.sort(key=lambda pair: (pair[1] not in FIXED,))
    for place, (kind, name) in enumerate(names[:limit]):
        town, letters = FIXED.get(name, ("", ""))
        commune = by_name[town] if town else pool[place % len(pool)]
        sellers.append(_one(rng, today, place, (kind, name, letters or _letters(name, taken)), commune))
    return sellers


def _one(
    rng: random.Random, today: datetime.date, place: int, identity: tuple[str, str, str], commune: Commune
) -> Seller:
    kind, name, letters = identity
    people = rng.randint(*{"emmaus_community": (18, 64), "association": (4, 15), "ai": (8, 25)}.get(kind, (9, 46)))
    seller = Seller(
        kind=kind,
        name=name,
        slug=slugify(name.replace("’", " "))[:80],
        letters=letters,
        siren=luhn(f"000{10_000 + place * 37:05d}"),
        commune=commune,
        address=f"{rng.randint(2, 148)} {rng.choice(STREETS)}",
        since=rng.randint(1958, 2004) if kind == "emmaus_community" else rng.randint(1994, 2021),
        people=people,
        paths=max(3, int(people * rng.uniform(0.45, 0.75))),
        admitted_on=today - datetime.timedelta(days=rng.randint(460, 2_600)),
        tint=TINTS[place % len(TINTS)],
        form=rng.choice(FORMS[kind]),
        vat=rng.choice(VAT[kind]),
        ships_in_days=rng.choice([2, 2, 3, 3, 3, 4, 5]),
        weight=1.0 / (place + 9) ** 0.72 * rng.uniform(0.6, 1.4),
        focus=_focus(name, kind, rng),
        hours=rng.choice(HOURS),
        mediator=rng.choice(MEDIATORS),
    )
    seller.modes = ["relay", "home"] + (["pickup"] if rng.random() < 0.85 else [])
    seller.shop = rng.choice(STREETS) if rng.random() < 0.4 else ""
    seller.criteria = [key for key, always in CRITERIA if always or rng.random() < 0.6]
    seller.tagline = stories.tagline(rng, seller)
    seller.story = stories.story(rng, seller)
    return seller
