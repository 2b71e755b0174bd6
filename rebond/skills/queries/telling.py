"""What a badge says, for people: read from its file, whoever made it."""

from dataclasses import dataclass
from typing import Any

from rebond.skills.credentials.moments import from_moment

MOST = 20


@dataclass(frozen=True, slots=True)
class Told:
    """Plain text only: a stranger wrote it."""

    name: str
    description: str
    criteria: str
    issuer: str
    awarded: Any
    until: Any
    proofs: tuple[tuple[str, str, str], ...]  # name, words, link
    badge_id: str


def _text(value: Any, most: int = 2000) -> str:
    """A text, or that of a value with its language."""
    if isinstance(value, dict):
        value = value.get("@value")
    return value[:most] if isinstance(value, str) else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def told_by(document: dict[str, Any]) -> Told:
    """What a document says of itself; nothing in it is true before it is verified."""
    subject = _dict(document.get("credentialSubject"))
    achievement, issuer = _dict(subject.get("achievement")), document.get("issuer")
    evidence = document.get("evidence", [])
    proofs = [_proof(_dict(one)) for one in (evidence if isinstance(evidence, list) else [evidence])[:MOST]]
    return Told(
        name=_text(achievement.get("name"), 200) or _text(document.get("name"), 200),
        description=_text(achievement.get("description")),
        criteria=_text(_dict(achievement.get("criteria")).get("narrative")),
        issuer=_text(_dict(issuer).get("name"), 200) or _text(_dict(issuer).get("id") or issuer, 300),
        awarded=from_moment(document.get("awardedDate")) or from_moment(document.get("validFrom")),
        until=from_moment(document.get("validUntil")),
        proofs=tuple(proofs),
        badge_id=_text(achievement.get("id"), 300),
    )


def _proof(one: dict[str, Any]) -> tuple[str, str, str]:
    link = _text(one.get("id"), 500)
    return _text(one.get("name"), 200), _text(one.get("narrative")), link if link.startswith("https://") else ""
