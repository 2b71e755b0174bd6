"""Which format a file is, and its rows."""

import zipfile
from collections.abc import Iterator
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.connect.errors import ImportRefused
from rebond.connect.fields import HEADINGS
from rebond.connect.formats import prestashop_xml, saleor
from rebond.connect.formats.base import Detected, Dialect, Row, Source
from rebond.connect.formats.prestashop_csv import combinations_only
from rebond.connect.formats.safe_zip import check_directory, check_zip
from rebond.connect.formats.shops import OSCAR, SHOPS, headerless
from rebond.connect.formats.tables import raw_lines, read_columns, sniff_table, table_rows
from rebond.connect.formats.template import TEMPLATE
from rebond.connect.texts import fold

TABLE = Dialect("table", _("Table of your own"), {}, frozenset(), 40)
DIALECTS: dict[str, Dialect] = {d.key: d for d in (TEMPLATE, *SHOPS, OSCAR, TABLE)}
FORMATS: dict[str, str | Promise] = {
    **{key: d.label for key, d in DIALECTS.items()},
    prestashop_xml.KEY: prestashop_xml.LABEL,
    saleor.KEY: saleor.LABEL,
}
OTHERS: dict[str, Any] = {prestashop_xml.KEY: prestashop_xml, saleor.KEY: saleor}
TABLES = (".csv", ".xlsx", ".xml", ".tsv", ".txt", ".json")


def label_of(key: str) -> str:
    """The name of a format, for people."""
    return str(FORMATS.get(key, key))


def is_archive(source: Source) -> bool:
    """A ZIP that is not a workbook: the table lies inside, with its pictures."""
    if not zipfile.is_zipfile(source.path):
        return False
    check_directory(source.path)
    with zipfile.ZipFile(source.path) as archive:
        return "[Content_Types].xml" not in archive.namelist()


def table_in_archive(source: Source) -> str:
    """The name of the one table inside a checked ZIP; ImportRefused where there is none or several."""
    names = [
        i.filename
        for i in check_zip(source.path)
        if i.filename.lower().endswith(TABLES)
        and not i.filename.split("/")[-1].startswith((".", "~"))
        and not i.filename.startswith("__MACOSX/")
    ]
    if not names:
        raise ImportRefused(_("This archive holds no table (CSV, XLSX or XML)."))
    if len(names) > 1:
        raise ImportRefused(_("This archive holds several tables (%(names)s): keep one."), names=", ".join(names[:4]))
    return names[0]


def guess_columns(columns: tuple[str, ...]) -> dict[str, str]:
    """Column → field by its heading; a field goes to the first column that asks for it."""
    taken: set[str] = set()
    found: dict[str, str] = {}
    for column in columns:
        key = HEADINGS.get(fold(column), "")
        found[column] = "" if key in taken else key
        taken.add(found[column])
    return found


def detect(source: Source, *, wanted: str = "auto") -> Detected:
    """What `source` (never an archive: open it first) is; `wanted` forces a format.

    Raise ImportRefused where it is no catalogue, in words for its owner.
    """
    for module in OTHERS.values():
        found: Detected | None = module.sniff(source)
        if found is not None and wanted in {"auto", found.format}:
            return found
    how = sniff_table(source).as_json()
    first = next(raw_lines(source, how), None)
    bare = headerless(first[1]) if first else None
    if bare is not None and wanted in {"auto", bare.key}:
        return Detected(bare.key, bare.confidence, bare.sheet_columns, bare.guess(bare.sheet_columns), how)
    columns = read_columns(source, how)
    if combinations_only(columns):
        raise ImportRefused(
            _("This file holds combinations without their products: read the shop by its webservice, or send both.")
        )
    candidates = [d for d in (TEMPLATE, *SHOPS) if (d.key == wanted if wanted != "auto" else d.knows(columns))]
    if not candidates and wanted not in {"auto", TABLE.key}:
        raise ImportRefused(_("This file is not of the format “%(format)s”."), format=label_of(wanted))
    best = max(candidates, key=lambda d: d.confidence, default=TABLE)
    every = (*columns, *(a for a in best.adds if a not in columns))
    mapping = guess_columns(every) if best is TABLE else best.guess(every)
    return Detected(best.key, best.confidence, every, mapping, how)


def open_rows(source: Source, detected: Detected) -> Iterator[Row]:
    """The rows of a detected file, prepared by its format."""
    other = OTHERS.get(detected.format)
    if other is not None:
        rows: Iterator[Row] = other.rows(source, detected.how)
        return rows
    dialect = DIALECTS[detected.format]
    columns = tuple(c for c in detected.columns if c not in dialect.adds or c in _own(source, detected))
    return dialect.prepare(table_rows(source, detected.how, columns, has_header=not dialect.sheet_columns))


def _own(source: Source, detected: Detected) -> tuple[str, ...]:
    return read_columns(source, detected.how)
