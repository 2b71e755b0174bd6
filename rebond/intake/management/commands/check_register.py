"""`rebond check-register`: each register's chain proves itself; exit 1 where one does not."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress

from rebond.intake.models import Register
from rebond.intake.queries.register_check import Report, check_register


class Command(BaseCommand):
    help = "Prove the registers of objects: numbers, chained hashes, identities. Exit 1 where one is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", help="public identifier of one organisation (all without it)")
        parser.add_argument("--anchor", metavar="NUMBER:HASH", help="a line that was printed: is it still there?")
        parser.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        rows = Register.objects.select_related("organisation").order_by("organisation__name", "pk")
        if options["organisation"]:
            rows = rows.filter(organisation__public_id=options["organisation"])
            if not rows:
                raise CommandError(f"No register of {options['organisation']}.")
        anchor = _anchor(options["anchor"])
        if anchor and not options["organisation"]:
            raise CommandError("--anchor goes with --organisation.")
        with Progress(console=Console(file=sys.stderr), transient=True) as bar:
            task = bar.add_task("Register", total=None)
            reports = [
                check_register(row, anchor=anchor, progress=lambda done, of: bar.update(task, completed=done, total=of))
                for row in rows
            ]
        is_right = all(report.is_right for report in reports)
        if options["json"]:
            told = [asdict(report) | {"ok": report.is_right} for report in reports]
            self.stdout.write(json.dumps({"ok": is_right, "registers": told}, ensure_ascii=False))
        else:
            for report in reports:
                self.stdout.write("\n".join(_lines(report)))
        if not is_right:
            sys.exit(1)


def _anchor(text: str | None) -> tuple[int, str] | None:
    if not text:
        return None
    number, _colon, found = text.partition(":")
    if not number.isdecimal() or len(found) != 64:
        raise CommandError("--anchor is a number, a colon and 64 hexadecimal signs.")
    return int(number), found.lower()


def _lines(report: Report) -> list[str]:
    said = "right" if report.is_right else f"WRONG, {report.fault_count:,} faults"
    head = f"{report.name}: {report.entries:,} lines, {report.donors:,} donors ({report.erased:,} erased): {said}."
    return [
        head,
        f"  line {report.last_number}: {report.last_hash}",
        *(f"  {fault.what} at {fault.donor or f'line {fault.number}'}" for fault in report.faults[:10]),
    ]
