"""`rebond rotate-keys`: seal anew, by the key of today, what older keys sealed."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.core.resealing import reseal_all


class Command(BaseCommand):
    help = "Seal anew what older keys sealed; may be stopped and run again. Exit 1 where no key opens something."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a table on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        broken = 0
        for count in reseal_all():
            broken += count.broken
            said = f"{count.name}: {count.rows} rows, {count.resealed} sealed anew, {count.broken} that no key opens"
            self.stdout.write(json.dumps(asdict(count)) if options["json"] else said)
        if broken:
            raise SystemExit(1)
