"""`rebond restore DIR`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.front.actions.backup import keys_that_differ, restore_backup
from rebond.front.errors import BackupError


class Command(BaseCommand):
    help = "Put a backup in place and verify it. Stop the site first; run `rebond reindex` afterwards."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--force", action="store_true", help="Replace what this site already holds.")
        parser.add_argument("--json", action="store_true", help="Answer as JSON on standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            manifest = restore_backup(folder=options["folder"], force=options["force"])
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        for name in keys_that_differ(folder=options["folder"]):
            kept = options["folder"] / name.lower()
            self.stderr.write(f"{name} of this environment is not the backup's: give it what {kept} holds.")
        if options["json"]:
            self.stdout.write(json.dumps(manifest))
            return
        self.stdout.write(f"{sum(manifest['rows'].values())} rows are back, as of {manifest['made_at']}.")
        self.stdout.write("Now rebuild the search index: rebond reindex")
