"""What a scan stops while somebody learns, in words: filled by the rooms above, shown to the person and to mentors.

Help to give, never a measure of a person: `models.Caught` keeps neither a number nor an hour.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Lesson:
    """`said`: what the scan stopped; `show`: what to show the person, in the imperative."""

    code: str
    icon: str
    said: Text
    show: Text


Standing = Callable[[Sequence[Any]], dict[str, str]]

_LESSONS: dict[tuple[str, str], Lesson] = {}
_STANDINGS: dict[str, Standing] = {}


def register_lessons(kind: str, lessons: Sequence[Lesson]) -> None:
    """Called when a room is ready, for one kind of step."""
    _LESSONS.update({(kind, lesson.code): lesson for lesson in lessons})


def lesson_of(kind: str, code: str) -> Lesson | None:
    """None where its room is gone."""
    return _LESSONS.get((kind, code))


def register_standing(kind: str, source: Standing) -> None:
    """`source(tasks)`: {public id of a task of this kind: where it stands, in words}."""
    _STANDINGS[kind] = source


def standings_of(tasks: Sequence[Any]) -> dict[str, str]:
    """{public id: where the task stands}; one call a kind, whatever their number."""
    found: dict[str, str] = {}
    for kind in {task.kind for task in tasks} & set(_STANDINGS):
        found |= _STANDINGS[kind]([task for task in tasks if task.kind == kind])
    return found
