"""`rebond check`: Django's system checks, then every part of the running site."""

import json
import sys
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands.check import Command as SystemCheck

from rebond.core.health import run_checks


class Command(SystemCheck):
    help = (
        "Configuration, database, cache, storage, mail, tasks, periodic jobs, index…: each ok, or why not; "
        "a question mark where it runs and wants somebody. "
        "Exit status 1 where one is not."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="Answer as JSON on standard output.")
        parser.add_argument("--system-only", action="store_true", help="Only Django's checks of the code.")

    def handle(self, *app_labels: Any, **options: Any) -> None:
        as_json = options.pop("json", False)
        only = options.pop("system_only", False) or bool(app_labels) or bool(options.get("list_tags"))
        if only:
            super().handle(*app_labels, **options)
            return
        answers = run_checks()
        if as_json:
            parts = {
                a.part: {"ok": a.is_ok, "detail": a.detail} | ({"warning": True} if a.is_warning else {})
                for a in answers
            }
            self.stdout.write(json.dumps({"ok": all(a.is_ok for a in answers), "parts": parts}, ensure_ascii=False))
        else:
            for answer in answers:
                mark = self.style.SUCCESS("ok ") if answer.is_ok else self.style.ERROR("no ")
                mark = self.style.WARNING("?  ") if answer.is_ok and answer.is_warning else mark
                self.stdout.write(f"{mark} {answer.part:<14} {answer.detail}")
        if not all(a.is_ok for a in answers):
            sys.exit(1)
