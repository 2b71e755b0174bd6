"""Whatever a person brings: a picture, a drawing, a file or a token, and what is in it."""

from dataclasses import dataclass
from typing import Any, Literal

from rebond.skills.credentials.baking import PNG, unbake_png, unbake_svg
from rebond.skills.credentials.integrity import proof_of
from rebond.skills.credentials.strict import read_object
from rebond.skills.credentials.tokens import read_token
from rebond.skills.errors import CredentialRefused

MOST_BYTES = 2 * 1024 * 1024
MOST_TEXT = 256 * 1024  # of the badge itself: honest ones have a few thousand signs
Form = Literal["png", "svg", "json", "token"]


@dataclass(frozen=True, slots=True)
class Brought:
    """A badge as it was brought, not verified. `method` is where its maker says that the key is found."""

    form: Form
    text: str
    document: dict[str, Any]
    method: str
    token: str = ""


def read_badge(data: bytes) -> Brought:
    """Raise CredentialRefused for what is no badge of Open Badges 3, or is written against the standard."""
    if len(data) > MOST_BYTES:
        raise CredentialRefused("too_big")
    form, text = _opened(data)
    if len(text) > MOST_TEXT:
        raise CredentialRefused("too_big")
    if text.startswith("{"):
        document = read_object(text)
        return Brought(form, text, document, proof_of(document)["verificationMethod"])
    if text.count(".") != 2 or any(sign.isspace() for sign in text):
        raise CredentialRefused("unreadable")
    method, document = read_token(text)
    return Brought(form if form != "json" else "token", text, document, method, token=text)


def _opened(data: bytes) -> tuple[Form, str]:
    if data.startswith(PNG):
        return "png", unbake_png(data).strip()
    try:
        text = data.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        raise CredentialRefused("unreadable") from None
    if text.startswith("<"):
        return "svg", unbake_svg(text.encode())
    return "json", text
