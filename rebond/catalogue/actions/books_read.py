"""Read book records out of files: MARC 21 and UNIMARC (ISO 2709, XML, JSON), CSV with or without header.

Every reader yields `BookRecord`s and `Refused`s, in the file's order, in constant memory.
"""

import csv
import datetime
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from xml.sax import SAXException

import pymarc
from pymarc.exceptions import PymarcException
from stdnum import ean, isbn

from rebond.catalogue.validators import CONTROL

HEADERS = {
    "isbn13": ("isbn13", "isbn_13", "ean", "ean13", "isbn-13"),
    "isbn": ("isbn", "isbn10", "isbn_10", "isbn-10"),
    "title": ("title", "titre"),
    "subtitle": ("subtitle", "sous-titre", "sous_titre"),
    "authors": ("authors", "author", "auteurs", "auteur"),
    "publisher": ("publisher", "editeur", "éditeur"),
    "year": ("year", "annee", "année", "original_publication_year", "publication_year", "date"),
    "pages": ("pages", "page_count", "nombre de pages"),
    "language": ("language", "language_code", "langue", "lang"),
    "subjects": ("subjects", "sujets", "genre"),
}
# An ISBN-13 or ISBN-10 with or without hyphens, never the figures of a decimal number or of a longer one.
WRITTEN = re.compile(r"(?<![\d.,])(?:97[89][\- ]?(?:\d[\- ]?){9}\d|\d(?:[\- ]?\d){8}[\- ]?[\dXx])(?![\dXx])")
LANGUAGES = {"en-us": "eng", "en-gb": "eng", "en-ca": "eng", "en": "eng", "fr": "fre", "fra": "fre", "de": "ger"}


@dataclass(slots=True)
class BookRecord:
    """One book as the file tells it; `isbns` are valid ISBN-13, digits only."""

    place: str
    isbns: list[str]
    title: str
    subtitle: str = ""
    authors: str = ""
    publisher: str = ""
    year: int | None = None
    pages: int | None = None
    height_mm: int | None = None
    language: str = ""
    subjects: str = ""
    is_repaired: bool = False


@dataclass(slots=True)
class Refused:
    """A record left out: where (line or record number), a short stable reason, what it said."""

    place: str
    reason: str
    detail: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


Found = Iterator[BookRecord | Refused]


def read_books(path: Path) -> Found:
    """The records of a file, by what it holds rather than by its name."""
    with path.open("rb") as file:
        start = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        return iter([Refused("1", "empty file")])
    if start.startswith(b"<"):
        return _marc_xml(path)
    if start[:1] in b"[{":
        return _marc_json(path)
    if re.match(rb"\d{5}.{7}[\d ]{5}", start):
        return _marc(path)
    return _csv(path)


# --- identifiers


def isbns_in(text: str) -> list[str]:
    """Valid ISBNs written somewhere in `text`, as ISBN-13: `2-07-036822-0 (broch.) : 25 F`."""
    numbers = [re.sub(r"[\- ]", "", written).upper() for written in WRITTEN.findall(text)]
    return [str(isbn.to_isbn13(number)).replace("-", "") for number in numbers if isbn.is_valid(number)]


def repair_isbn10(text: str) -> str | None:
    """ISBN-13 of an ISBN-10 whose leading zeros a spreadsheet ate (`143039431` → `0143039431`), or None."""
    bare = re.sub(r"\.0$|[\- ]", "", text.strip()).upper()
    if not re.fullmatch(r"\d{4,9}[\dX]", bare):
        return None
    padded = bare.zfill(10)
    return str(isbn.to_isbn13(padded)) if isbn.is_valid(padded) else None


def repair_isbn13(text: str) -> str | None:
    """ISBN-13 that a spreadsheet wrote as `9.78225314770e+12`, or None where more than one number fits.

    Twelve figures are left, the last one rounded: the true number starts with these, or with one less; its
    check digit must then round to what is written.
    """
    digits = _thirteen_digits(text)
    if digits and isbn.is_valid(digits) and not digits.endswith("0"):
        return digits
    figures = len(text.lower().split("e")[0].replace(".", "").strip())
    if not digits or "e" not in text.lower() or figures not in {11, 12} or not digits.endswith("0"):
        return None
    bodies = (int(digits[:12]), int(digits[:12]) - 1)
    candidates = [f"{body}{ean.calc_check_digit(str(body))}" for body in bodies]
    candidates = [one for one in candidates if Decimal(f"{int(one):.11e}") == int(digits)]
    return candidates[0] if len(candidates) == 1 else None


