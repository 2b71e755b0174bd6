"""Parameters of the suggested outcome, each with its source, from a file that anybody can read and change."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _file() -> dict[str, Any]:
    text = Path(__file__).with_name("sorting.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def figure(key: str) -> int:
    """One number of the file, in the unit of its name."""
    return int(_file()[key]["value"])


def online_minutes(universe_key: str) -> int:
    """Minutes of work from the sorting table to the parcel."""
    entry = _file()["online_minutes"]
    return int(entry["by_universe"].get(universe_key, entry["value"]))


def repair_minutes(universe_key: str) -> int:
    """Minutes at the bench for one thing, whether the repair succeeds or not."""
    entry = _file()["repair_minutes"]
    return int(entry["by_universe"].get(universe_key, entry["value"]))


def condition_percent(condition: str) -> int:
    """The price in this condition, in percent of the middle of all; 100 where the condition is not known."""
    return int(_file()["condition_percent"]["by_condition"].get(condition, 100))


def packaging_cents(weight_g: int) -> int:
    """What the parcel of one thing costs the workshop: its packaging."""
    steps = _file()["packaging_cents"]["steps"]
    return int(next((cents for limit, cents in steps if weight_g <= limit), steps[-1][1]))


def stopping_rules() -> frozenset[str]:
    """Keys of the safety rules that stop a thing at the table until its proof is there (rules.md F6)."""
    return frozenset(_file()["stopping_rules"])
