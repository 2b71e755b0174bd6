"""`rebond race`: many buyers, few unique objects, several processes, kills; the figures of who got what."""

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from rebond.catalogue.demo.bulk import load_bulk_items
from rebond.catalogue.models import Item
from rebond.network.enums import OrganisationKind
from rebond.network.models import Organisation
from rebond.shop.management.racing import Outcome, Race, run_buyers, run_race

KILLS = 2  # of each process, with --kill


class Command(BaseCommand):
    help = "Race buyers for unique objects in a database of its own, made and dropped; exit 1 where one is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--buyers", type=int, default=200)
        parser.add_argument("--items", type=int, default=100)
        parser.add_argument("--processes", type=int, default=4)
        parser.add_argument("--kill", action="store_true", help="kill processes at random and start them again")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
        parser.add_argument("--runner", type=Path, help="used by the command itself: the plan of one process")
        parser.add_argument("--number", type=int, default=0, help="used by the command itself: which process")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["runner"]:
            run_buyers(options["runner"], options["number"])
            return
        if min(options["buyers"], options["items"], options["processes"]) < 1:
            raise CommandError("buyers, items and processes must be at least 1.")
        with _own_database():
            load_bulk_items(options["items"])
            Organisation.objects.create(name="Rebond", slug="rebond-race", kind=OrganisationKind.OPERATOR)
            Item.objects.update(quantity=1, reserved=0)
            outcome = run_race(
                Race(
                    items=list(Item.objects.order_by("pk").values_list("pk", flat=True)),
                    buyers=options["buyers"],
                    processes=options["processes"],
                    kills=KILLS * options["processes"] if options["kill"] else 0,
                    seed=options["seed"],
                )
            )
        self._say(outcome, as_json=options["json"])
        if not outcome.is_right:
            sys.exit(1)

    def _say(self, outcome: Outcome, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(asdict(outcome) | {"ok": outcome.is_right}))
            return
        self.stdout.write(
            f"{outcome.buyers} buyers in {outcome.processes} processes, {outcome.items} objects, {outcome.database}, "
            f"{outcome.kills} kills, {outcome.seconds} s\n"
            f"sold {outcome.sold}, paid {outcome.paid}, oversold {outcome.oversold}, lost {outcome.lost}, "
            f"stuck {outcome.stuck}, deadlocks {outcome.deadlocks}, lines refunded {outcome.refunded}, "
            f"wrong in the books {outcome.books_wrong}\n"
            f"{outcome.orders} orders paid, {outcome.orders_per_second} a second"
        )
        for error in outcome.errors:
            self.stdout.write(error)


@contextmanager
def _own_database() -> Iterator[None]:
    """An empty database beside the site's, dropped at the end: no race touches a real one."""
    name = connection.settings_dict["NAME"]
    with tempfile.TemporaryDirectory(prefix="rebond-race-") as folder:
        own = f"{folder}/race.sqlite3" if connection.vendor == "sqlite" else f"{name}_race_{os.getpid()}"
        connection.settings_dict["TEST"]["NAME"] = own
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            yield
        finally:
            connection.creation.destroy_test_db(name, verbosity=0)
