"""`rebond check-photo FILE…`: is each photo good enough, and what to do about it."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.core.images import ImageRefused
from rebond.core.images.check import Check, Fault, check_picture


class Command(BaseCommand):
    help = (
        "Check photos: blur, dark, bright, tilt, glare, cut, small, turned. Exit 1 where one is no photo, 2: no file."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object a line and file on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        worst = 0
        for path in options["files"]:
            try:
                check = check_picture(path.read_bytes())
            except ImageRefused as refused:
                worst = max(worst, 1)
                answer: dict[str, Any] = {"verdict": "refused", "refused": str(refused.code), "advice": [str(refused)]}
            except OSError as error:  # not there, a folder, not ours to read: the other files are told all the same
                worst = 2
                answer = {"verdict": "refused", "refused": "no_file", "advice": [str(error.strerror or error)]}
            else:
                answer = as_dict(check)
            if options["json"]:
                self.stdout.write(json.dumps({"file": str(path)} | answer, ensure_ascii=False))
            else:
                self.stdout.write(f"{path}: {' '.join([answer['verdict'], *answer['advice']])}")
        if worst:
            raise SystemExit(worst)


def as_dict(check: Check) -> dict[str, Any]:
    """Each fault by its name, the verdict, the advice, and the numbers behind them."""
    named = {fault.value: fault in check.faults for fault in Fault}
    told: dict[str, Any] = {
        "width": check.width,
        "height": check.height,
        "verdict": check.verdict,
        "advice": check.advice,
    }
    told["doubts"] = [fault.value for fault in check.doubts]
    return named | {"tilt_degrees": round(check.tilt, 1)} | told | {"numbers": rounded(check.numbers)}


def rounded(numbers: Any) -> Any:
    """Three decimals are all that a measure is worth."""
    if isinstance(numbers, dict):
        return {key: rounded(value) for key, value in numbers.items() if key not in {"width", "height"}}
    return round(numbers, 3)
