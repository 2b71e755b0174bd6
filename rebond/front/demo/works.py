"""Books, records and films of the demo: invented titles and people, and some classics in the public domain.

None has an ISBN: their publishers are invented, and a number that looks real would be somebody's book.
"""

import json
import random
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from rebond.front.demo.sellers import DATA

LOTS = frozenset({"essays", "school-books", "reference", "magazines", "art-books", "cds"})
PAGES = {
    "comics": (44, 64),
    "manga": (180, 210),
    "childrens-books": (24, 48),
    "poetry": (90, 190),
    "cookbooks": (96, 260),
}
BINDINGS = {
    "comics": "album",
    "childrens-books": "album",
    "manga": "softcover",
    "cookbooks": "hardback",
    "art-books": "hardback",
    "reference": "hardback",
}


@dataclass(slots=True)
class Work:
    """`title` as listed; `about` opens the description."""

    title: str
    about: str
    attributes: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    author: str = ""
    publisher: str = ""
    year: int = 0


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "works.json").read_text(encoding="utf-8"))
    return found


def _person(rng: random.Random) -> str:
    return f"{rng.choice(words()['first'])} {rng.choice(words()['last'])}"


def fill(rng: random.Random, pattern: str) -> str:
    """The pattern with its blanks filled, elisions made."""
    lists = words()
    name, of, at = rng.choice(lists["places"]).split("|")
    bare = name.removeprefix("l’")
    nature, trade, thing = rng.choice(lists["natures"]), rng.choice(lists["trades"]), rng.choice(lists["things"])
    text = (
        pattern.replace("{de_place}", f"de l’{bare}" if name != bare else f"{of}{name}")
        .replace("{a_place}", f"{at}{name}")
        .replace("{de_trade}", f"du {trade}")
        .replace("{trade}", trade)
        .replace("{de_nature}", f"de la {nature}")
        .replace("{nature}", nature)
        .replace("{things}", f"{thing}x" if thing.endswith("eau") else f"{thing}s")
        .replace("{thing}", thing)
        .replace("{who}", rng.choice(lists["who"]))
        .replace("{realm}", rng.choice(lists["realms"]))
        .replace("{beast}", rng.choice(lists["beasts"]))
        .replace("{n}", str(rng.randint(1, 4)))
    )
    for vowel in "aeiouéAEIOUÉ":
        text = text.replace(f" de {vowel}", f" d’{vowel}").replace(f"Le {vowel}", f"L’{vowel}")
    return text.replace(" ?", "\u00a0?").replace(" !", "\u00a0!").replace("de Le ", "du ")


def _classic(rng: random.Random, leaf: str) -> Work | None:
    chosen = [(place, row) for place, row in enumerate(words()["classics"]) if row[0] == leaf]
    if not chosen:
        return None
    place, (_leaf, name, author, year) = rng.choice(chosen)
    edition = rng.randint(0, 3)
    publisher = words()["publishers"][(place + edition) % len(words()["publishers"])]
    printed = 1972 + (place * 7 + edition * 11) % 45
    return Work(
        title=f"{name}, {author}",
        about=f"Un classique, paru pour la première fois en {year}. Édition de {printed}, texte intégral.",
        name=name,
        author=author,
        publisher=publisher,
        year=printed,
    )


def make_work(rng: random.Random, leaf: str) -> Work:
    """A book, record or film for a leaf of the tree."""
    if leaf in {"vinyl", "cassettes", "cds"}:
        return _record(rng, leaf)
    if leaf == "dvds":
        return _film(rng)
    work = (_classic(rng, leaf) if rng.random() < 0.22 else None) or _invented(rng, leaf)
    low, high = PAGES.get(leaf, (140, 460))
    work.attributes |= {
        "language": "fr",
        "binding": BINDINGS.get(leaf, rng.choice(("paperback", "paperback", "softcover"))),
    }
    if leaf not in LOTS:
        work.attributes |= {
            "author": work.author,
            "publisher": work.publisher,
            "year": work.year,
            "pages": rng.randint(low, high),
        }
    return work


def _invented(rng: random.Random, leaf: str) -> Work:
    lists = words()[leaf]
    author = _person(rng)
    extra: dict[str, Any] = {}
    if "series" in lists:
        volume = rng.randint(1, 14)
        series = rng.choice(lists["series"]).replace(" !", "\u00a0!")
        extra = {"series": series, "volume": volume}
        if leaf == "comics":
            extra["comic-kind"] = "bd"
            stories = lists["stories"]
            name = f"{series}, tome {volume}\u00a0: {stories[(volume * 5 + len(series)) % len(stories)]}"
        else:
            name = f"{series}, tome {volume}"
        author = words()["first"][len(series) % 40] + " " + words()["last"][(len(series) * 3) % 40]
    else:
        name = fill(rng, rng.choice(lists["patterns"]))
    if leaf == "childrens-books":
        extra["reader-age"] = rng.choice(("0-3", "3-6", "3-6", "6-9"))
    if leaf == "school-books":
        extra["school-level"] = "lycee" if "lycée" in name else "college"
    return Work(
        title=name if leaf in LOTS else f"{name}, {author}",
        about=rng.choice(lists["blurbs"]),
        attributes=extra,
        name=name,
        author=author,
        publisher=rng.choice(words()["publishers"]),
        year=rng.randint(1978, 2023),
    )


def _record(rng: random.Random, leaf: str) -> Work:
    lists = words()["records"]
    if leaf == "cds":
        genre, label = rng.choice(lists["lots"])
        return Work(
            title=f"Lot de quatre CD, {label}",
            about="Quatre albums d’époques mêlées, liste sur demande.",
            attributes={"music-genre": genre},
        )
    artist, title = rng.choice(lists["artists"]), rng.choice(lists["titles"])
    genre = lists["lots"][len(artist) % 6][0]
    year = 1962 + (len(artist) * 5 + len(title) * 3) % 28
    attributes: dict[str, Any] = {"artist": artist, "year": year, "music-genre": genre}
    if leaf == "vinyl":
        attributes |= {"label": rng.choice(lists["labels"]), "speed": "33"}
        return Work(
            title=f"{title}, {artist}, 33 tours",
            about=f"Pressage de {year}, dix titres. Lavé à la machine, écouté des deux faces.",
            attributes=attributes,
        )
    return Work(
        title=f"{title}, {artist}, cassette",
        about=f"Cassette de {year}, deux faces de vingt minutes. Bande retendue.",
        attributes=attributes,
    )


def _film(rng: random.Random) -> Work:
    lists = words()["films"]
    title = rng.choice(lists["titles"])
    place = lists["titles"].index(title)
    key, label = lists["genres"][place % len(lists["genres"])]
    director = f"{words()['first'][place]} {words()['last'][(place * 7) % 40]}"
    year = 1961 + (place * 13) % 55
    return Work(
        title=f"{title}, {director}, DVD",
        about=f"{label} de {year}. Version française, sous-titres.",
        attributes={"director": director, "year": year, "film-genre": key, "language": "fr"},
    )
