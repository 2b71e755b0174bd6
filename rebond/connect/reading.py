"""From the rows of a file to values of items: columns mapped, values read, categories found, repeats seen."""

import hashlib
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.catalogue.enums import Condition, Origin
from rebond.connect.correcting import Corrections
from rebond.connect.errors import ImportRefused
from rebond.connect.fields import FIELDS
from rebond.connect.formats import Detected, Row, Source, open_rows
from rebond.connect.formats.detect import is_archive, table_in_archive
from rebond.connect.numbers import parse_number
from rebond.connect.parsers import FieldError
from rebond.connect.queries.categories import LEFT_OUT, CategoryFinder
from rebond.connect.scratch import scratch_folder

ATTRIBUTE = "attr:"  # a column that goes to an attribute of the category: `attr:author`
JOINED = {"images", "description", "summary", "flaws"}  # several columns may feed these
TEXTS = ("brand", "color", "size", "gtin", "manufacturer", "manufacturer_address", "safety_warnings", "title")
SIZES = ("length_mm", "width_mm", "height_mm")
GONE = _("The file of this import is not kept any more: send it again.")


@dataclass(slots=True)
class Problem:
    """One mistake of a line: `code` is a key of phrases.REASONS."""

    column: str
    value: str
    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Prepared:
    """A line as read: `values` are columns of Item; those that are `assumed` never overwrite what is there."""

    line: int
    ref: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    category_id: int | None = None
    category_text: str = ""
    images: list[str] = field(default_factory=list)
    flaws: list[str] | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    columns: dict[str, str] = field(default_factory=dict)  # what a value goes into → the file's column
    assumed: set[str] = field(default_factory=set)  # values that the file does not give: for new items only
    is_published: bool = True
    skip: str = ""
    written: dict[str, str] = field(default_factory=dict)  # the line's cells, for the report
    problems: list[Problem] = field(default_factory=list)


class SeenReferences:
    """References met so far, on disk (an anonymous SQLite file): a file of millions of rows stays small in memory."""

    def __init__(self) -> None:
        self._base = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA synchronous=OFF")
        self._base.execute("BEGIN")
        self._base.execute("CREATE TABLE seen (ref TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")

    def first_line(self, ref: str, line: int) -> int:
        """The line that had `ref` first: `line` itself where it is new."""
        done = self._base.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (ref, line))
        if done.rowcount:
            return line
        found: int = self._base.execute("SELECT line FROM seen WHERE ref = ?", (ref,)).fetchone()[0]
        return found

    def close(self) -> None:
        self._base.close()


