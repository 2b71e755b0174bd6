"""The contexts that give a badge's words their meaning: shipped with the code, never fetched.

A context that comes from the network could change what a signature covers, and would tell its host who verifies what
(people.md 3.1). Where they come from: rebond/skills/data/README.md.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from rebond.skills.errors import CredentialRefused

DATA = Path(__file__).resolve().parent.parent / "data" / "contexts"
CREDENTIALS = "https://www.w3.org/ns/credentials/v2"
EXAMPLES = "https://www.w3.org/ns/credentials/examples/v2"  # of the official vector only: no badge may use it
BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OLDER_BADGES = (
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
)
FILES = {
    CREDENTIALS: "credentials-v2.json",
    EXAMPLES: "credentials-examples-v2.json",
    BADGES: "ob-v3p0-context-3.0.3.json",
    OLDER_BADGES[0]: "ob-v3p0-context-3.0.2.json",
    OLDER_BADGES[1]: "ob-v3p0-context-3.0.1.json",
}


@cache
def _file(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def load(url: str, options: Any = None) -> dict[str, Any]:
    """The loader given to the JSON-LD library. Raise CredentialRefused for every address that is not shipped."""
    if url not in FILES:
        raise CredentialRefused("unknown_context", url)
    return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": _file(FILES[url])}


def contexts_of(document: dict[str, Any]) -> list[str]:
    """The addresses that a document names, in order. Raise CredentialRefused for none, an unknown or an own one."""
    named = document.get("@context")
    if not named:
        raise CredentialRefused("no_context")
    found: list[str] = []
    for one in named if isinstance(named, list) else [named]:
        if not isinstance(one, str):
            raise CredentialRefused("inner_context", "@context")
        if one not in FILES:
            raise CredentialRefused("unknown_context", one)
        found.append(one)
    return found
