"""`rebond import-template FILE`: our own template, with examples and (XLSX) its data dictionary."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from rebond.connect.formats.template import template_csv, template_xlsx


class Command(BaseCommand):
    help = "Write the import template as CSV or XLSX, by the name of the file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *, file: Path, **options: Any) -> None:
        if file.suffix not in {".csv", ".xlsx"}:
            raise CommandError("The file's name must end with .csv or .xlsx.")
        file.write_bytes(template_csv() if file.suffix == ".csv" else template_xlsx())
