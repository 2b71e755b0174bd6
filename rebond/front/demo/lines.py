"""The lines of `data/objects.txt`: what may be listed in a leaf of the tree, with which drawing, at what price."""

import random
import re
from dataclasses import dataclass, field
from functools import lru_cache

from rebond.front.demo.sellers import DATA

NOUN = re.compile(r"^([^\[]+?)\s*(?:\[(.*)\])?$")
OUTSIDE = re.compile(r";\s*(?![^\[]*\])")  # semicolons outside brackets
RANGE = re.compile(r"^(\d+)\.\.(\d+)$")


@dataclass(frozen=True, slots=True)
class Noun:
    text: str
    attributes: dict[str, str]
    flags: frozenset[str]


@dataclass(frozen=True, slots=True)
class Line:
    """`dims` in millimetres, `low` and `high` in cents, `share` against the other lines."""

    leaf: str
    kind: str
    share: int
    low: int
    high: int
    weight_g: int
    dims: tuple[int, ...]
    mode: str
    flags: str
    nouns: tuple[Noun, ...] = ()
    attributes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    brands: str = ""
    notes: tuple[str, ...] = ()


def _noun(text: str) -> Noun:
    found = NOUN.match(text.strip())
    assert found is not None, text  # noqa: S101 -- a fault of the data file
    pairs = [part.strip() for part in (found[2] or "").split(";") if part.strip()]
    attributes = dict(part.split("=", 1) for part in pairs if "=" in part)
    return Noun(found[1], attributes, frozenset(part for part in pairs if "=" not in part))


def _line(text: str) -> Line:
    cells = [cell.strip() for cell in text.split("|")]
    cells += ["-"] * (11 - len(cells))
    leaf, kind, share, price, grams, dims, mode, nouns, attributes, brands, notes = cells
    low, high = (int(part) * 100 for part in price.split("-"))
    words = mode.replace("-", "").split()
    sized = next((word for word in words if len(word) > 3), "")
    asked = [part.strip().split("=", 1) for part in attributes.split(";") if "=" in part]
    return Line(
        leaf=leaf,
        kind=kind,
        share=int(share),
        low=low,
        high=high,
        weight_g=int(grams),
        dims=tuple(int(part) * 10 for part in dims.split("x")) if "x" in dims else (),
        mode=sized,
        flags="".join(word for word in words if word != sized),
        nouns=tuple(_noun(part) for part in OUTSIDE.split(nouns)) if nouns != "-" else (),
        attributes={key: tuple(values.split(",")) for key, values in asked},
        brands="" if brands == "-" else brands,
        notes=() if notes == "-" else tuple(part.strip() for part in notes.split(";")),
    )


@lru_cache(maxsize=1)
def lines() -> tuple[Line, ...]:
    """Every line of the file, in its order."""
    text = (DATA / "objects.txt").read_text(encoding="utf-8")
    return tuple(_line(row) for row in text.splitlines() if row.strip() and not row.startswith("#"))


def pick(rng: random.Random, values: tuple[str, ...]) -> str:
    """One of the values; `70..96` is any even whole number between the two."""
    chosen = rng.choice(values)
    found = RANGE.match(chosen)
    return str(rng.randrange(int(found[1]), int(found[2]) + 1, 2)) if found else chosen
