"""Moments as the standard writes them: with their zone, to the second."""

import datetime
from typing import Any


def as_moment(moment: datetime.datetime) -> str:
    """`2026-11-27T20:15:00Z`."""
    return moment.astimezone(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def from_moment(text: Any) -> datetime.datetime | None:
    """None for anything but a moment with its zone."""
    try:
        found = datetime.datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return found if found.tzinfo is not None and "T" in text else None
