"""Parameters of the register of objects (rules.md F6), each with its source, from a file that anybody can read."""

import json
from functools import cache
from pathlib import Path
from typing import Any


@cache
def _file() -> dict[str, Any]:
    text = Path(__file__).with_name("register.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def retention_years() -> int:
    """How long an entry and the identity in it are kept, in years."""
    return int(_file()["retention_years"]["value"])


def group_limit_cents() -> int:
    """Below this value each, things may be written on one line without the identity of who brought them."""
    return int(_file()["group_limit_cents"]["value"])
