"""`rebond check-stock`: the ledger, its cache and the catalogue say the same."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress

from rebond.warehouse.actions.check import check_stock


class Command(BaseCommand):
    help = "Prove that movements, holdings, the items' quantities and the cartons agree; exit 1 where they do not."

    def add_arguments(self, parser: CommandParser) -> None:
        mends = "make wrong holdings and counts of cartons again from their movements"
        parser.add_argument("--repair", action="store_true", help=mends)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task("Stock", total=None)
            report = check_stock(
                repair=options["repair"], progress=lambda done, of: bar.update(task, completed=done, total=of)
            )
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report) | {"ok": report.is_right}))
        else:
            self.stdout.write(
                f"{report.items:,} items, {report.movements:,} movements, {report.units:,} units in stock.\n"
                f"Holdings that are not the sum of their movements: {report.cache_differences:,}"
                f" ({report.repaired:,} repaired).\n"
                f"Items whose stock is not their quantity: {report.catalogue_differences:,}"
                f" ({report.uncounted:,} never counted: run open-stock).\n"
                f"Kinds of cartons whose count is not the sum of its moves: {report.carton_differences:,}"
                f" of {report.carton_kinds:,} ({report.carton_repaired:,} repaired)."
            )
            for row in [*report.cache[:10], *report.catalogue[:10], *report.cartons[:10]]:
                self.stdout.write(f"  {row}")
        if not report.is_right:
            sys.exit(1)
