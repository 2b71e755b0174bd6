"""`rebond read-bounces FILE…`: mark the mail that came back."""

import dataclasses
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.journal.actions.bounces import read_bounces


class Command(BaseCommand):
    help = "Read delivery failure messages (.eml, mbox, Maildir) and mark the mail that came back."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="figures as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        missing = [str(path) for path in options["paths"] if not path.exists()]
        if missing:
            raise CommandError(f"no such file: {', '.join(missing)}")
        report = dataclasses.asdict(read_bounces(paths=options["paths"]))
        if options["json"]:
            self.stdout.write(json.dumps(report))
        else:
            self.stdout.write(", ".join(f"{name}: {count}" for name, count in report.items()))
