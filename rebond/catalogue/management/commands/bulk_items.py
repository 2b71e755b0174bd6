"""`rebond bulk-items N`: a synthetic catalogue of any size, for measures."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rebond.catalogue.actions.index import rebuild_index
from rebond.catalogue.demo.bulk import load_bulk_items
from rebond.catalogue.search import IndexBusy


class Command(BaseCommand):
    help = "Add N synthetic items on sale (no pictures) and rebuild the search index."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("count", type=int, help="how many items to add")
        parser.add_argument("--no-index", action="store_true", help="leave the search index as it is")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        count: int = options["count"]
        if count < 1:
            raise CommandError("N must be at least 1.")
        report: dict[str, Any] = {"items": count}
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr)) as bar:
            task = bar.add_task("Items", total=count)
            start = time.perf_counter()
            load_bulk_items(count, progress=lambda done: bar.update(task, completed=done))
            report["rows_per_second"] = round(count / (time.perf_counter() - start))
            if not options["no_index"]:
                task = bar.add_task("Search index", total=None)
                start = time.perf_counter()
                try:
                    report["documents"] = rebuild_index(progress=lambda done: bar.update(task, completed=done))
                except IndexBusy:
                    raise CommandError("A rebuild of the index is running already.") from None
                report["documents_per_second"] = round(report["documents"] / (time.perf_counter() - start))
        text = json.dumps(report) if options["json"] else ", ".join(f"{key}: {value}" for key, value in report.items())
        self.stdout.write(text)