def _thirteen_digits(text: str) -> str:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        return ""
    if not number.is_finite() or number != number.to_integral_value():
        return ""
    digits = str(int(number))
    return digits if len(digits) == 13 and digits.startswith(("978", "979")) else ""


# --- CSV


def _csv(path: Path) -> Found:
    text = _decoded(path)
    sample = text[:4096]
    separator = max(",;\t|", key=sample.split("\n", 1)[0].count)
    rows = csv.reader(io.StringIO(text), delimiter=separator)
    first = next(rows, None)
    if first is None:
        yield Refused("1", "empty file")
        return
    columns = _columns(first)
    if columns is None:
        yield from _bare_row("1", first)
        for line, row in enumerate(rows, start=2):
            yield from _bare_row(str(line), row)
        return
    for line, row in enumerate(rows, start=2):
        if row:
            yield _row(str(line), {name: row[at] if at < len(row) else "" for name, at in columns.items()})


def _decoded(path: Path) -> str:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return data.decode("latin-1")


def _columns(header: list[str]) -> dict[str, int] | None:
    names = [cell.strip().lower() for cell in header]
    found = {key: names.index(one) for key, words in HEADERS.items() for one in words if one in names}
    return found if "title" in found and ({"isbn", "isbn13"} & set(found)) else None


def _row(place: str, cells: dict[str, str]) -> BookRecord | Refused:
    written, written13 = cells.get("isbn", ""), cells.get("isbn13", "")
    found = isbns_in(written) or isbns_in(written13)
    repaired = None if found else repair_isbn10(written) or repair_isbn13(written13)
    title = _clean(cells.get("title", ""))
    if not title:
        return Refused(place, "no title", written or written13)
    if not found and repaired is None:
        said = f"{written} {written13}".strip()
        return Refused(place, "no ISBN" if not said else "ISBN cannot be repaired", said)
    language = cells.get("language", "").strip().lower()
    return BookRecord(
        place=place,
        isbns=found or [str(repaired)],
        title=title,
        subtitle=_clean(cells.get("subtitle", "")),
        authors=_clean(cells.get("authors", "")),
        publisher=_clean(cells.get("publisher", "")),
        year=_year(cells.get("year", "")),
        pages=_first_number(cells.get("pages", "")),
        language=LANGUAGES.get(language, language if len(language) == 3 else ""),
        subjects=_clean(cells.get("subjects", "")),
        is_repaired=not found,
    )


def _bare_row(place: str, row: list[str]) -> Found:
    """A line without header: the first cell that is an ISBN, and the title after it (Oscar's stock files)."""
    if not any(cell.strip() for cell in row):
        return
    at = next((n for n, cell in enumerate(row) if isbns_in(cell)), None)
    if at is None:
        yield Refused(place, "no ISBN", ", ".join(row)[:120])
        return
    title = _clean(row[at + 1]) if at + 1 < len(row) else ""
    if not title:
        yield Refused(place, "no title", row[at])
        return
    yield BookRecord(place=place, isbns=isbns_in(row[at]), title=title)


# --- MARC


def _marc(path: Path) -> Found:
    with path.open("rb") as file:
        reader = pymarc.MARCReader(file, to_unicode=True, permissive=True, utf8_handling="replace")
        for number, record in enumerate(reader, start=1):
            if record is None:
                error = reader.current_exception
                yield Refused(str(number), "unreadable record", f"{type(error).__name__}: {error}"[:200])
            else:
                yield _marc_record(str(number), record)


def _marc_xml(path: Path) -> Found:
    try:
        parse: Any = pymarc.parse_xml_to_array
        records = parse(str(path))
    except (PymarcException, SAXException, ValueError) as error:
        yield Refused("1", "unreadable file", str(error)[:200])
        return
    for number, record in enumerate(records, start=1):
        yield _marc_record(str(number), record)


