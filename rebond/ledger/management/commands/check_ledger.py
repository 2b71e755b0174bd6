"""`rebond check-ledger`: every entry balances, what is kept beside the postings agrees with them."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress

from rebond.core.money import format_cents
from rebond.ledger.actions.check import check_ledger


class Command(BaseCommand):
    help = "Prove that the books are right: entries, reversals, sales, fees, balances; exit 1 where they are not."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--repair", action="store_true", help="make wrong balances again from the postings")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        with Progress(console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task("Books", total=None)
            report = check_ledger(
                repair=options["repair"], progress=lambda done, of: bar.update(task, completed=done, total=of)
            )
        if options["json"]:
            self.stdout.write(json.dumps(asdict(report) | {"ok": report.is_right}))
        else:
            self._say(report)
        if not report.is_right:
            sys.exit(1)

    def _say(self, report: Any) -> None:
        self.stdout.write(
            f"{report.entries:,} entries, {report.postings:,} postings, {report.accounts:,} accounts, "
            f"{format_cents(report.debit_cents)} on each side.\n"
            f"Guards that are missing: {', '.join(report.guards) or 'none'}.\n"
            + "".join(f"Wrong {name}: {number:,}.\n" for name, number in report.wrong.items())
            + f"Balances that are not the sum of their postings: {report.balances:,} ({report.repaired:,} repaired)."
        )
        for row in report.told[:20]:
            self.stdout.write(f"  {row}")
