"""The two hashes of the register, as decision 14 writes them down: anybody can compute them again.

Both are of canonical JSON: keys sorted, no space, UTF-8, dates as ISO text, nothing as null.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

VERSION = 1
SALT_BYTES = 32
_WRITER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
START = "0" * 64  # the hash before the first line


def canonical(facts: Mapping[str, Any]) -> bytes:
    """The only writing of `facts`."""
    return _WRITER.encode(facts).encode()


def line_hash(facts: Mapping[str, Any], previous_hash: str) -> str:
    """SHA-256 of a line and of the hash before it."""
    return hashlib.sha256(canonical({**facts, "previous": previous_hash, "v": VERSION})).hexdigest()


def new_salt() -> str:
    """A secret of 256 bits: without it a commitment tells nothing, however few documents there are."""
    return secrets.token_hex(SALT_BYTES)


def commitment_to(identity: Mapping[str, str], salt: str) -> str:
    """HMAC-SHA-256 of an identity under its own salt: proves it while both are kept, says nothing after."""
    return hmac.new(bytes.fromhex(salt), canonical(identity), hashlib.sha256).hexdigest()
