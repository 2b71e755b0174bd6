"""French typography for text that people typed (ui.md, section 9)."""

import re

NBSP = "\u00a0"
_BEFORE = re.compile(r"[ \u00a0\u202f]+([;:!?»%€])")
_AFTER = re.compile(r"«[ \u00a0\u202f]*")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")


def french(text: str) -> str:
    """No-break spaces before `; : ! ? » % €`, after `«` and between thousands; `’` for `'`."""
    text = _BEFORE.sub(rf"{NBSP}\1", text)
    text = _AFTER.sub(f"«{NBSP}", text)
    text = _APOSTROPHE.sub("’", text)
    return _THOUSANDS.sub(NBSP, text)
