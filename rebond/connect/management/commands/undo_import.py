"""`rebond undo-import ID`: take back what an import wrote, unless sold or changed since."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from rebond.connect.actions.undo import undo_batches, undo_import
from rebond.connect.enums import ImportState
from rebond.connect.errors import ImportRefused
from rebond.connect.models import ImportRun


class Command(BaseCommand):
    help = (
        "Undo an import, by its identifier. Exit status: 0 all undone, 1 some items keep something newer, 2 impossible."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("id")
        parser.add_argument("--json", action="store_true")

    def handle(self, *, id: str, **options: Any) -> None:  # noqa: A002 -- the argument's name
        try:
            run = ImportRun.objects.select_related("seller").get(public_id=id)
            if run.state != ImportState.UNDOING:
                undo_import(run=run, by=None, enqueue=False)
            undo_batches(run_id=run.pk)
        except (ImportRun.DoesNotExist, ImportRefused) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        run.refresh_from_db()
        report = {"id": run.public_id, "state": run.state, "kept": run.kept}
        self.stdout.write(
            json.dumps(report) if options["json"] else f"{run.name}: {run.get_state_display()}, {run.kept}"
        )
        if run.kept:
            sys.exit(1)
