"""The grid of impact criteria, by version, and what readings say of each criterion (rules.md A2)."""

import json
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.translation import get_language

DATA = Path(__file__).resolve().parent.parent / "data" / "admission-grid.json"
TOP = 3  # scores go from 0 to 3


def _is_english() -> bool:
    return (get_language() or "fr").startswith("en")


@dataclass(frozen=True, slots=True)
class Criterion:
    """`weight` in points out of 100; `guidance` says what each score from 0 to 3 means."""

    key: str
    weight: int
    is_required: bool
    name: str
    name_en: str
    public: str
    public_en: str
    ask: str
    ask_en: str
    proof: str
    proof_en: str
    guidance: tuple[str, str, str, str]
    guidance_en: tuple[str, str, str, str]

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if _is_english() else self.name

    @property
    def promise(self) -> str:
        """What a seller that meets it tells the public, in the language of the page."""
        return self.public_en if _is_english() else self.public

    @property
    def question(self) -> str:
        """What the applicant is asked, in the language of the page."""
        return self.ask_en if _is_english() else self.ask

    @property
    def proof_asked(self) -> str:
        """The papers that prove it, in the language of the page."""
        return self.proof_en if _is_english() else self.proof

    @property
    def meanings(self) -> tuple[str, str, str, str]:
        """What each score from 0 to 3 means, in the language of the page."""
        return self.guidance_en if _is_english() else self.guidance


@dataclass(frozen=True, slots=True)
class Grid:
    """One version of the grid: a decision is read with the version it was taken on."""

    version: int
    quorum_bp: int
    appeal_days: int
    threshold: int
    criteria: tuple[Criterion, ...]


@lru_cache(maxsize=1)
def _grids() -> Mapping[int, Grid]:
    data = json.loads(DATA.read_text(encoding="utf-8"))
    made = {}
    for number, row in data["versions"].items():
        criteria = tuple(
            Criterion(**c | {name: tuple(c[name]) for name in ("guidance", "guidance_en")}) for c in row["criteria"]
        )
        made[int(number)] = Grid(int(number), row["quorum_bp"], row["appeal_days"], row["threshold"], criteria)
    return made | {0: made[data["current"]]}


def grid(version: int = 0) -> Grid:
    """The grid of a version; 0 is the current one. Raise KeyError for a version that never was."""
    return _grids()[version]


def criteria(version: int = 0) -> tuple[Criterion, ...]:
    """The criteria of a version, in their order."""
    return grid(version).criteria


def criteria_named(keys: Iterable[str]) -> list[Criterion]:
    """The criteria of the current grid among `keys` (`Organisation.criteria_met`), in the grid's order."""
    wanted = set(keys)
    return [c for c in criteria() if c.key in wanted]


def votes_needed(members: int, version: int = 0) -> int:
    """How many votes make a decision valid: more than `quorum_bp` of the members who may vote, 1 at least."""
    return max(1, members * grid(version).quorum_bp // 10_000 + 1) if members else 1


def findings(readings: Iterable[Any], version: int) -> list[dict[str, Any]]:
    """For each criterion: the scores of the readings, their median, whether it is met, and notes.

    Met: the lower median reaches the grid's threshold. None where nobody scored it.
    """
    rows = list(readings)
    found = []
    for criterion in criteria(version):
        scores = [(r, r.scores[criterion.key]) for r in rows if criterion.key in r.scores]
        middle = statistics.median_low([s for _, s in scores]) if scores else None
        found.append(
            {
                "criterion": criterion,
                "scores": {r.pk: s for r, s in scores},
                "median": middle,
                "is_met": None if middle is None else middle >= grid(version).threshold,
                "notes": [(r, r.notes[criterion.key]) for r in rows if r.notes.get(criterion.key)],
            }
        )
    return found


def total_of(found: list[dict[str, Any]]) -> int | None:
    """The weighted total out of 100, rounded down; None until every criterion has a score."""
    if any(row["median"] is None for row in found):
        return None
    return int(sum(row["criterion"].weight * row["median"] for row in found)) // TOP
