"""Make the public pictures again from the private originals."""

import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from rich.console import Console
from rich.progress import Progress

from rebond.catalogue.actions.photo_asset import count_to_rebuild, rebuild_renditions


class Command(BaseCommand):
    help = "Make the renditions of all photos again (or only those that are missing). Exit status 1 where one failed."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--missing", action="store_true", help="only photos that lack a width")
        parser.add_argument("--json", action="store_true", help="print the result as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        start = time.monotonic()
        done, failed = 0, []
        total = count_to_rebuild(missing=options["missing"])
        with Progress(console=Console(stderr=True), disable=options["json"]) as progress:
            bar = progress.add_task("photos", total=total)
            for sha256, made in rebuild_renditions(missing=options["missing"]):
                done += made
                failed += [] if made else [sha256]
                progress.advance(bar)
        result = {"made": done, "failed": failed, "seconds": round(time.monotonic() - start, 1)}
        if options["json"]:
            self.stdout.write(json.dumps(result))
        else:
            self.stdout.write(f"{done} photos made, {len(failed)} failed, {result['seconds']} s")
            for sha256 in failed:
                self.stderr.write(f"no rendition of {sha256}: original missing or unreadable")
        if failed:
            raise SystemExit(1)
