"""Delete pictures that no item has shown for a week, and files that belong to no picture."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.catalogue.actions.photo_asset import remove_orphans


class Command(BaseCommand):
    help = "Delete pictures that no item has shown for a week, and files that belong to no picture."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        result = remove_orphans()
        text = f"{result['assets']} pictures and {result['files']} files deleted"
        self.stdout.write(json.dumps(result) if options["json"] else text)
