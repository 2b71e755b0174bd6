"""`rebond reindex`: a new search index beside the live one, then swapped."""

import json
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from rebond.catalogue.actions.index import rebuild_index
from rebond.catalogue.search import IndexBusy
from rebond.catalogue.search.documents import count_indexable


class Command(BaseCommand):
    help = "Rebuild the search index beside the live one, then swap. Exit status 1 where a rebuild runs already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.perf_counter()
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(file=sys.stderr)) as bar:
            task = bar.add_task("Search index", total=count_indexable())
            try:
                documents = rebuild_index(progress=lambda done: bar.update(task, completed=done))
            except IndexBusy:
                raise CommandError("A rebuild is running already.") from None
        seconds = time.perf_counter() - start
        if options["json"]:
            self.stdout.write(json.dumps({"documents": documents, "seconds": round(seconds, 3)}))
        else:
            self.stdout.write(f"{documents} documents indexed in {seconds:.1f} s.")
