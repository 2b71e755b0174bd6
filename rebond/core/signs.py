"""Signs that people cannot see and that files cannot hold: a pasted text may bring them."""

import re
from typing import Any

# XML 1.0 forbids all of these but U+007F–9F, which it advises against; PostgreSQL refuses NUL.
UNSEEN = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def seen(text: str) -> str:
    """`text` without the signs that XML 1.0 does not take; spaces and ends of lines stay."""
    return text if text.isprintable() else UNSEEN.sub("", text)


def seen_all(value: Any) -> Any:
    """The same value of JSON, each of its texts as `seen`."""
    if isinstance(value, str):
        return seen(value)
    if isinstance(value, dict):
        return {key: seen_all(each) for key, each in value.items()}
    return [seen_all(each) for each in value] if isinstance(value, list | tuple) else value
