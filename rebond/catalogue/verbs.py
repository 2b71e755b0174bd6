"""Buttons that higher rooms add to an object's page at the desk: a lower room knows nothing of them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class ItemVerb:
    """A form of one button: it posts to `url_name`, which takes the object's code; told where `is_open(item)`.

    `in_menu` puts it among the less usual actions.
    """

    order: int
    permission: str
    icon: str
    label: Promise | str
    url_name: str
    is_open: Callable[[Any], bool]
    in_menu: bool = False


_VERBS: list[ItemVerb] = []


def add_item_verb(verb: ItemVerb) -> None:
    """Called from a higher room's `ready`; twice is once."""
    if verb.url_name not in {known.url_name for known in _VERBS}:
        _VERBS.append(verb)
        _VERBS.sort(key=lambda one: one.order)


def verbs_of(item: Any, may: Callable[[str], bool]) -> list[ItemVerb]:
    """Those that the object's state opens and that the person `may` do, in order."""
    return [verb for verb in _VERBS if may(verb.permission) and verb.is_open(item)]
