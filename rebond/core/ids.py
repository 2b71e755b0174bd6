"""Public identifiers: random, unguessable, never the row's number."""

import hashlib
import secrets

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"  # no 0/o, 1/i/l


def public_id() -> str:
    """A new 12-character identifier for addresses: 31**12, about 59 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(12))


def repeated_id(*parts: object) -> str:
    """The 12-character identifier that the same parts always give: an act sent twice names one row."""
    number = int.from_bytes(hashlib.sha256(repr(parts).encode()).digest())
    return "".join(ALPHABET[number // len(ALPHABET) ** place % len(ALPHABET)] for place in range(12))


def hash_secret(secret: str) -> str:
    """What is kept of a random token of 128 bits or more: its SHA-256, hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()
