"""Fill the local bibliographic table from libraries' and shops' files."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import batched
from pathlib import Path

from django.db import transaction

from rebond.catalogue.actions.books_read import BookRecord, Refused, read_books
from rebond.catalogue.models import Book

CHUNK = 500
TOLD = 50
LIMITS = {"title": 300, "subtitle": 300, "authors": 300, "publisher": 160, "language": 3, "subjects": 500}
FIELDS = (*LIMITS, "year", "pages", "height_mm")


@dataclass(slots=True)
class BooksImported:
    """Of one file. `read` and `refused` count records; the others count ISBNs (a record may carry several).

    `repaired` counts ISBNs that the file had damaged; `reasons` counts the refusals by reason, `examples`
    are the first 50 as [place, reason, what was written].
    """

    file: str
    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: int = 0
    repaired: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    examples: list[list[str]] = field(default_factory=list)


def import_books(*, path: Path, source: str = "") -> BooksImported:
    """Read the file and write its books by chunks of 500; run again, it changes nothing.

    A book that is known keeps what it says: a second source only fills what was empty. Raise OSError where
    the file cannot be read.
    """
    result = BooksImported(file=path.name)
    source = (source or path.stem)[:40]
    for chunk in batched(_counted(read_books(path), result), CHUNK):
        _write(chunk, source, result)
    return result


def _counted(found: Iterable[BookRecord | Refused], result: BooksImported) -> Iterable[BookRecord]:
    for row in found:
        result.read += 1
        if isinstance(row, Refused):
            result.refused += 1
            result.reasons[row.reason] = result.reasons.get(row.reason, 0) + 1
            if len(result.examples) < TOLD:
                result.examples.append([row.place, row.reason, row.detail])
        else:
            result.repaired += row.is_repaired
            yield row


@transaction.atomic
def _write(chunk: Iterable[BookRecord], source: str, result: BooksImported) -> None:
    wanted: dict[str, dict[str, object]] = {}
    for record in chunk:
        values = {name: getattr(record, name) for name in FIELDS}
        values |= {name: str(values[name])[:limit] for name, limit in LIMITS.items()}
        for number in record.isbns:
            held = wanted.setdefault(number, {})
            held.update({name: value for name, value in values.items() if value and not held.get(name)})
    known = {book.isbn: book for book in Book.objects.filter(isbn__in=wanted)}
    fresh, changed = [], []
    for number, values in wanted.items():
        book = known.get(number)
        if book is None:
            fresh.append(Book(isbn=number, source=source, **values))
            continue
        missing = {name: value for name, value in values.items() if not getattr(book, name)}
        for name, value in missing.items():
            setattr(book, name, value)
        changed += [book] if missing else []
        result.unchanged += not missing
    Book.objects.bulk_create(fresh)
    Book.objects.bulk_update(changed, FIELDS)
    result.created += len(fresh)
    result.updated += len(changed)
