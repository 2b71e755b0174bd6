"""`rebond decode FILE…`: the codes on pictures (QR, EAN, UPC, Code 128), read as the stations' pages read them."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from rebond.core.images import ImageRefused
from rebond.core.images.codes import read_codes


class Command(BaseCommand):
    help = "Read the codes on pictures. Exit status 1 where a file is unreadable; a picture without code is none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object a line and file on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        is_refused = False
        for path in options["files"]:
            answer: dict[str, Any] = {"file": str(path), "codes": []}
            try:
                answer["codes"] = [{"text": c.text, "format": c.format} for c in read_codes(path.read_bytes())]
            except ImageRefused as refused:
                is_refused = True
                answer |= {"refused": str(refused.code), "reason": str(refused)}
            self.stdout.write(json.dumps(answer, ensure_ascii=False) if options["json"] else _line(answer))
        if is_refused:
            raise SystemExit(1)


def _line(answer: dict[str, Any]) -> str:
    read = ", ".join(f"{code['text']} ({code['format']})" for code in answer["codes"])
    return f"{answer['file']}: {answer.get('reason') or read or 'no code'}"
