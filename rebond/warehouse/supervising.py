"""What this room adds to the supervisor's desk (`workshop.contributions`)."""

from collections.abc import Iterable
from typing import Any

from rebond.workshop import contributions


def _story(item: Any) -> Iterable[contributions.Happening]:
    from rebond.warehouse.queries.story import story  # noqa: PLC0415 -- app registry

    return story(item)


def register() -> None:
    """Called when the app is ready."""
    contributions.add_story(_story)
