"""`rebond load-categories`: the tree of categories, from the data file."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.catalogue.actions.categories_load import load_categories


class Command(BaseCommand):
    help = "Create and update the categories of the data file; what was changed at the desk is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the counts as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        counts = asdict(load_categories())
        if options["json"]:
            self.stdout.write(json.dumps(counts))
        elif options["verbosity"]:
            self.stdout.write(
                "Categories: {created} created, {updated} updated, {unchanged} unchanged, "
                "{kept} kept as changed at the desk.".format(**counts)
            )
