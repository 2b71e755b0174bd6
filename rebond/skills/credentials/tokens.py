"""VC-JWT: the same credential as one signed token (Open Badges 3.0, 8.2), with Ed25519 (`EdDSA`, RFC 8037)."""

import base64
import json
from typing import Any

from rebond.skills.credentials import keys
from rebond.skills.credentials.moments import from_moment
from rebond.skills.credentials.strict import read_object
from rebond.skills.errors import CredentialRefused

ALGORITHMS = ("EdDSA", "Ed25519")  # one signature, two names (RFC 9864)
HEADERS = {"alg", "kid", "typ", "cty"}  # any other could change what is verified


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    """Strict base64url: other writings of the same bytes are refused, so that a token has one form only."""
    try:
        found = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raise CredentialRefused("bad_token") from None
    if _encoded(found) != text:
        raise CredentialRefused("bad_token")
    return found


def _seconds(text: Any) -> int | None:
    moment = from_moment(text)
    return None if moment is None else int(moment.timestamp())


def _claims(document: dict[str, Any]) -> dict[str, Any]:
    """What the token says again of the credential, under the names of RFC 7519."""
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    found = {
        "iss": issuer.get("id") if isinstance(issuer, dict) else issuer,
        "jti": document.get("id"),
        "nbf": _seconds(document.get("validFrom")),
        "exp": _seconds(document.get("validUntil")),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def make_token(document: dict[str, Any], *, private: str, method: str) -> str:
    """The credential, without its embedded proof, as a token signed by `private` (Multikey)."""
    header = {"alg": "EdDSA", "typ": "JWT", "kid": method}
    payload = {name: value for name, value in document.items() if name != "proof"} | _claims(document)
    parts = [
        _encoded(json.dumps(part, ensure_ascii=False, separators=(",", ":")).encode()) for part in (header, payload)
    ]
    return ".".join([*parts, _encoded(keys.sign(".".join(parts).encode(), private))])


def read_token(token: str) -> tuple[str, dict[str, Any]]:
    """(where the key is found, the credential), not verified yet. Raise CredentialRefused."""
    parts = token.split(".")
    if len(parts) != 3:
        raise CredentialRefused("bad_token")
    header, payload = read_object(_decoded(parts[0])), read_object(_decoded(parts[1]))
    if header.get("alg") not in ALGORITHMS:
        raise CredentialRefused("unknown_proof", f"JWT {header.get('alg')}")
    if set(header) - HEADERS or not isinstance(header.get("kid"), str):
        raise CredentialRefused("bad_token")
    return header["kid"], _checked(payload)


def _checked(payload: dict[str, Any]) -> dict[str, Any]:
    """The credential of a payload whose claims say the same as it."""
    said = {name: payload[name] for name in ("iss", "jti", "nbf", "exp", "sub") if name in payload}
    document = {name: value for name, value in payload.items() if name not in {*said, "iat", "aud", "nonce"}}
    claims = _claims(document)
    for name, value in said.items():
        if claims.get(name) != value:
            raise CredentialRefused("token_differs", name)
    return document


def verify_token(token: str, *, public: str) -> None:
    """Raise CredentialRefused unless the key `public` (Multikey) signed this very token."""
    read_token(token)
    signed, _dot, signature = token.rpartition(".")
    keys.verify(signed.encode(), _decoded(signature), public)
