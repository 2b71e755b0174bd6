"""`rebond badge issue|verify|revoke FILE`: badges for scripts; formats and exit codes in docs/badges.md."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from rebond.skills.actions.award import issue_award, revoke_award
from rebond.skills.addresses import award_address
from rebond.skills.credentials.reading import MOST_BYTES
from rebond.skills.credentials.strict import read_object
from rebond.skills.credentials.structure import issuer_of
from rebond.skills.enums import VerdictState
from rebond.skills.errors import CredentialRefused, SkillsError
from rebond.skills.management.papers import PaperInvalid, read_issue, read_revocation
from rebond.skills.queries.files import FORMS, file_of
from rebond.skills.queries.verdict import Papers, Verdict, verify_badge


class Command(BaseCommand):
    help = "Badges of Open Badges 3.0. Exit 1 for what is refused or not fully known, 2 for bad input."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        issue = verbs.add_parser("issue", help="give a badge that is written at the desk (JSON)")
        issue.add_argument("--output", type=Path, help="where the signed badge is written: .png, .svg, .json or .jwt")
        verify = verbs.add_parser("verify", help="a PNG, SVG, JSON or token: what was checked, and the verdict")
        verify.add_argument("--issuer", type=Path, help="the issuer's own document (JSON), for one of another network")
        verify.add_argument("--status-list", type=Path, help="the issuer's status list (JSON)")
        verify.add_argument("--email", default="", help="whether it was given to this e-mail")
        revoke = verbs.add_parser("revoke", help="take back a badge, with a reason (JSON)")
        for verb in (issue, verify, revoke):
            verb.add_argument("file", type=Path)
            verb.add_argument("--json", action="store_true", help="one JSON object on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, options["verb"])(options)
        except PaperInvalid as invalid:
            raise CommandError(f"{options['file']}: {invalid}", returncode=2) from None
        except SkillsError as refused:
            raise CommandError(str(refused), returncode=1) from None

    def issue(self, options: dict[str, Any]) -> None:
        output = options["output"]
        form = {"jwt": "jeton"}.get(output.suffix[1:], output.suffix[1:]) if output is not None else "json"
        if form not in FORMS:
            raise CommandError("--output must end with .png, .svg, .json or .jwt", returncode=2)
        asked = read_issue(self._document(options["file"]))
        award = issue_award(
            badge=asked.badge, user=asked.user, proofs=asked.proofs, valid_until=asked.valid_until, by=None
        )
        made = file_of(award, form)
        if output is not None and made is not None:
            output.write_bytes(made.data)
        told = {"ok": True, "award": award.public_id, "id": award_address(award.token), "file": output and str(output)}
        if output is None:
            told["credential"] = json.loads(award.credential)
        self._tell(options, told, f"{award.public_id} {told['id']}")

    def revoke(self, options: dict[str, Any]) -> None:
        award, reason = read_revocation(self._document(options["file"]))
        revoke_award(award=award, reason=reason, by=None)
        told = {"ok": True, "award": award.public_id, "id": award_address(award.token), "state": str(award.state)}
        self._tell(options, told, f"{award.public_id} {award.get_state_display()}")

    def verify(self, options: dict[str, Any]) -> None:
        papers = Papers(
            profile=self._document(options["issuer"]) if options["issuer"] else None,
            status_list=self._document(options["status_list"]) if options["status_list"] else None,
            email=options["email"],
        )
        verdict = verify_badge(_read(options["file"]), papers=papers)
        lines = [f"{check.result:8} {check.label}: {check.said}" for check in verdict.checks]
        self._tell(options, as_dict(verdict), "\n".join([*lines, str(verdict.state.label)]))
        if verdict.state != VerdictState.VALID:
            sys.exit(1)

    def _tell(self, options: dict[str, Any], told: dict[str, Any], words: str) -> None:
        self.stdout.write(json.dumps(told, ensure_ascii=False) if options["json"] else words)

    def _document(self, path: Path) -> dict[str, Any]:
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
