"""Any list as CSV or XLSX, row by row, in constant memory.

Columns say how each value is written: spreadsheets in French want `;`, decimal commas and a UTF-8 mark, and a
text that begins with `=`, `+`, `-` or `@` must never run as a formula.
"""

import csv
import datetime
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from django.db.models import QuerySet
from django.http import FileResponse, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.functional import Promise

from rebond.core.signs import seen

Kind = Literal["text", "number", "cents", "grams", "date", "datetime", "yes"]
Format = Literal["csv", "xlsx"]
CHUNK = 2000
SHEET_ROWS = 1_048_575  # one sheet holds no more
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
XML_REFUSED = {code: None for code in range(32) if code not in {9, 10, 13}} | {0xFFFE: None, 0xFFFF: None}


@dataclass(frozen=True, slots=True)
class Column:
    """`value` is an attribute path with dots, or a function of the row; `kind` says how it is written.

    `cents` become euros with two decimals, `grams` kilograms with three, dates are those of Paris.
    """

    title: str | Promise
    value: str | Callable[[Any], Any]
    kind: Kind = "text"

    def of(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        found: Any = row
        for name in self.value.split("."):
            found = found.get(name) if isinstance(found, dict) else getattr(found, name, None)
            if found is None:
                return None
        return found() if callable(found) else found


def stream_export(rows: Iterable[Any], columns: list[Column], format: Format, filename: str) -> HttpResponseBase:  # noqa: A002 -- the caller's word
    """The answer that downloads `rows` (a queryset is read by chunks of 2,000); `filename` without its ending.

    Memory does not grow with the number of rows. An XLSX holds at most 1,048,575 rows: the rest needs CSV.
    """
    if format == "xlsx":
        return _xlsx(rows, columns, filename)
    headers = {"Content-Disposition": f'attachment; filename="{_safe(filename)}.csv"', "Cache-Control": "no-store"}
    lines = _in_language(csv_lines(rows, columns), translation.get_language())
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


def _in_language(lines: Iterator[bytes], language: str | None) -> Iterator[bytes]:
    """The middleware that speaks the visitor's language has left when the server asks for the lines."""
    with translation.override(language):
        yield from lines


def wanted_export(
    request: HttpRequest, rows: Iterable[Any], columns: list[Column], filename: str
) -> HttpResponseBase | None:
    """For a list page: the download where the address says `?export=csv` or `xlsx`, else None.

    The view calls it with the very rows of its list, before it cuts them into pages: same rights, same filters.
    Its template shows the two links with `ui/export.html`. tests/test_lists.py asks both of every list of the desk.
    """
    match request.GET.get("export"):
        case "csv":
            return stream_export(rows, columns, "csv", filename)
        case "xlsx":
            return stream_export(rows, columns, "xlsx", filename)
    return None


def csv_lines(rows: Iterable[Any], columns: list[Column]) -> Iterator[bytes]:
    """UTF-8 with its mark, `;` between cells, CR LF at the end of lines; joined by chunks of 200 rows."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([_defused(str(column.title)) for column in columns])
    yield b"\xef\xbb\xbf"
    for n, row in enumerate(_read(rows), start=1):
        writer.writerow([_csv_cell(column, row) for column in columns])
        if n % 200 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return text


def _read(rows: Iterable[Any]) -> Iterable[Any]:
    return rows.iterator(chunk_size=CHUNK) if isinstance(rows, QuerySet) else rows


def _csv_cell(column: Column, row: Any) -> str:
    value = column.of(row)
    if value is None or value == "":
        return ""
    return _WRITERS[column.kind](value)


def _decimal(value: int, places: int) -> str:
    return f"{Decimal(value).scaleb(-places):.{places}f}".replace(".", ",")


def _defused(text: str) -> str:
    """A leading apostrophe keeps a spreadsheet from running what a person typed; signs that nobody sees hide none."""
    text = seen(text)
    return f"'{text}" if text.startswith(DANGEROUS) else text


def _local(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value


def _day(value: Any) -> datetime.date:
    return _local(value).date() if isinstance(value, datetime.datetime) else value


_WRITERS: dict[Kind, Callable[[Any], str]] = {
    "text": lambda value: _defused(str(value)),
    "number": lambda value: str(value).replace(".", ","),
    "cents": lambda value: _decimal(int(value), 2),
    "grams": lambda value: _decimal(int(value), 3),
    "date": lambda value: _day(value).isoformat(),
    "datetime": lambda value: _local(value).isoformat(sep=" ", timespec="minutes"),
    "yes": lambda value: "oui" if value else "non",
}


def _safe(filename: str) -> str:
    return "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "-" for c in filename)[:100] or "export"


def _xlsx(rows: Iterable[Any], columns: list[Column], filename: str) -> HttpResponseBase:
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- the answer closes it
    try:
        write_xlsx(file, rows, columns)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    answer = FileResponse(file, as_attachment=True, filename=f"{_safe(filename)}.xlsx", content_type=XLSX)
    answer["Cache-Control"] = "no-store"
    return answer


def write_xlsx(file: Any, rows: Iterable[Any], columns: list[Column]) -> int:
    """Write the sheet to an open binary file, one row in memory at a time; return the number of rows."""
    book = xlsxwriter.Workbook(file, {"constant_memory": True, "default_date_format": "dd/mm/yyyy"})
    formats = {
        "cents": book.add_format({"num_format": "# ##0.00 €"}),
        "grams": book.add_format({"num_format": "0.000"}),
        "date": book.add_format({"num_format": "dd/mm/yyyy"}),
        "datetime": book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
    }
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(columns) - 1, 20)
    bold = book.add_format({"bold": True, "bottom": 1})
    for x, column in enumerate(columns):
        sheet.write_string(0, x, str(column.title), bold)
    count = 0
    for row in _read(rows):
        count += 1
        if count > SHEET_ROWS:
            break
        for x, column in enumerate(columns):
            _write(sheet, count, x, column, column.of(row), formats)
    book.close()
    return min(count, SHEET_ROWS)


def _write(sheet: Any, y: int, x: int, column: Column, value: Any, formats: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    match column.kind:
        case "cents":
            sheet.write_number(y, x, Decimal(int(value)).scaleb(-2), formats["cents"])
        case "grams":
            sheet.write_number(y, x, Decimal(int(value)).scaleb(-3), formats["grams"])
        case "number":
            sheet.write_number(y, x, value)
        case "date":
            sheet.write_datetime(y, x, _day(value), formats["date"])
        case "datetime":
            sheet.write_datetime(y, x, _local(value), formats["datetime"])
        case "yes":
            sheet.write_string(y, x, "oui" if value else "non")
        case _:
            sheet.write_string(y, x, str(value).translate(XML_REFUSED)[:32_767])
