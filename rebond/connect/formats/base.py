"""The small interface of every format: sniff a file, then read its rows in constant memory."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.functional import Promise

from rebond.connect.texts import fold


@dataclass(frozen=True, slots=True)
class Source:
    """A file on this disk and the name that its owner gave it."""

    path: Path
    name: str

    @property
    def suffix(self) -> str:
        return Path(self.name).suffix.lower()


@dataclass(slots=True)
class Row:
    """`values` by column, as written. `skip` says why a line is no item of its own (a parent of variations)."""

    line: int
    values: dict[str, str]
    skip: str = ""
    refusal: tuple[str, str, str] | None = None  # column, value, key of phrases.REASONS


@dataclass(frozen=True, slots=True)
class Detected:
    """What a file is: `format` is a key of FORMATS, `how` what the reader needs to open it again (JSON)."""

    format: str
    confidence: int  # 0 to 100
    columns: tuple[str, ...]
    mapping: dict[str, str]  # column → field, "" where it is left out
    how: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Dialect:
    """A shop's own columns on a plain table: how to know it, and where its columns go."""

    key: str
    label: str | Promise
    fields: Mapping[str, str]  # folded heading → field
    signature: frozenset[str]  # folded headings that must all be there
    confidence: int = 90
    sheet_columns: tuple[str, ...] = ()  # the columns of a file that has no heading line
    adds: tuple[str, ...] = ()  # columns that `prepare` makes out of others

    def knows(self, columns: Iterable[str]) -> bool:
        return self.signature <= {fold(c) for c in columns}

    def guess(self, columns: Iterable[str]) -> dict[str, str]:
        return {column: self.fields.get(fold(column), "") for column in columns}

    def prepare(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Rows as they stand; a shop with variations fills in what a line takes from its parent."""
        return rows


def by_heading(values: dict[str, str]) -> dict[str, str]:
    """Folded heading → the column's own name."""
    return {fold(column): column for column in values}
