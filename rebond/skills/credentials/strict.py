"""JSON that can be read in one way only."""

import json
from typing import Any

from rebond.skills.errors import CredentialRefused


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:  # readers differ in which of the two they take: one is signed, the other shown
            raise CredentialRefused("json_twice", name)
        found[name] = value
    return found


def _never(text: str) -> Any:
    raise CredentialRefused("json_broken")


def read_object(data: bytes | str) -> dict[str, Any]:
    """One JSON object, without double members nor numbers that JSON does not know. Raise CredentialRefused."""
    try:
        found = json.loads(data, object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError):
        raise CredentialRefused("json_broken") from None
    if not isinstance(found, dict):
        raise CredentialRefused("not_object")
    return found
