"""The documents that we publish or sign: issuer, achievement, credential, status list (docs/badges.md)."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebond.network.models import Organisation
from rebond.skills.addresses import (
    award_address,
    badge_address,
    issuer_address,
    list_address,
    method_address,
    picture_address,
)
from rebond.skills.credentials.contexts import BADGES, CREDENTIALS
from rebond.skills.credentials.integrity import add_proof
from rebond.skills.credentials.moments import as_moment
from rebond.skills.credentials.statuslist import encode_bits
from rebond.skills.enums import AwardState
from rebond.skills.models import Award, Badge, IssuerKey, StatusList
from rebond.skills.queries.verdict import hash_identity

CID = "https://www.w3.org/ns/cid/v1"  # Controlled Identifiers 1.0: never canonicalised, so it needs no copy here


@dataclass(frozen=True, slots=True)
class Proof:
    """One thing that the person did, which the badge tells; `url` leads to more, where there is some."""

    name: str
    narrative: str = ""
    url: str = ""


def active_key(organisation: Organisation) -> IssuerKey | None:
    """The key that signs now; None before the first badge."""
    return IssuerKey.objects.filter(organisation=organisation, retired_at__isnull=True).first()


def issuer_profile(organisation: Organisation) -> dict[str, Any]:
    """A Profile of Open Badges and a Controlled Identifier document in one: name, and every key that ever signed."""
    address = issuer_address(organisation)
    keys = IssuerKey.objects.filter(organisation=organisation).order_by("-pk").values_list("multikey", flat=True)
    methods = [
        {
            "id": method_address(organisation, multikey),
            "type": "Multikey",
            "controller": address,
            "publicKeyMultibase": multikey,
        }
        for multikey in keys
    ]
    return {
        "@context": [CID, BADGES],
        "id": address,
        "type": ["Profile"],
        "name": organisation.name,
        "url": address,
        "verificationMethod": methods,
        "assertionMethod": [method["id"] for method in methods],
    }


def achievement_of(badge: Badge) -> dict[str, Any]:
    """The Achievement that stands in each credential, and at the badge's own address."""
    return {
        "id": badge_address(badge.public_id),
        "type": ["Achievement"],
        "achievementType": badge.kind,
        "name": badge.name,
        "description": badge.description,
        "criteria": {"narrative": badge.criteria},
        "inLanguage": "fr",
        "version": str(badge.version),
        "creator": {"id": issuer_address(badge.organisation), "type": ["Profile"]},
        "image": {"id": picture_address(badge.public_id), "type": "Image"},
    }


def recipient_of(user: Any, salt: str) -> dict[str, Any]:
    """Who received it, as a salted hash: of the e-mail, else of our number where the person has none."""
    value, kind = (user.email, "emailAddress") if user.email else (user.public_id, "systemId")
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityType": kind,
        "identityHash": hash_identity(value, salt),
        "salt": salt,
    }


def credential_of(award: Award, *, salt: str, proofs: Sequence[Proof]) -> dict[str, Any]:
    """The unsigned credential of an award. Never the person's name nor status: the file may go anywhere."""
    badge, moment = award.badge, as_moment(award.issued_at)
    listed = list_address(award.status_list.public_id)
    found: dict[str, Any] = {
        "@context": [CREDENTIALS, BADGES],
        "id": award_address(award.token),
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": badge.name,
        "issuer": {"id": issuer_address(badge.organisation), "type": ["Profile"], "name": badge.organisation.name},
        "validFrom": moment,
        "awardedDate": moment,
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "identifier": [recipient_of(award.user, salt)],
            "achievement": achievement_of(badge),
        },
        "credentialStatus": {
            "id": f"{listed}#{award.status_index}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(award.status_index),
            "statusListCredential": listed,
        },
    }
    if award.valid_until is not None:
        found["validUntil"] = as_moment(award.valid_until)
    if proofs:
        found["evidence"] = [_evidence(proof) for proof in proofs]
    return found


def _evidence(proof: Proof) -> dict[str, Any]:
    told = {"id": proof.url, "name": proof.name, "narrative": proof.narrative}
    return {"type": ["Evidence"]} | {name: text for name, text in told.items() if text}


def signed_list(status_list: StatusList, *, now: datetime.datetime) -> dict[str, Any] | None:
    """The list as a signed credential, made when it is read; None where no key of the organisation signs."""
    key = active_key(status_list.organisation)
    if key is None or key.private is None:
        return None
    address = list_address(status_list.public_id)
    revoked = Award.objects.filter(status_list=status_list, state=AwardState.REVOKED)
    document = {
        "@context": [CREDENTIALS],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer_address(status_list.organisation),
        "validFrom": as_moment(status_list.made_at),
        "credentialSubject": {
            "id": f"{address}#liste",
            "type": "BitstringStatusList",
            "statusPurpose": "revocation",
            "encodedList": encode_bits(revoked.values_list("status_index", flat=True)),
        },
    }
    method = method_address(status_list.organisation, key.multikey)
    return add_proof(document, private=key.private, method=method, created=now)