def _marc_json(path: Path) -> Found:
    """MARC-in-JSON, forgiving raw control signs inside strings."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8-sig"), strict=False)
    except (ValueError, UnicodeDecodeError) as error:
        yield Refused("1", "unreadable file", str(error)[:200])
        return
    text = json.dumps(rows if isinstance(rows, list) else [rows])
    for number, record in enumerate(pymarc.JSONReader(text), start=1):
        yield _marc_record(str(number), record)


def _marc_record(place: str, record: Any) -> BookRecord | Refused:
    is_unimarc = record.get("245") is None and record.get("200") is not None
    reader: Callable[[Any], dict[str, Any]] = _unimarc if is_unimarc else _marc21
    try:
        facts = reader(record)
    except (PymarcException, ValueError, AttributeError, KeyError, IndexError) as error:
        return Refused(place, "unreadable record", f"{type(error).__name__}: {error}"[:200])
    numbers = facts.pop("numbers")
    found = list(dict.fromkeys(number for text in numbers for number in isbns_in(text)))
    if not facts["title"]:
        return Refused(place, "no title", " ".join(numbers)[:120])
    if not found:
        return Refused(place, "no valid ISBN" if numbers else "no ISBN", " ".join(numbers)[:120], facts)
    return BookRecord(place=place, isbns=found, **facts)


def _all(record: Any, tag: str, *codes: str) -> list[str]:
    return [
        CONTROL.sub("", value)
        for one in record.get_fields(tag)
        for value in one.get_subfields(*codes)
        if value and value.strip()
    ]


def _one(record: Any, tag: str, *codes: str) -> str:
    found = _all(record, tag, *codes)
    return found[0] if found else ""


def _marc21(record: Any) -> dict[str, Any]:
    publication = "260" if record.get("260") is not None else "264"
    fixed = record.get("008")
    language = fixed.data[35:38] if fixed is not None and fixed.data else _one(record, "041", "a")
    return {
        "numbers": _all(record, "020", "a"),
        "title": _clean(_one(record, "245", "a")),
        "subtitle": _clean(_one(record, "245", "b")),
        "authors": _people(_all(record, "100", "a") + _all(record, "700", "a")),
        "publisher": _clean(_one(record, publication, "b")),
        "year": _year(_one(record, publication, "c")),
        "pages": _pages(_one(record, "300", "a")),
        "height_mm": _height(_one(record, "300", "c")),
        "language": _language(language),
        "subjects": "; ".join(dict.fromkeys(_clean(s) for s in _all(record, "650", "a")))[:500],
    }


def _unimarc(record: Any) -> dict[str, Any]:
    names = [
        ", ".join(filter(None, [*one.get_subfields("a"), *one.get_subfields("b")]))
        for tag in ("700", "701", "702")
        for one in record.get_fields(tag)
    ]
    return {
        "numbers": _all(record, "010", "a"),
        "title": _clean(_one(record, "200", "a")),
        "subtitle": _clean(_one(record, "200", "e")),
        "authors": _people(names) or _clean(_one(record, "200", "f")),
        "publisher": _clean(_one(record, "210", "c") or _one(record, "214", "c")),
        "year": _year(_one(record, "210", "d") or _one(record, "214", "d")),
        "pages": _pages(_one(record, "215", "a")),
        "height_mm": _height(_one(record, "215", "d")),
        "language": _language(_one(record, "101", "a")),
        "subjects": "; ".join(dict.fromkeys(_clean(s) for s in _all(record, "606", "a")))[:500],
    }


def _clean(text: str) -> str:
    """Without control signs, markers of non-sorting words, and the punctuation that cataloguers put at the end."""
    bare = re.sub(r"[\x88\x89\x98\x9c]", "", CONTROL.sub("", text))
    return " ".join(bare.split()).strip(" /:;,=").removesuffix(" .").strip()


def _people(names: list[str]) -> str:
    """`Hugo, Victor, 1802-1885.` → `Victor Hugo`."""
    found = []
    for name in names:
        parts = [part for part in _clean(name).rstrip(".").split(", ") if not re.search(r"\d{3,4}", part)]
        found.append(" ".join([*parts[1:2], parts[0]]) if parts else "")
    return ", ".join(dict.fromkeys(one for one in found if one))[:300]


def _year(text: str) -> int | None:
    found = re.search(r"(?<!\d)(1[4-9]\d\d|20\d\d)(?!\d)", str(text))
    year = int(found[1]) if found else None
    return year if year is not None and year <= datetime.datetime.now(datetime.UTC).year + 1 else None


def _first_number(text: str) -> int | None:
    found = re.search(r"\d{1,5}", text)
    return int(found[0]) if found and 0 < int(found[0]) < 30_000 else None


def _pages(text: str) -> int | None:
    found = re.search(r"(\d{1,5})(?:\s*\[\d+\])?,?\s*(?:\[\d+\]\s*)?(?:p\b|p\.|pages)", text)
    return int(found[1]) if found and 0 < int(found[1]) < 30_000 else None


def _height(text: str) -> int | None:
    found = re.findall(r"(\d{1,3})\s*(?:x|×|cm)", text)
    return int(found[-1]) * 10 if found and 0 < int(found[-1]) < 200 else None


def _language(text: str) -> str:
    code = text.strip().lower()[:3]
    return code if re.fullmatch(r"[a-z]{3}", code) else ""
