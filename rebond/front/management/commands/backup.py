"""`rebond backup DIR`."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.front.actions.backup import make_backup, read_manifest
from rebond.front.errors import BackupError


class Command(BaseCommand):
    help = "Save database, media, originals and keys into a new folder, and verify them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--json", action="store_true", help="Answer as JSON on standard output.")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        try:
            make_backup(folder=folder)
            manifest = read_manifest(folder=folder)
        except (BackupError, OSError) as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(manifest))
            return
        size = sum(part["bytes"] for part in manifest["files"].values())
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"{folder}: {rows} rows and {size / 1e6:.1f} MB saved and verified.")
