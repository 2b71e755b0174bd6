"""Bitstring Status List 1.0: one bit for each badge, so that asking for one does not tell which."""

import base64
import gzip
import io
import zlib
from collections.abc import Iterable

from rebond.skills.errors import CredentialRefused

SIZE = 131_072  # bits: the least that the standard allows
MOST = 2 * 1024 * 1024  # bytes of a list that is read


def encode_bits(revoked: Iterable[int], size: int = SIZE) -> str:
    """`u` + base64url(gzip(bits)), most significant bit first; the same numbers always give the same text."""
    bits = bytearray(size // 8)
    for number in revoked:
        bits[number // 8] |= 0x80 >> number % 8
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).decode().rstrip("=")


def is_set(encoded: str, number: int) -> bool:
    """Whether the bit `number` is set. Raise CredentialRefused for a list that is broken, short, or too long."""
    try:
        packed = base64.urlsafe_b64decode(encoded[1:] + "=" * (-len(encoded[1:]) % 4))
        with gzip.open(io.BytesIO(packed)) as file:
            bits = file.read(MOST + 1)
    except (ValueError, OSError, EOFError, zlib.error):
        raise CredentialRefused("broken_list") from None
    if not encoded.startswith("u") or not SIZE // 8 <= len(bits) <= MOST or not 0 <= number < len(bits) * 8:
        raise CredentialRefused("broken_list")
    return bool(bits[number // 8] & 0x80 >> number % 8)
