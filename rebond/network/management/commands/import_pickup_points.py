"""`rebond import-pickup-points FILE`: a carrier's list of points, from its CSV."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.network.actions.pickup_points import COLUMNS, import_pickup_points
from rebond.network.enums import OrganisationKind
from rebond.network.models import Organisation


class Command(BaseCommand):
    help = f"Import pick-up points from a CSV with the columns {', '.join(COLUMNS)}; each carrier in it is replaced."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        operator = Organisation.objects.filter(kind=OrganisationKind.OPERATOR).order_by("pk").first()
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                report = import_pickup_points(lines=lines, operator=operator)
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(report.said))
            return
        self.stdout.write(
            f"{report.kept:,} points of {', '.join(report.carriers) or 'no carrier'}, {report.closed:,} closed, "
            f"{report.read - report.kept:,} lines left out.\n" + "\n".join(report.wrong[:20])
        )