class RowReader:
    """Reads rows with a mapping. Values that cannot be read become problems: nothing is guessed."""

    def __init__(self, *, detected: Detected, defaults: dict[str, Any], finder: CategoryFinder) -> None:
        self.columns: list[tuple[str, str]] = [(c, f) for c, f in detected.mapping.items() if f]
        self.fields = {f for _, f in self.columns}
        self.defaults = defaults
        self.finder = finder
        self.seen = SeenReferences()
        self.column_of = {f: c for c, f in reversed(self.columns)}
        self.column_into = {FIELDS[f].into if f in FIELDS else f.removeprefix(ATTRIBUTE): c for c, f in self.columns}
        self.vat_permille = int(parse_number(str(defaults.get("vat_percent") or "0")) * 10)

    def prepare(self, row: Row) -> Prepared:
        made = Prepared(row.line, skip=row.skip, columns=self.column_into, written=row.values)
        if row.skip:
            return made
        if row.refusal is not None:
            column, value, code = row.refusal
            made.problems.append(Problem(column, value[:200], code))
            return made
        read = self._read(row, made)
        self._fill(made, read)
        self._category(made, read)
        self._reference(made, read, row)
        return made

    def _read(self, row: Row, made: Prepared) -> dict[str, Any]:
        """Parsed values by the name of what they go into."""
        read: dict[str, Any] = {}
        for column, key in self.columns:
            text = row.values.get(column, "")
            if not text:
                continue
            if key.startswith(ATTRIBUTE):
                made.attributes[key.removeprefix(ATTRIBUTE)] = text
                continue
            spec = FIELDS[key]
            if text.startswith("=") and len(text) > 1 and key in {"price", "sale_price", "quantity"}:
                made.problems.append(Problem(column, text[:200], "formula"))
                continue
            try:
                value = spec.parse(text)
            except FieldError as error:
                made.problems.append(Problem(column, text[:200], error.code, error.params))
                continue
            if value in (None, "", []):
                continue
            if spec.into in JOINED and spec.into in read:
                read[spec.into] += value if isinstance(value, list) else f"\n\n{value}"
            else:
                read[spec.into] = value
        return read

    def _fill(self, made: Prepared, read: dict[str, Any]) -> None:
        values = made.values
        for key in (*TEXTS, *SIZES, "weight_g", "condition", "origin", "delivery_modes"):
            if key in read:
                values[key] = read[key]
        made.is_published = read.get("is_published", True)
        made.images = read.get("images", [])
        made.flaws = read.get("flaws")
        summary, description = read.get("summary", ""), read.get("description", "")
        joined = f"{summary}\n\n{description}".strip() if summary not in description else description
        if joined:
            values["description"] = joined[:10_000]
        self._price(made, read)
        self._quantity(made, read)
        failed = {p.column for p in made.problems}
        if "title" not in values and self.column_of.get("title") not in failed:
            made.problems.append(Problem(self.column_of.get("title", ""), "", "title_required"))
        if "condition" not in values and self.column_of.get("condition") not in failed:
            self._assume(made, "condition", self.defaults.get("condition") or Condition.GOOD.value)
        self._assume(made, "origin", self.defaults.get("origin") or Origin.GIFT.value)
        if "weight_g" not in values and self.defaults.get("weight_g"):
            self._assume(made, "weight_g", int(self.defaults["weight_g"]))
            self._assume(made, "is_weight_estimated", value=True)

    @staticmethod
    def _assume(made: Prepared, key: str, value: Any) -> None:
        if key not in made.values:
            made.values[key] = value
            made.assumed.add(key)

    def _price(self, made: Prepared, read: dict[str, Any]) -> None:
        price, sale = read.get("price"), read.get("sale_price")
        cents = sale if sale and (price is None or sale < price) else price
        if cents is not None:
            made.values["price_cents"] = cents + (cents * self.vat_permille + 500) // 1000
        elif not any(
            p.column in {self.column_of.get("price"), self.column_of.get("sale_price")} for p in made.problems
        ):
            made.problems.append(Problem(self.column_of.get("price", ""), "", "number"))

    def _quantity(self, made: Prepared, read: dict[str, Any]) -> None:
        """A quantity, else what “in stock” says, else one."""
        if "quantity" in read:
            made.values["quantity"] = read["quantity"]
        elif self.column_of.get("quantity") not in {p.column for p in made.problems}:
            made.values["quantity"] = 1 if read.get("in_stock", True) else 0
            if "in_stock" not in read or read["in_stock"]:
                made.assumed.add("quantity")

    def _category(self, made: Prepared, read: dict[str, Any]) -> None:
        text = made.category_text = read.get("category", "")
        default = self.defaults.get("category_id")
        found = self.finder.find(text) if text else None
        if found == LEFT_OUT:
            made.skip = "left_out"
        elif found is not None:
            made.category_id = found
        elif default:
            made.category_id = int(default)
            made.assumed.add("category_id")
        else:
            code = "category_unknown" if text else "category_required"
            made.problems.append(Problem(self.column_of.get("category", ""), text[:200], code))

    def _reference(self, made: Prepared, read: dict[str, Any], row: Row) -> None:
        """The seller's own reference, else one made of what the item is: the same line never enters twice."""
        ref = read.get("external_ref", "")
        code = "duplicate"
        if not ref:
            words = "\x1f".join(str(made.values.get(k, "")) for k in ("title", "description", "brand", "size", "color"))
            ref = f"~{hashlib.sha256(f'{words}\x1f{made.category_text}'.encode()).hexdigest()[:24]}"
            code = "duplicate_text"
        made.ref = ref
        first = self.seen.first_line(ref, row.line)
        if first != row.line:
            made.problems.append(
                Problem(self.column_of.get("external_ref", ""), read.get("external_ref", ""), code, {"line": first})
            )


@contextmanager
def local_source(stored: Any, name: str) -> Iterator[tuple[Source, Path | None]]:
    """The table to read as a file of this disk, and the archive it came in, if any.

    A private store elsewhere (S3) is copied to a temporary file; the table of a ZIP is taken out of it, checked.
    """
    with scratch_folder() as folder:
        if stored is None:
            raise ImportRefused(GONE)
        try:
            path = Path(stored.file.path)
        except NotImplementedError:
            path = folder / "upload"
            with stored.file.open("rb") as remote, path.open("wb") as copy:
                while chunk := remote.read(1 << 20):
                    copy.write(chunk)
        if not path.exists():
            raise ImportRefused(GONE)
        with opened(Source(path, name), folder) as found:
            yield found


@contextmanager
def opened(source: Source, folder: Path) -> Iterator[tuple[Source, Path | None]]:
    """`source`, or the table inside where it is an archive (then the archive comes second)."""
    if not is_archive(source):
        yield source, None
        return
    inside = table_in_archive(source)
    target = folder / "table"
    with zipfile.ZipFile(source.path) as archive, archive.open(inside) as packed, target.open("wb") as copy:
        while chunk := packed.read(1 << 20):
            copy.write(chunk)
    yield Source(target, Path(inside).name), source.path


def read_rows(
    source: Source, detected: Detected, reader: RowReader, corrections: Corrections | None = None
) -> Iterator[Prepared]:
    """All rows of a file, corrected and prepared."""
    return map(reader.prepare, (corrections or Corrections()).apply(open_rows(source, detected)))
