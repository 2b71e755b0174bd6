"""`rebond import-books FILE…`: MARC 21, UNIMARC, MARCXML, MARC-in-JSON or CSV into the table of books."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.catalogue.actions.books import BooksImported, import_books


class Command(BaseCommand):
    help = "Read books by ISBN, so that a scanned number fills a listing. Exit status 1 where a file gave nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--source", default="", help="where the records come from (default: the file's name)")
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        results = []
        for path in options["files"]:
            try:
                results.append(import_books(path=path, source=options["source"]))
            except OSError as error:
                raise CommandError(f"{path}: {error.strerror or error}") from error
        if options["json"]:
            self.stdout.write(json.dumps([asdict(result) for result in results], ensure_ascii=False))
        else:
            for result in results:
                self._tell(result)
        if not any(r.created or r.updated or r.unchanged for r in results):
            raise CommandError("No book was found in these files.", returncode=1)

    def _tell(self, result: BooksImported) -> None:
        self.stdout.write(
            f"{result.file}: {result.read} records read; {result.created} books created, {result.updated} completed, "
            f"{result.unchanged} already there, {result.repaired} numbers repaired, {result.refused} records refused."
        )
        for reason, number in sorted(result.reasons.items()):
            self.stdout.write(f"  {number} × {reason}")
