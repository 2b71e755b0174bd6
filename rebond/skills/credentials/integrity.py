"""Data Integrity with the suite `eddsa-rdfc-2022` (W3C Recommendation of 2025): a proof inside of the document."""

import datetime
from hashlib import sha256
from typing import Any

from rebond.skills.credentials import keys
from rebond.skills.credentials.canonical import canonical
from rebond.skills.credentials.contexts import contexts_of
from rebond.skills.credentials.moments import as_moment, from_moment
from rebond.skills.errors import CredentialRefused

SUITE = "eddsa-rdfc-2022"


def hash_data(document: dict[str, Any], options: dict[str, Any]) -> bytes:
    """64 bytes to sign: SHA-256 of the canonical options, then of the canonical document without its proof."""
    unsigned = {name: value for name, value in document.items() if name != "proof"}
    return sha256(canonical(options)).digest() + sha256(canonical(unsigned)).digest()


def add_proof(document: dict[str, Any], *, private: str, method: str, created: datetime.datetime) -> dict[str, Any]:
    """A copy of `document` with its proof by the key `private` (Multikey), which others find at `method`.

    Raise CredentialRefused where a member of the document would stay unsigned: we never issue such a one.
    """
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": SUITE,
        "created": as_moment(created),
        "verificationMethod": method,
        "proofPurpose": "assertionMethod",
    }
    signature = keys.sign(hash_data(document, options | {"@context": document["@context"]}), private)
    return document | {"proof": options | {"proofValue": keys.to_multibase(signature)}}


def proof_of(document: dict[str, Any]) -> dict[str, Any]:
    """The one proof of a document, of our suite. Raise CredentialRefused."""
    proof = document.get("proof")
    proofs = proof if isinstance(proof, list) else [proof]
    if not proof:
        raise CredentialRefused("no_proof")
    if len(proofs) != 1:
        raise CredentialRefused("many_proofs")
    found = proofs[0]
    if not isinstance(found, dict):
        raise CredentialRefused("broken_proof")
    if (found.get("type"), found.get("cryptosuite")) != ("DataIntegrityProof", SUITE):
        raise CredentialRefused("unknown_proof", f"{found.get('type')} {found.get('cryptosuite', '')}".strip())
    if found.get("proofPurpose") != "assertionMethod":
        raise CredentialRefused("wrong_purpose", found.get("proofPurpose"))
    if not all(isinstance(found.get(name), str) for name in ("verificationMethod", "proofValue")):
        raise CredentialRefused("broken_proof")
    return found


def verify_proof(document: dict[str, Any], *, public: str, now: datetime.datetime) -> None:
    """Raise CredentialRefused unless the key `public` (Multikey) signed this very document."""
    proof = proof_of(document)
    _check_times(proof, now)
    options = {name: value for name, value in proof.items() if name != "proofValue"}
    contexts = contexts_of(document)
    named = options.setdefault("@context", document["@context"])
    if contexts[: len(contexts_of(options))] != contexts_of({"@context": named}):
        raise CredentialRefused("broken_proof")
    try:
        signature = keys.from_multibase(proof["proofValue"])
    except CredentialRefused:
        raise CredentialRefused("broken_proof") from None
    if len(signature) != 64:
        raise CredentialRefused("broken_proof")
    keys.verify(hash_data(document | {"@context": named}, options), signature, public)


def _check_times(proof: dict[str, Any], now: datetime.datetime) -> None:
    if "created" in proof and from_moment(proof["created"]) is None:
        raise CredentialRefused("broken_proof")
    if "expires" in proof:
        expires = from_moment(proof["expires"])
        if expires is None:
            raise CredentialRefused("broken_proof")
        if expires <= now:
            raise CredentialRefused("proof_expired", proof["expires"])
