"""`rebond export-fec --from 2026-01-01 --to 2026-12-31`: the file of accounting entries (LPF A47 A-1)."""

import datetime
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from rebond.ledger.queries.fec import Exercise, fec_lines
from rebond.ledger.queries.fees import operator_of


class Command(BaseCommand):
    help = "Write the file of accounting entries (FEC) of a period: eighteen columns, tabs, UTF-8."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", required=True, type=datetime.date.fromisoformat)
        parser.add_argument("--to", dest="last", required=True, type=datetime.date.fromisoformat)
        parser.add_argument("--folder", type=Path, default=Path(), help="where the file is written (here)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = operator_of(None)
        if operator is None:
            raise CommandError("no operator runs this network")
        if options["last"] < options["first"]:
            raise CommandError("--to is before --from")
        exercise = Exercise(operator, options["first"], options["last"])
        path, lines = options["folder"] / exercise.filename, -1
        with translation.override("fr"), path.open("w", encoding="utf-8", newline="") as file:
            for line in fec_lines(exercise):
                file.write(f"{line}\r\n")
                lines += 1
        found = {"file": str(path), "lines": lines}
        self.stdout.write(json.dumps(found) if options["json"] else f"{path}: {lines:,} lines.")
