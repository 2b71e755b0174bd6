"""The rate of legal interest of each half-year (rules.md F2: L242-4 adds it to a refund late by ten days at most)."""

import datetime
import json
from functools import cache
from pathlib import Path


@cache
def known_rates() -> dict[datetime.date, int]:
    """First day of a half-year → the rate owed to private persons, in basis points (667 is 6.67 %)."""
    rows = json.loads(Path(__file__).with_name("legal_rates.json").read_text(encoding="utf-8"))["rates"]
    return {datetime.date.fromisoformat(row["from"]): int(row["basis_points"]) for row in rows}
