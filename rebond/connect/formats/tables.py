"""CSV and XLSX as one kind of table: columns, then (line, values), in constant memory."""

import codecs
import csv
import datetime
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.connect.errors import ImportRefused
from rebond.connect.formats.base import Row, Source
from rebond.connect.formats.safe_zip import check_zip

csv.field_size_limit(2_000_000)
CHUNK = 1 << 20
HEAD = 1 << 16
MAX_COLUMNS = 400
DELIMITERS = ";,\t|"


@dataclass(frozen=True, slots=True)
class TableHow:
    """How to open a table again. `encoding` is "" for a workbook."""

    encoding: str
    delimiter: str
    escape: str
    sheet: str
    has_formulas: bool

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__}


def find_encoding(path: Path) -> str:
    """BOM first, then NUL patterns (UTF-16 without one), then strict UTF-8 over the whole file, else Windows-1252."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.count(0) > len(head) // 4:
            return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        decoder = codecs.getincrementaldecoder("utf-8")()
        chunk = head
        try:
            while chunk:
                decoder.decode(chunk)
                chunk = file.read(CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def find_delimiter(head: str) -> str:
    """The sign that parts the first lines into the most columns, alike from line to line."""
    lines = head.splitlines()[:20]
    best, delimiter = (0, 0), ","
    for sign in DELIMITERS:
        widths = [len(r) for r in csv.reader(lines, delimiter=sign) if r]
        if not widths or widths[0] < 2:
            continue
        score = (sum(w == widths[0] for w in widths) * 100 // len(widths) // 10, widths[0])
        if (score[1] > 1 and score[0] >= best[0] - 4 and score[1] > best[1]) or best == (0, 0):
            best, delimiter = score, sign
    return delimiter


def sniff_table(source: Source) -> TableHow:
    """How to read `source` as a table; raise ImportRefused where it is none."""
    if zipfile.is_zipfile(source.path):
        return _sniff_workbook(source.path)
    with source.path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise ImportRefused(_("This file is empty."))
    if head.startswith(b"PK\x03\x04"):
        raise ImportRefused(_("This archive is damaged."))
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise ImportRefused(_("This is an old Excel file (.xls). Open it and save it as .xlsx or CSV."))
    if head[:5].isdigit() and head[10:12] == b"22" and b"\x1e" in head:
        raise ImportRefused(
            _("This is a library file (MARC): records of books, not items for sale. Use “import-books”.")
        )
    encoding = find_encoding(source.path)
    text = head.decode(encoding, errors="replace")
    if encoding == "cp1252" and sum(c < " " and c not in "\t\r\n" for c in text) > len(text) // 100:
        raise ImportRefused(_("This file is not a table: send a CSV, XLSX, XML or ZIP file."))
    return TableHow(encoding, find_delimiter(text), "\\" if '\\"' in text else "", "", has_formulas=False)


def _open_workbook(path: Path, **options: Any) -> Any:
    """The library takes a tenth of a program's start: it is read with the first workbook."""
    import openpyxl  # noqa: PLC0415 -- see above

    return openpyxl.load_workbook(path, **options)


def _sniff_workbook(path: Path) -> TableHow:
    check_zip(path)
    try:
        book = _open_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises KeyError, ValueError, BadZipFile… on damaged files
        raise ImportRefused(_("This workbook is damaged: open it and save it again as .xlsx.")) from error
    try:
        names = [s.title for s in book.worksheets if getattr(s, "sheet_state", "visible") == "visible"]
    finally:
        book.close()
    if not names:
        raise ImportRefused(_("This workbook has no sheet with lines."))
    return TableHow("", "", "", names[0], has_formulas=_has_formulas(path))


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                with archive.open(name) as sheet:
                    tail = b""
                    while chunk := sheet.read(CHUNK):
                        if re.search(rb"<f[ >/]", tail + chunk):
                            return True
                        tail = chunk[-4:]
    return False


def raw_lines(source: Source, how: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
    """Every non-empty line of the table as (line number from 1, cells)."""
    found = TableHow(**how)
    return _sheet_lines(source.path, found) if not found.encoding else _csv_lines(source.path, found)


def _csv_lines(path: Path, how: TableHow) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=how.encoding, errors="replace", newline="") as file:
        lines = (line.replace("\0", "") for line in file)
        reader = csv.reader(
            lines, delimiter=how.delimiter, escapechar=how.escape or None, skipinitialspace=how.delimiter != "\t"
        )
        start = 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield start, cells
                start = reader.line_num + 1
        except csv.Error as error:
            raise ImportRefused(
                _("Line %(line)s cannot be read: a quotation mark is probably never closed."), line=start
            ) from error


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return format(value, ".10g") if abs(value) < 1e15 else format(value, ".0f")
    if isinstance(value, datetime.datetime):
        return value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ")
    return str(value)


def _sheet_lines(path: Path, how: TableHow) -> Iterator[tuple[int, list[str]]]:
    """Values as last computed; a formula that was never computed shows as it is written (`=A2*2`)."""
    book = _open_workbook(path, read_only=True, data_only=True)
    formulas = _open_workbook(path, read_only=True) if how.has_formulas else None
    try:
        sheet = book[how.sheet]
        sheet.reset_dimensions()
        written: Iterator[Any] = iter(())
        if formulas is not None:
            formulas[how.sheet].reset_dimensions()
            written = formulas[how.sheet].iter_rows(max_col=MAX_COLUMNS, values_only=True)
        for line, values in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True), start=1):
            raw = next(written, None)
            cells = [_cell(v) for v in values]
            if raw is not None:
                cells = [c or (_cell(r) if isinstance(r, str) else "") for c, r in zip(cells, raw, strict=False)]
            if any(c.strip() for c in cells):
                yield line, cells
    finally:
        book.close()
        if formulas is not None:
            formulas.close()


def read_columns(source: Source, how: dict[str, Any]) -> tuple[str, ...]:
    """The heading line, each name once; empty headings are called by their place."""
    first = next(raw_lines(source, how), None)
    if first is None:
        raise ImportRefused(_("This file is empty."))
    cells = first[1]
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise ImportRefused(_("This file has more than %(limit)s columns."), limit=MAX_COLUMNS)
    names: dict[str, None] = {}
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.split())[:80] or str(place)
        names[name if name not in names else f"{name} ({place})"[:90]] = None
    return tuple(names)


def table_rows(source: Source, how: dict[str, Any], columns: tuple[str, ...], *, has_header: bool) -> Iterator[Row]:
    """Rows by column name. A line with more filled cells than headings is refused: its quotes are wrong."""
    width = len(columns)
    lines = raw_lines(source, how)
    if has_header:
        next(lines, None)
    for line, cells in lines:
        row = Row(line, {c: v.strip() for c, v in zip(columns, cells, strict=False)})
        extra = [c for c in cells[width:] if c.strip()]
        if extra:
            row.refusal = ("", extra[0][:200], "too_many_cells")
        yield row
