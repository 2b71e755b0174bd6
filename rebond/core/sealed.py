"""Text that is encrypted at rest (promise 5 of the architecture): identities, bank accounts.

The key is derived from the settings: `SEALED_KEY`, else `SECRET_KEY`; the fallbacks open what older keys
sealed. A copy of the database alone therefore tells nothing. Searching in sealed text is refused: a name is found by
its keyed marks (`blind_marks`).
"""

import base64
import hmac
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import FieldError
from django.db import models


class SealBrokenError(Exception):
    """What is stored cannot be opened with any known key: the key was changed or lost."""


def _keys() -> Sequence[str]:
    first = getattr(settings, "SEALED_KEY", "") or settings.SECRET_KEY
    return [str(key) for key in (first, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]


def _keys_in_use() -> tuple[str, ...]:
    return tuple(dict.fromkeys(_keys()))


def _fernet() -> MultiFernet:
    return _made_of(_keys_in_use())


@lru_cache(maxsize=4)
def _made_of(keys: tuple[str, ...]) -> MultiFernet:
    """Derived once for the same keys: a register holds thousands of sealed identities."""
    made = []
    for key in keys:
        derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rebond sealed text 1").derive(key.encode())
        made.append(Fernet(base64.urlsafe_b64encode(derived)))
    return MultiFernet(made)


def seal(plain: bytes) -> bytes:
    """Encrypt and authenticate; the same text never gives the same bytes."""
    return _fernet().encrypt(plain)


def unseal(sealed: bytes) -> bytes:
    """Open what `seal` made; raise SealBrokenError where no known key does."""
    try:
        return _fernet().decrypt(sealed)
    except InvalidToken:
        raise SealBrokenError("sealed with a key that is not known here") from None


def is_current(sealed: bytes) -> bool:
    """Whether the first of the keys sealed it: nothing is left to do for it when keys are rotated."""
    try:
        _made_of(_keys_in_use()[:1]).decrypt(sealed)
    except InvalidToken:
        return False
    return True


def blind_marks(text: str, *, scope: str) -> list[str]:
    """Keyed marks of a word, the first one by the key of today: equal words of one scope have equal marks.

    They let sealed names be found without being opened, and tell nothing without the key. Case, accents and signs do
    not count; a text without letters or digits has none.
    """
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(sign for sign in folded if sign.isalnum())
    if not plain:
        return []
    return [hmac.digest(_blind_key(key), f"{scope}\n{plain}".encode(), "sha256")[:16].hex() for key in _keys_in_use()]


@lru_cache(maxsize=8)
def _blind_key(key: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rebond blind mark 1").derive(key.encode())


class EncryptedTextField(models.TextField[str, str]):
    """A TextField whose column holds only sealed text; "" stays "". Only `isnull` may be looked up."""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return seal(prepared.encode()).decode() if prepared else prepared

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        return unseal(value.encode()).decode() if value else value

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError("sealed text cannot be searched")
        return super().get_lookup(lookup_name)
