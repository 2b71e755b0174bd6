"""`rebond badge verify FILE`: whether a badge is authentic, with all that was checked (docs/badges.md)."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.skills.credentials.reading import MOST_BYTES
from rebond.skills.credentials.strict import read_object
from rebond.skills.credentials.structure import issuer_of
from rebond.skills.enums import VerdictState
from rebond.skills.errors import CredentialRefused
from rebond.skills.queries.verdict import Papers, Verdict, verify_badge


class Command(BaseCommand):
    help = "Verify badges of Open Badges 3.0. Exit 1 for a badge that is not valid or not fully known, 2 for bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        verify = verbs.add_parser("verify", help="a PNG, SVG, JSON or token: what was checked, and the verdict")
        verify.add_argument("file", type=Path)
        verify.add_argument("--issuer", type=Path, help="the issuer's own document (JSON), for one of another network")
        verify.add_argument("--status-list", type=Path, help="the issuer's status list (JSON)")
        verify.add_argument("--email", default="", help="whether it was given to this e-mail")
        verify.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        papers = Papers(
            profile=self._document(options["issuer"]),
            status_list=self._document(options["status_list"]),
            email=options["email"],
        )
        verdict = verify_badge(_read(options["file"]), papers=papers)
        told = as_dict(verdict)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            for check in verdict.checks:
                self.stdout.write(f"{check.result:8} {check.label}: {check.said}")
            self.stdout.write(str(verdict.state.label))
        if verdict.state != VerdictState.VALID:
            sys.exit(1)

    def _document(self, path: Path | None) -> dict[str, Any] | None:
        if path is None:
            return None
        try:
            return read_object(_read(path))
        except CredentialRefused as refused:
            raise CommandError(f"{path}: {refused}", returncode=2) from None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}", returncode=2) from None


def as_dict(verdict: Verdict) -> dict[str, Any]:
    """What programs read: `verdict` is valid, refused or unsure; each check has its stable `key` and `code`."""
    return {
        "ok": verdict.state == VerdictState.VALID,
        "verdict": verdict.state.value,
        "form": verdict.brought.form if verdict.brought else None,
        "id": verdict.document.get("id"),
        "issuer": issuer_of(verdict.document) or None,
        "checks": [
            {"key": check.key, "result": check.result.value, "code": check.code, "said": str(check.said)}
            for check in verdict.checks
        ],
    }
