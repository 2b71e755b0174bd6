"""`rebond export-ereporting --from 2026-11-01 --to 2026-11-10`: sales to consumers by day, category and rate (F7)."""

import datetime
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from rebond.core.exports import csv_lines
from rebond.ledger.queries.ereporting import consumer_taxes, day_sums, totals_of
from rebond.ledger.queries.fees import operator_of
from rebond.ledger.queries.sheets import DAY_SUMS
from rebond.network.models import Organisation


class Command(BaseCommand):
    help = (
        "Write the sales to consumers of a period for e-reporting: every seller of the books, or one (--seller SIREN)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--from", dest="first", required=True, type=datetime.date.fromisoformat)
        parser.add_argument("--to", dest="last", required=True, type=datetime.date.fromisoformat)
        parser.add_argument("--seller", default="", help="a SIREN: this seller only")
        parser.add_argument("--folder", type=Path, default=Path(), help="where the file is written (here)")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        first, last = options["first"], options["last"]
        if last < first:
            raise CommandError("--to is before --from")
        lines = list(day_sums(consumer_taxes(first, last, **self._scope(options["seller"]))))
        path = options["folder"] / f"e-reporting-{first}-{last}.csv"
        with translation.override("fr"), path.open("wb") as file:
            file.writelines(csv_lines(lines, DAY_SUMS))
        found = {"file": str(path), "lines": len(lines), "totals": [asdict(total) for total in totals_of(lines)]}
        self.stdout.write(json.dumps(found) if options["json"] else f"{path}: {len(lines):,} lines.")

    def _scope(self, siren: str) -> dict[str, Organisation]:
        if siren:
            seller = Organisation.objects.filter(siren=siren).first()
            if seller is None:
                raise CommandError("no seller has this SIREN")
            return {"seller": seller}
        operator = operator_of(None)
        if operator is None:
            raise CommandError("no operator runs this network")
        return {"operator": operator}
