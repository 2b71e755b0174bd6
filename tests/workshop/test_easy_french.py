"""The kiosk speaks easy French: short sentences, short words, no words of an office.

Walks the French catalogues of what people read at the stations: the kiosk's templates, and the words that the code
of each room hands them. The desk of supervisors is not concerned.
"""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

pytestmark = pytest.mark.unit
ROOMS = Path(__file__).resolve().parents[2] / "rebond"
MOST_WORDS = 12
LONGEST = 11  # letters; longer words are known to everybody, or listed here
KNOWN_LONG = frozenset(
    {"centimètres", "photographie", "photographié", "consentement", "superviseur", "responsable", "électronique"}
    | {"transporteur"}  # on each van
)
OF_AN_OFFICE = """
    afin ainsi annexe attribut attribuer aucunement autrement cependant champ ci-dessous ci-dessus complémentaire
    concernant conformément contenu dédié dès désactiver dont effectif effectuer également élément éventuel
    éventuellement formulaire générer identifiant indisponible initialiser interface invalide lequel-ci
    lorsque mentionner modalité néanmoins notamment optionnel optimiser paramètre permettre préalable préalablement
    procéder process quant rattacher renseigner requis saisie saisir sélectionner sélectionnez soumettre
    susmentionné susceptible toutefois transmettre utilisateur validation valider veuillez workflow
"""
OFFICE_WORDS = frozenset(OF_AN_OFFICE.split())
# where the words that people read at a station are written, by room
AT_THE_STATIONS = {
    "workshop": (
        "templates/workshop/*.html",
        "errors.py",
        "enums.py",
        "writing.py",
        "queries/gestures.py",
        "queries/questions.py",
        "web/answers.py",
        "web/screens.py",
        "web/offline_words.py",
        "web/kept.py",
        *(f"web/views/{name}.py" for name in ("gestures", "kiosk", "photo", "task", "together", "write", "review")),
    ),
    "intake": (
        "templates/intake/*.html",
        "errors.py",
        "enums.py",
        "gestures.py",
        "kinds.py",
        "web/kept.py",
        *(f"web/views/{name}.py" for name in ("book", "donor", "receive", "sort")),
    ),
    "warehouse": (
        "templates/warehouse/*.html",
        "errors.py",
        "floor.py",
        "web/saying.py",
        "web/kept.py",
        *(f"web/views/{name}.py" for name in ("count", "pack", "pick", "store", "transport")),
    ),
    "shop": ("templates/shop/kiosk_*.html", "arriving.py", "web/views/kiosk_*.py"),
    "catalogue": ("errors.py",),  # refusals that the kiosk shows as they are
    "insertion": ("queries/contract_facts.py",),  # what people read of their contract
    "core": ("images/*.py",),  # advice on a picture
}


def _sources(room):
    """The room's sources as one text, where `{{ name }}` is written as the catalogue writes it."""
    files = sorted(path for pattern in AT_THE_STATIONS[room] for path in (ROOMS / room).glob(pattern))
    text = " ".join(" ".join(path.read_text(encoding="utf-8").split()) for path in files)
    return re.sub(r"\{\{ (\w+) \}\}", r"%(\1)s", text)


def _texts(room):
    sources = _sources(room)
    with (ROOMS / room / "locale/fr/LC_MESSAGES/django.po").open("rb") as file:
        for message in read_po(file):
            ids = message.id if isinstance(message.id, tuple | list) else [message.id]
            if not message.id or not any(one in sources for one in ids):
                continue
            strings = message.string if isinstance(message.string, tuple | list) else [message.string]
            yield from (text for text in strings if text)


def words(text):
    plain = re.sub(r"%\(\w+\)s|\{\{[^}]*\}\}", "mot", text)
    return re.findall(r"[\wÀ-ÿ]+(?:-[\wÀ-ÿ]+)*", plain)


def sentences(text):
    return [part for part in re.split(r"(?<!\d)[.!?;:](?!\d)|\n", text) if part.strip()]


def hard(text):
    """What is wrong with a text, in words."""
    found = [f"{len(words(one))} words: {one.strip()}" for one in sentences(text) if len(words(one)) > MOST_WORDS]
    for word in words(text):
        low = word.lower()
        if low in OFFICE_WORDS:
            found.append(f"“{word}” is a word of an office: {text}")
        if max(map(len, low.split("-"))) > LONGEST and low not in KNOWN_LONG:
            found.append(f"“{word}” is long: {text}")
    return found


def test_the_check_sees_what_is_hard():
    assert hard("Lisez le texte. Il est prêt.") == []
    assert len(hard("Veuillez lire.")) == 1
    assert len(hard("Une deux trois quatre cinq six sept huit neuf dix onze douze treize.")) == 1
    assert len(hard("L’anticonstitutionnalité.")) == 1


@pytest.mark.parametrize(
    ("room", "least"), [("workshop", 150), ("intake", 150), ("warehouse", 100), ("catalogue", 20), ("core", 10)]
)
def test_there_is_something_to_check(room, least):
    assert len(list(_texts(room))) > least


@pytest.mark.parametrize("room", AT_THE_STATIONS)
def test_what_people_read_at_the_stations_is_easy(room):
    wrong = [line for text in _texts(room) for line in hard(text)]
    assert not wrong, "\n" + "\n".join(wrong)
