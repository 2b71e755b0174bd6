"""`rebond open-stock`: the first count of items that were there before the ledger."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress

from rebond.warehouse.actions.check import open_stock


class Command(BaseCommand):
    help = "Give every item without a movement its opening, waiting for a place. May be stopped and run again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task("Openings", total=None)
            opened = open_stock(progress=lambda done, of: bar.update(task, completed=done, total=of))
        self.stdout.write(json.dumps({"opened": opened}) if options["json"] else f"{opened:,} items counted.")
