"""What an Open Badge 3.0 must have besides a good signature (Open Badges 3.0, B.1)."""

from typing import Any

from rebond.skills.credentials.canonical import ADDRESS
from rebond.skills.credentials.contexts import BADGES, CREDENTIALS, OLDER_BADGES, contexts_of
from rebond.skills.credentials.moments import from_moment
from rebond.skills.errors import CredentialRefused

BADGE_TYPES = {"OpenBadgeCredential", "AchievementCredential"}


def check_structure(document: dict[str, Any]) -> None:
    """Raise CredentialRefused with the first member that is missing or wrong."""
    contexts = contexts_of(document)
    _need(len(contexts) == 2 and contexts[0] == CREDENTIALS and contexts[1] in {BADGES, *OLDER_BADGES}, "@context")
    _need(_types(document) >= {"VerifiableCredential"} and bool(_types(document) & BADGE_TYPES), "type")
    _need(_is_address(document.get("id")), "id")
    _need(_is_address(issuer_of(document)), "issuer")
    _need(from_moment(document.get("validFrom")) is not None, "validFrom")
    _need("validUntil" not in document or from_moment(document["validUntil"]) is not None, "validUntil")
    _check_subject(document.get("credentialSubject"))


def _check_subject(subject: Any) -> None:
    _need(isinstance(subject, dict) and "AchievementSubject" in _types(subject), "credentialSubject")
    _need(_is_address(subject.get("id")) or bool(subject.get("identifier")), "credentialSubject.id")
    achievement = subject.get("achievement")
    _need(isinstance(achievement, dict) and "Achievement" in _types(achievement), "credentialSubject.achievement")
    _need(_is_address(achievement.get("id")), "credentialSubject.achievement.id")
    for name in ("name", "description"):
        _need(_is_text(achievement.get(name)), f"credentialSubject.achievement.{name}")
    criteria = achievement.get("criteria")
    said = isinstance(criteria, dict) and (_is_text(criteria.get("narrative")) or _is_address(criteria.get("id")))
    _need(said, "credentialSubject.achievement.criteria")


def issuer_of(document: dict[str, Any]) -> str:
    """The address of the issuer, "" for none."""
    issuer = document.get("issuer")
    found = issuer.get("id") if isinstance(issuer, dict) else issuer
    return found if isinstance(found, str) else ""


def _types(value: dict[str, Any]) -> set[str]:
    found = value.get("type", [])
    return {one for one in (found if isinstance(found, list) else [found]) if isinstance(one, str)}


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_address(value: Any) -> bool:
    return isinstance(value, str) and bool(ADDRESS.fullmatch(value))


def _need(is_there: bool, member: str) -> None:  # noqa: FBT001 -- a condition, read as one
    if not is_there:
        raise CredentialRefused("not_badge", member)
