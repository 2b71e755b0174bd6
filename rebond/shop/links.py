"""Signed links to what has no account: whoever holds the link of a mail finds it, nobody by trying numbers."""

from collections.abc import Mapping
from typing import Any

from django.core import signing

# One of each kind of thing that has a link by its public id: a link that opens nothing any more is still none guessed.
SALTS = frozenset(
    {"rebond.shop.again", "rebond.shop.alert", "rebond.shop.order", "rebond.shop.return", "rebond.shop.withdrawal"},
)
GUEST = "rebond.shop.guest-data"  # that of a guest's data names its thing itself, and is over after some days


def _signer(salt: str) -> signing.Signer:
    if salt not in SALTS:
        raise KeyError(salt)
    return signing.Signer(salt=salt)


def token_for(salt: str, public_id: str) -> str:
    """What proves that a link to `public_id` came from us; `salt` is of one kind of thing (SALTS)."""
    return _signer(salt).signature(public_id)


def is_ours(salt: str, public_id: str, token: str) -> bool:
    """Whether `token` is what `token_for` gave for it."""
    try:
        _signer(salt).unsign(f"{public_id}:{token}")
    except signing.BadSignature:
        return False
    return True


def is_signed(values: Mapping[str, Any]) -> bool:
    """Whether we signed the link of these parameters of an address, whatever became of its thing, and of its time."""
    guest = values.get("guest")
    if guest is not None:
        try:
            signing.TimestampSigner(salt=GUEST).unsign(guest)
        except signing.BadSignature:
            return False
        return True
    name, token = str(values.get("public_id", "")), str(values.get("token", ""))
    return any(is_ours(salt, name, token) for salt in sorted(SALTS))
