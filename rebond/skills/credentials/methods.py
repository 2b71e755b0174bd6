"""Where a signature's key is found, without the network: in the address itself, or in a document of the issuer."""

from typing import Any

from rebond.skills.errors import CredentialRefused

DID_KEY = "did:key:"


def key_of_did(method: str) -> str:
    """The Multikey of a `did:key` address, which is its own key; "" for another kind of address."""
    did, _hash, fragment = method.partition("#")
    key = did.removeprefix(DID_KEY)
    return key if did.startswith(DID_KEY) and fragment in {"", key} else ""


def key_in_profile(profile: dict[str, Any], method: str) -> str:
    """The Multikey that an issuer's own document gives for signing badges at the address `method`; "" for none.

    A Controlled Identifier document (W3C, 2025), which a did:web document and an issuer's profile both are.
    """
    allowed = [_id_of(one) for one in _list(profile.get("assertionMethod"))]
    entries = [*_list(profile.get("verificationMethod")), *_list(profile.get("assertionMethod"))]
    for entry in entries:
        if isinstance(entry, dict) and entry.get("id") == method and method in allowed:
            key = entry.get("publicKeyMultibase")
            if entry.get("controller") != profile.get("id") or not isinstance(key, str):
                raise CredentialRefused("broken_key")
            return key
    return ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _id_of(entry: Any) -> Any:
    return entry.get("id") if isinstance(entry, dict) else entry
