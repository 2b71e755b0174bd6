"""`rebond mass-balance --site --from --to`: kilograms by flow, closing or not."""

import datetime
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.core.weights import format_mass
from rebond.intake.queries.balance import Balance, balances, total
from rebond.network.models import Site


class Command(BaseCommand):
    help = "Mass balance of a site by flow, in grams. Exit 1 where a counted flow does not close, 2 for bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--site", required=True, help="public identifier of the site")
        parser.add_argument("--from", dest="start", required=True, type=datetime.date.fromisoformat)
        parser.add_argument("--to", dest="end", required=True, type=datetime.date.fromisoformat)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        start, end = options["start"], options["end"]
        site = Site.objects.filter(public_id=options["site"]).select_related("organisation").first()
        if site is None:
            raise CommandError(f"No site {options['site']}.", returncode=2)
        if end < start:
            raise CommandError("--to is before --from.", returncode=2)
        rows = balances(site, start, end)
        if options["json"]:
            report = {"site": site.public_id, "from": str(start), "to": str(end), "flows": [_row(row) for row in rows]}
            self.stdout.write(json.dumps(report | {"total": _row(total(rows))}, ensure_ascii=False))
        else:
            for row in [*rows, total(rows)]:
                self.stdout.write(_line(row))
        if any(row.is_counted and not row.closes for row in rows):
            raise SystemExit(1)


def _row(row: Balance) -> dict[str, Any]:
    return {
        "flow": row.flow.key if row.flow else None,
        "opening_g": row.opening_g,
        "collected_g": row.moves.collected_g,
        "moved_g": row.moves.moved_g,
        "sold_g": row.moves.sold_g,
        "given_g": row.moves.given_g,
        "recycled_g": row.moves.recycled_g,
        "waste_g": row.moves.waste_g,
        "closing_g": row.closing_g,
        "gap_g": row.gap_g if row.is_counted else None,
        "counted": row.is_counted,
        "closes": row.closes if row.is_counted else None,
    }


def _line(row: Balance) -> str:
    name = row.flow.label if row.flow else "Total"
    gap = format_mass(row.gap_g) if row.is_counted else "not counted"
    ins = f"{format_mass(row.opening_g)} + {format_mass(row.moves.collected_g + row.moves.moved_g)}"
    outs = " + ".join(
        format_mass(g) for g in (row.moves.sold_g, row.moves.given_g, row.moves.recycled_g, row.moves.waste_g)
    )
    return f"{name:<32} {ins} = {outs} + {format_mass(row.closing_g)} (gap {gap})"
