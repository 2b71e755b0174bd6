"""French typography for text that people typed (ui.md, section 9)."""

import re

NBSP = "\u00a0"
_BEFORE = re.compile(r"[ \u00a0\u202f]+([;:!?»%€])")
_AFTER = re.compile(r"«[ \u00a0\u202f]*")
_APOSTROPHE = re.compile(r"(?<=\w)'(?=\w)")
_THOUSANDS = re.compile(r"(?<=\d) (?=\d{3}\b)")
_UNIT = re.compile(r"(?<=\d) (?=(?:h|min|ans?|mm|cm|m|km|g|kg|t|l|cl|W)\b)")
_HOUR = re.compile(r"(?<=\d\u00a0h) (?=\d\d\b)")
_ANY = re.compile(r"[;:!?»%€«']|\d[ \u00a0]")  # without one of these there is nothing to do


def french(text: str) -> str:
    """No-break spaces before `; : ! ? » % €` and units, after `«`, between thousands and in hours; `’` for `'`."""
    if _ANY.search(text) is None:
        return text[:]  # as what follows: never a SafeString
    text = _BEFORE.sub(rf"{NBSP}\1", text)
    text = _AFTER.sub(f"«{NBSP}", text)
    text = _APOSTROPHE.sub("’", text)
    text = _THOUSANDS.sub(NBSP, text)
    return _HOUR.sub(NBSP, _UNIT.sub(NBSP, text))
