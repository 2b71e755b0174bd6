"""What rooms above add to a person's file: a page of theirs at the desk, and lines of what the person reads."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Facts = list[tuple[str, str]]  # what it is about, what there is of it, both in the reader's language


@dataclass(frozen=True, slots=True)
class FilePart:
    """`url_name` takes the person's public id; `facts(person)` is what the person reads of it in their own space.

    `desk_facts(person)` is what the page of the file shows of it; without it the part has a button only.
    """

    label: Promise | str
    icon: str
    url_name: str
    permission: str
    facts: Callable[[Any], Facts]
    desk_facts: Callable[[Any], Facts] | None = None


_PARTS: dict[str, FilePart] = {}


def add_part(part: FilePart) -> None:
    """Called by an app's `ready`."""
    _PARTS[part.url_name] = part


def parts_for(access: Any) -> list[FilePart]:
    """The parts that may be opened with these rights."""
    return [part for part in _PARTS.values() if access.can(part.permission)]


def facts_of(person: Any) -> Facts:
    """What all parts tell the person of themselves."""
    return [fact for part in _PARTS.values() for fact in part.facts(person)]
