"""What a person corrected in the report, put into the rows of a file before they are read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rebond.connect.formats import Row

SHOWN = 200  # characters of a value that the report keeps, and that a correction is known by


@dataclass(slots=True)
class Corrections:
    """`lines`: line → column → new value. `values`: column → what is written → new value, on all other lines."""

    lines: dict[int, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)

    def add(self, line: int, column: str, before: str, after: str) -> None:
        """Take one more correction in; `line` 0 is for all lines that say `before`."""
        if line:
            self.lines.setdefault(line, {})[column] = after
        else:
            self.values.setdefault(column, {})[before] = after

    def apply(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows with their corrections; where there is none, they pass untouched."""
        return map(self._one, rows) if self.lines or self.values else iter(rows)

    def _one(self, row: Row) -> Row:
        for column, wrong in self.values.items():
            written = row.values.get(column, "")
            after = wrong.get(written[:SHOWN])
            if after is not None:
                row.values[column] = after
        row.values.update(self.lines.get(row.line, {}))
        return row
