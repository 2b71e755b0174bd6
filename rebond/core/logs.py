"""What must not reach the logs: the secret part of an address (an application, an invitation, an alert…)."""

import logging
import re

# A segment of 20 signs or more with a capital is a token of ours (base 64): words of addresses have none.
_TOKEN = re.compile(r"(?<=/)(?=[^/\s?]*[A-Z])[\w:=.-]{20,}")
_RESET = re.compile(r"(?<=/mot-de-passe/nouveau/)[^/\s?]+")


def masked(text: str) -> str:
    """`text` with the secret segments of addresses cut to their first four signs."""
    return _TOKEN.sub(_short, _RESET.sub(_short, text))


def _short(found: re.Match[str]) -> str:
    return f"{found[0][:4]}…"


class MaskTokens(logging.Filter):
    """A handler's filter: the line is made, masked, and kept as plain text. Tracebacks show no request's path."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = masked(record.getMessage()), ()
        return True
