"""`rebond demo`: the demonstration network, with its progress in one bar and a summary line."""

import json
import sys
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from rebond.catalogue.actions.index import rebuild_index
from rebond.catalogue.demo.bulk import load_bulk_items
from rebond.catalogue.search import IndexUnavailable, get_index
from rebond.catalogue.search.documents import count_indexable
from rebond.front.demo.network import PASSWORD
from rebond.front.demo.run import MOST, NotDemo, Result, check_is_demo, run_demo
from rebond.shop.actions.matching import match_alerts, send_alerts

WORDS = {
    "network": "People and sellers",
    "pictures": "Pictures",
    "items": "Items and their history",
    "life": "Life around them",
    "index": "Search index",
}
SHARES = {"network": 3, "pictures": 55, "items": 32, "life": 2, "index": 8}  # of the time, in percent


class Command(BaseCommand):
    help = "Fill the database with the demonstration network. Run again, it only completes it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--items", type=int, default=MOST, help=f"how many items (default {MOST})")
        parser.add_argument("--reset", action="store_true", help="erase the whole database and start anew")
        parser.add_argument("--yes", action="store_true", help="do not ask before a reset")
        parser.add_argument("--json", action="store_true", dest="as_json", help="a machine-readable summary")

    def handle(self, *args: Any, **options: Any) -> None:
        started = time.monotonic()
        if options["items"] < 1:
            raise CommandError("--items: a number from 1 on is expected.")
        try:
            check_is_demo()
        except NotDemo:
            raise CommandError(
                "This database holds organisations that the demo did not make: nothing was touched."
                " Use another folder (REBOND_VAR) or another database (DATABASE_URL)."
            ) from None
        if options["reset"]:
            self._reset(asked=not options["yes"])
        console = Console(file=sys.stderr, quiet=options["as_json"] or options["verbosity"] == 0)
        with _bar(console) as progress:
            result = self._fill(progress, options["items"])
        self._tell(result, time.monotonic() - started, as_json=options["as_json"])

    def _reset(self, *, asked: bool) -> None:
        question = "Erase everything in this database and start the demo anew? [y/N] "
        if asked and input(question).strip().lower() not in {
            "y",
            "yes",
            "o",
            "oui",
        }:
            raise CommandError("Nothing was erased.")
        call_command("flush", interactive=False, verbosity=0)

    def _fill(self, progress: Progress, items: int) -> Result:
        task = progress.add_task(WORDS["network"], total=100)
        before = dict(zip(SHARES, _sums(list(SHARES.values())), strict=True))

        def bar(stage: str, done: int, total: int) -> None:
            share = SHARES[stage] * done / max(total, 1)
            words = WORDS[stage] if stage == "life" else f"{WORDS[stage]} {done}/{total}" if total > 1 else WORDS[stage]
            progress.update(task, completed=before[stage] + share, description=words)

        result = run_demo(count=items, bar=bar)
        missing = items - result.items if items > MOST else 0
        if missing > 0:  # plain rows without pictures, from the catalogue's bulk load
            load_bulk_items(missing, progress=lambda done: bar("items", done, missing))
            result.items += missing
        if result.created or missing > 0 or not _index_is_right():
            total = count_indexable()
            rebuild_index(progress=lambda done: bar("index", done, total))
        if items <= MOST:  # what the kept searches found since they were made, and their mails
            result.more["alert mails"] = match_alerts() and send_alerts()
        bar("index", 1, 1)
        return result

    def _tell(self, result: Result, seconds: float, *, as_json: bool) -> None:
        facts = {
            "sellers": result.sellers, "items": result.items, "created": result.created, "pictures": result.pictures,
            **result.more, "seconds": round(seconds, 1),
        }  # fmt: skip
        if as_json:
            self.stdout.write(json.dumps(facts | {"password": PASSWORD}))
            return
        counts = ", ".join(f"{value} {key}" for key, value in facts.items() if key != "seconds")
        self.stdout.write(f"The demo is ready in {seconds:.0f} s: {counts}.")
        self.stdout.write(f"Shop: {settings.SITE_URL}/")
        self.stdout.write(f"Sign in as anybody: {settings.SITE_URL}/connexion/demo/ (password: {PASSWORD})")


def _bar(console: Console) -> Progress:
    return Progress(
        TextColumn("[bold]Demo"), BarColumn(), MofNCompleteColumn(), TextColumn("%"), TimeElapsedColumn(),
        TextColumn("{task.description}"), console=console,
    )  # fmt: skip


def _index_is_right() -> bool:
    """Whether the live index holds about what is on sale (the worker brings it up to date by itself)."""
    try:
        return abs(get_index().count() - count_indexable()) < 100
    except IndexUnavailable:
        return False


def _sums(shares: list[int]) -> list[int]:
    return [sum(shares[:place]) for place in range(len(shares))]
