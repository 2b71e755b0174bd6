"""Signed links to what has no account: whoever holds the link of a mail finds it, nobody by trying numbers."""

from django.core import signing


def token_for(salt: str, public_id: str) -> str:
    """What proves that a link to `public_id` came from us; `salt` is of one kind of thing."""
    return signing.Signer(salt=salt).signature(public_id)


def is_ours(salt: str, public_id: str, token: str) -> bool:
    """Whether `token` is what `token_for` gave for it."""
    try:
        signing.Signer(salt=salt).unsign(f"{public_id}:{token}")
    except signing.BadSignature:
        return False
    return True
