"""Whether a badge is authentic: each thing that was checked, with its result, in the standard's order.

Nothing is asked of the network: who verifies a badge tells nobody (people.md 3.1). What cannot be known without it is
said to be unknown, and never taken for right.
"""

import datetime
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from rebond.skills.credentials import integrity, tokens
from rebond.skills.credentials.methods import key_in_profile, key_of_did
from rebond.skills.credentials.moments import from_moment
from rebond.skills.credentials.reading import Brought, read_badge
from rebond.skills.credentials.statuslist import is_set
from rebond.skills.credentials.structure import check_structure, issuer_of
from rebond.skills.enums import AwardState, CheckResult, VerdictState
from rebond.skills.errors import CredentialRefused
from rebond.skills.queries.own import own_award, own_key

OK, BAD, UNKNOWN = CheckResult.OK, CheckResult.BAD, CheckResult.UNKNOWN
LABELS: dict[str, Promise] = {
    "file": _("What was brought"),
    "form": _("What a badge must say"),
    "issuer": _("Who issued it"),
    "signature": _("The signature"),
    "revoked": _("Taken back or not"),
    "period": _("The dates"),
    "recipient": _("Whose badge it is"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """`key` is one of LABELS; `code` is that of the refusal (errors.REFUSALS), for programs."""

    key: str
    result: CheckResult
    said: Promise | str
    code: str = ""

    @property
    def label(self) -> Promise:
        return LABELS[self.key]


@dataclass(frozen=True, slots=True)
class Papers:
    """What the person who verifies has of the issuer, brought along: its own document, and its status list."""

    profile: dict[str, Any] | None = None
    status_list: dict[str, Any] | None = None
    email: str = ""


@dataclass(slots=True)
class Verdict:
    """`brought` is None where the file could not be read."""

    brought: Brought | None = None
    checks: list[Check] = field(default_factory=list)

    @property
    def state(self) -> VerdictState:
        results = {check.result for check in self.checks}
        if BAD in results:
            return VerdictState.REFUSED
        return VerdictState.UNSURE if UNKNOWN in results else VerdictState.VALID

    @property
    def document(self) -> dict[str, Any]:
        return self.brought.document if self.brought else {}

    def note(self, key: str, result: CheckResult, said: Promise | str, code: str = "") -> None:
        self.checks.append(Check(key, result, said, code))

    def attempt(self, key: str, said: Promise | str, act: Callable[[], Any]) -> bool:
        """Note `said` where `act` goes through, else its refusal."""
        try:
            act()
        except CredentialRefused as refused:
            self.note(key, BAD, str(refused), refused.code)
            return False
        self.note(key, OK, said)
        return True


def verify_badge(data: bytes, *, papers: Papers | None = None, now: datetime.datetime | None = None) -> Verdict:
    """The verdict on a PNG, SVG, JSON or token. Never raises for what a stranger brings."""
    papers, now, verdict = papers or Papers(), now or timezone.now(), Verdict()
    try:
        brought = verdict.brought = read_badge(data)
    except CredentialRefused as refused:
        verdict.note("file", BAD, str(refused), refused.code)
        return verdict
    verdict.note("file", OK, _("It can be read, and holds one badge."))
    verdict.attempt(
        "form", _("Every part that the standard asks for is there."), lambda: check_structure(brought.document)
    )
    key = _check_issuer(verdict, brought, papers)
    if key and verdict.attempt(
        "signature", _("Nothing was changed since it was signed."), lambda: _prove(brought, key, now)
    ):
        _check_revoked(verdict, papers, key, now)
    elif not key:
        verdict.note("signature", UNKNOWN, _("Without the issuer’s key the signature cannot be checked."))
    _check_period(verdict, now)
    if papers.email:
        _check_recipient(verdict, papers.email)
    return verdict


def _prove(brought: Brought, key: str, now: datetime.datetime) -> None:
    if brought.token:
        tokens.verify_token(brought.token, public=key)
    else:
        integrity.verify_proof(brought.document, public=key, now=now)


def _check_issuer(verdict: Verdict, brought: Brought, papers: Papers) -> str:
    """The key that must have signed, and whether it is the named issuer's."""
    method, issuer = brought.method, issuer_of(brought.document)
    own, profile = own_key(issuer, method), papers.profile
    if own is not None:
        if own:
            verdict.note("issuer", OK, _("An organisation of our network, with a key of its own."))
        else:
            verdict.note("issuer", BAD, _("This organisation of our network never had this key."), "foreign_key")
        return own
    if profile is not None and profile.get("id") == issuer:
        try:
            key = key_in_profile(profile, method)
        except CredentialRefused as refused:
            verdict.note("issuer", BAD, str(refused), refused.code)
            return ""
        if key:
            verdict.note("issuer", OK, _("The key is in the document of the issuer that you brought."))
        else:
            verdict.note("issuer", BAD, _("The issuer’s document does not know this key."), "foreign_key")
        return key
    if key := key_of_did(method):
        if issuer == method.partition("#")[0]:
            verdict.note("issuer", OK, _("The issuer is named by its key alone: ask them who they are."))
        else:
            verdict.note("issuer", UNKNOWN, _("A key signed it, and nothing here says that it is the issuer’s."))
        return key
    verdict.note("issuer", UNKNOWN, _("This issuer is not of our network, and nothing is asked of the internet."))
    return ""


def _check_revoked(verdict: Verdict, papers: Papers, key: str, now: datetime.datetime) -> None:
    if own_key(issuer_of(verdict.document), verdict.brought.method if verdict.brought else ""):
        _check_own(verdict)
        return
    entry = verdict.document.get("credentialStatus")
    if entry is None:
        verdict.note("revoked", OK, _("Its issuer gave it without a way to take it back."))
        return
    known = papers.status_list
    if not isinstance(entry, dict) or known is None or known.get("id") != entry.get("statusListCredential"):
        verdict.note("revoked", UNKNOWN, _("The issuer’s list of badges taken back is not here."))
        return
    try:
        integrity.verify_proof(known, public=key, now=now)
        listed, number = known["credentialSubject"], str(entry.get("statusListIndex"))
        is_same = listed["statusPurpose"] == entry.get("statusPurpose") == "revocation"
        is_revoked = is_set(str(listed["encodedList"]), int(number) if is_same and number.isdecimal() else -1)
    except (CredentialRefused, KeyError, TypeError) as refused:
        verdict.note("revoked", BAD, str(CredentialRefused("broken_list")), getattr(refused, "code", "broken_list"))
        return
    if is_revoked:
        verdict.note("revoked", BAD, _("Its issuer took it back."), "revoked")
    else:
        verdict.note("revoked", OK, _("Its issuer has not taken it back."))


def _check_own(verdict: Verdict) -> None:
    """Our own registry: a badge signed by our key that it does not know was made by somebody who has the key."""
    award = own_award(verdict.document)
    if award is None:
        verdict.note("revoked", BAD, _("This badge is not in the registry of our network."), "unknown_award")
    elif award.state == AwardState.REVOKED:
        verdict.note("revoked", BAD, _("Its issuer took it back."), "revoked")
    else:
        verdict.note("revoked", OK, _("Its issuer has not taken it back."))


def _check_period(verdict: Verdict, now: datetime.datetime) -> None:
    begins, ends = (from_moment(verdict.document.get(name)) for name in ("validFrom", "validUntil"))
    if begins is not None and begins > now:
        verdict.note("period", BAD, _("It is valid only later."), "too_early")
    elif ends is not None and ends <= now:
        verdict.note("period", BAD, _("It is not valid any more."), "expired")
    else:
        verdict.note("period", OK, _("It is valid today."))


def _check_recipient(verdict: Verdict, email: str) -> None:
    """Compare with the e-mail that the person told: the badge itself holds only its salted hash."""
    subject = verdict.document.get("credentialSubject")
    entries = subject.get("identifier", []) if isinstance(subject, dict) else []
    for entry in entries if isinstance(entries, list) else [entries]:
        if isinstance(entry, dict) and _is_of(entry, email):
            verdict.note("recipient", OK, _("It was given to the person who has this e-mail."))
            return
    verdict.note("recipient", BAD, _("It was not given to this e-mail."), "other_person")


def _is_of(entry: dict[str, Any], email: str) -> bool:
    if entry.get("hashed") is not True or entry.get("identityType") != "emailAddress":
        return False
    hashed = hash_identity(email, str(entry.get("salt", "")))
    return hmac.compare_digest(hashed.encode(), str(entry.get("identityHash")).encode())


def hash_identity(value: str, salt: str) -> str:
    """Open Badges 3.0, IdentityHash: `sha256$` and the SHA-256 of the value with its salt; e-mails in lower case."""
    return "sha256$" + hashlib.sha256((value.strip().lower() + salt).encode()).hexdigest()
