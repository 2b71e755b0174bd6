"""Ed25519 keys as Multikey text (W3C Controlled Identifiers 1.0): `z` + base58btc(prefix + key)."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from rebond.skills.errors import CredentialRefused

ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"  # base58btc
PUBLIC, PRIVATE = b"\xed\x01", b"\x80\x26"  # multicodec ed25519-pub, ed25519-priv


def to_multibase(data: bytes) -> str:
    """`z` and base58btc."""
    number, text = int.from_bytes(data), ""
    while number:
        number, rest = divmod(number, 58)
        text = ALPHABET[rest] + text
    return "z" + "1" * (len(data) - len(data.lstrip(b"\0"))) + text


def from_multibase(text: str) -> bytes:
    """Raise CredentialRefused for anything but `z` and base58btc of at most 200 signs."""
    if not text.startswith("z") or len(text) > 200 or any(sign not in ALPHABET for sign in text[1:]):
        raise CredentialRefused("broken_key")
    digits, number = text[1:], 0
    for sign in digits:
        number = number * 58 + ALPHABET.index(sign)
    zeros = len(digits) - len(digits.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8)


def new_private() -> str:
    """A new private key, as Multikey text: seal it."""
    return to_multibase(PRIVATE + Ed25519PrivateKey.generate().private_bytes_raw())


def _opened(private: str) -> Ed25519PrivateKey:
    data = from_multibase(private)
    if len(data) != 34 or not data.startswith(PRIVATE):
        raise CredentialRefused("broken_key")
    return Ed25519PrivateKey.from_private_bytes(data[2:])


def public_of(private: str) -> str:
    """The public key of a private one, both as Multikey text."""
    return to_multibase(PUBLIC + _opened(private).public_key().public_bytes_raw())


def sign(message: bytes, private: str) -> bytes:
    """64 bytes."""
    return _opened(private).sign(message)


def verify(message: bytes, signature: bytes, public: str) -> None:
    """Raise CredentialRefused where the signature is not that of this key."""
    data = from_multibase(public)
    if len(data) != 34 or not data.startswith(PUBLIC):
        raise CredentialRefused("broken_key")
    try:
        Ed25519PublicKey.from_public_bytes(data[2:]).verify(signature, message)
    except (InvalidSignature, ValueError):
        raise CredentialRefused("bad_signature") from None
