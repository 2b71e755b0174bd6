"""Skill cards, one for each kind of work of the chain: what one can do, at four levels, each observable.

A card's code never changes. The words are easy French, and so are read in every language; whoever changes a criterion
gives the file another version: what was said of a person keeps the version that it was said of.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

LEVELS = (1, 2, 3, 4)


@dataclass(frozen=True, slots=True)
class Trade:
    """A trade of France Travail's ROME: its card, and the appellation by its OGR code (people.md 3.2)."""

    code: str
    ogr: str
    appellation: str


@dataclass(frozen=True, slots=True)
class Card:
    """`levels` are the criteria of levels 1 to 4; `by_scan`: a step of it is kept only once a scan agreed."""

    code: str
    kinds: frozenset[str]
    icon: str
    tint: str
    name: str
    about: str
    by_scan: bool
    rome: Sequence[Trade]
    levels: Sequence[Sequence[str]]

    def __str__(self) -> str:
        return self.name

    def criteria(self, level: int) -> Sequence[str]:
        """What is observed at this level."""
        return self.levels[level - 1]


@cache
def _file() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path(__file__).with_name("cards.json").read_text(encoding="utf-8"))
    return found


def version() -> str:
    """The version of the words, such as "2026-11"."""
    return str(_file()["version"])


@cache
def cards() -> dict[str, Card]:
    """By code, in the order of the chain."""
    made = {}
    for row in _file()["cards"]:
        trades = tuple(Trade(**trade) for trade in row["rome"])
        levels = tuple(tuple(criteria) for criteria in row["levels"])
        made[row["code"]] = Card(**row | {"kinds": frozenset(row["kinds"]), "rome": trades, "levels": levels})
    return made


@cache
def card_of_kind() -> dict[str, str]:
    """Code of the card of each kind of step."""
    return {kind: card.code for card in cards().values() for kind in card.kinds}
