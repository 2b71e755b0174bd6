"""`rebond export-dac7 --year 2026`: the yearly declaration of sellers to the tax office (DAC7, rules.md F5)."""

import contextlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone, translation

from rebond.ledger.actions.tax_return import make_returns, trial_file
from rebond.ledger.errors import LedgerError, NothingToDeclare
from rebond.ledger.models import TaxReturn
from rebond.ledger.queries.fees import operator_of
from rebond.ledger.queries.tax import missing_words, rows_of
from rebond.network.models import Organisation


class Command(BaseCommand):
    help = "Write the year's declaration of sellers; a trial file while the year is not over, or with --trial."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--year", type=int, required=True)
        parser.add_argument("--trial", action="store_true", help="a file marked as a trial: nothing is kept or told")
        parser.add_argument("--folder", type=Path, default=Path(), help="where the files are written (here)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        operator, year = operator_of(None), options["year"]
        if operator is None:
            raise CommandError("no operator runs this network")
        is_trial = options["trial"] or year >= timezone.localdate().year
        try:
            with translation.override("fr"):
                files = self._trial(operator, year) if is_trial else self._made(operator, year)
        except LedgerError as refused:
            raise CommandError(str(refused)) from None
        for name, content in files:
            (options["folder"] / name).write_bytes(content)
        rows = rows_of(operator, year)
        missing = [row for row in rows if row.is_declared and row.missing]
        found = {
            "year": year,
            "is_trial": is_trial,
            "files": [str(options["folder"] / name) for name, _content in files],
            "sellers": len(rows),
            "declared": sum(row.is_declared for row in rows),
            "missing": [{"seller": row.seller.name, "lacks": missing_words(row.missing)} for row in missing],
        }
        self.stdout.write(json.dumps(found) if options["json"] else self._said(found))

    def _trial(self, operator: Organisation, year: int) -> list[tuple[str, bytes]]:
        return [trial_file(operator=operator, year=year)]

    def _made(self, operator: Organisation, year: int) -> list[tuple[str, bytes]]:
        """What is new or corrected is declared; then every file of the year is written out again as it was sent."""
        with contextlib.suppress(NothingToDeclare):
            make_returns(operator=operator, year=year, by=None)
        rows = TaxReturn.objects.filter(operator=operator, year=year).order_by("number")
        return [(row.name, row.content) for row in rows]

    def _said(self, found: dict[str, Any]) -> str:
        lines = [f"{found['declared']:,} of {found['sellers']:,} sellers are declared for {found['year']}."]
        lines += [f"{row['seller']} lacks: {', '.join(row['lacks'])}" for row in found["missing"]]
        return "\n".join(lines + found["files"])
