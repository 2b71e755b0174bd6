"""The files that `rebond badge issue` and `revoke` read, with the member that is wrong (docs/badges.md)."""

import datetime
from dataclasses import dataclass
from typing import Any

from rebond.accounts.models import User
from rebond.skills.addresses import award_address
from rebond.skills.credentials.moments import from_moment
from rebond.skills.models import Award, Badge
from rebond.skills.queries.documents import Proof


class PaperInvalid(Exception):  # noqa: N818 -- named by what happened
    """`str()` names the member and says what is expected of it."""


@dataclass(frozen=True, slots=True)
class Asked:
    badge: Badge
    user: User
    proofs: list[Proof]
    valid_until: datetime.datetime | None


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise PaperInvalid(f"`{name}`: expected a text.")
    return value.strip()


def _only(data: Any, names: set[str], where: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise PaperInvalid(f"{where}: expected an object.")
    if unknown := sorted(set(data) - names):
        raise PaperInvalid(f"`{unknown[0]}`: no such member; {where} has {', '.join(sorted(names))}.")
    return data


def read_issue(data: dict[str, Any]) -> Asked:
    """`badge` is the identifier of a badge, `person` an e-mail or an identifier of one of its team."""
    _only(data, {"badge", "person", "evidence", "valid_until"}, "the file")
    badge = Badge.objects.select_related("organisation").filter(public_id=_text(data, "badge")).first()
    if badge is None:
        raise PaperInvalid("`badge`: no badge has this identifier.")
    person = _text(data, "person")
    known = {"email__iexact": person} if "@" in person else {"public_id": person}
    user = User.objects.filter(memberships__organisation=badge.organisation_id, **known).distinct().first()
    if user is None:
        raise PaperInvalid("`person`: nobody of the organisation's team.")
    evidence = data.get("evidence", [])
    if not isinstance(evidence, list):
        raise PaperInvalid("`evidence`: expected a list.")
    return Asked(badge, user, [_proof(one) for one in evidence], _until(data.get("valid_until")))


def _proof(data: Any) -> Proof:
    _only(data, {"name", "narrative", "url"}, "one of `evidence`")
    others = {name: _text(data, name) for name in ("narrative", "url") if name in data}
    return Proof(_text(data, "name"), **others)


def _until(value: Any) -> datetime.datetime | None:
    if value is None:
        return None
    found = from_moment(value)
    if found is None:
        raise PaperInvalid("`valid_until`: expected a moment with its zone, as 2027-06-30T23:59:59Z.")
    return found


def read_revocation(data: dict[str, Any]) -> tuple[Award, str]:
    """`award` is an award's identifier or its credential's `id`; `reason` is read by the person."""
    _only(data, {"award", "reason"}, "the file")
    named = _text(data, "award")
    token = named.rstrip("/").rpartition("/")[2]
    rows = Award.objects.select_related("badge", "organisation")
    award = rows.filter(public_id=named).first() or rows.filter(token=token).first()
    if award is None or named not in {award.public_id, award_address(award.token)}:
        raise PaperInvalid("`award`: no badge was given under this identifier.")
    return award, _text(data, "reason")
