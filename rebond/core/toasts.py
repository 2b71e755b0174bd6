"""A message that can be undone (ui.md, section 5): undo in a toast rather than "are you sure?"."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise

PREFIX = "undo:"


def undoable(request: HttpRequest, text: str | Promise, *, undo_url: str) -> None:
    """Say `text` in a toast whose button posts to `undo_url` (a path of ours). Raise ValueError for another site."""
    if not undo_url.startswith("/") or undo_url.startswith("//"):
        raise ValueError(undo_url)
    messages.success(request, str(text), extra_tags=f"{PREFIX}{undo_url}")


def undo_of(extra_tags: str) -> str:
    """The address to post to, or "" for an ordinary message."""
    return extra_tags.removeprefix(PREFIX) if extra_tags.startswith(f"{PREFIX}/") else ""
