"""Figures as a table in the terminal and as build/bench.json."""

import json
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from tools.bench.processes import machine

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass
class Figure:
    """`ratio` is value / floor; `n` how many measures the value is of."""

    name: str
    value: float
    unit: str
    floor: float | None = None
    ratio: float | None = None
    n: int = 1


class Report:
    def __init__(self) -> None:
        self.figures: list[Figure] = []
        self.notes: dict[str, Any] = {}
        self.console = Console(width=140)

    def add(self, name: str, value: float, unit: str, *, floor: float | None = None, n: int = 1) -> None:
        ratio = round(value / floor, 3) if floor else None
        self.figures.append(Figure(name, round(value, 3), unit, round(floor, 3) if floor else None, ratio, n))

    def value(self, name: str) -> float | None:
        return next((figure.value for figure in self.figures if figure.name == name), None)

    def show(self) -> None:
        table = Table("figure", "value", "unit", "floor", "ratio", "n")
        for column in table.columns[1:]:
            column.justify = "right"
        for figure in self.figures:
            table.add_row(
                *("" if v is None else f"{v:,.2f}" if isinstance(v, float) else str(v) for v in asdict(figure).values())
            )
        self.console.print(table)

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        found = {
            "machine": machine(),
            "date": datetime.now(tz=UTC).isoformat(timespec="seconds"),
            "commit": commit(),
            **self.notes,
            "figures": [asdict(figure) for figure in self.figures],
        }
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()
