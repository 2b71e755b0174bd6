"""Acts that a device keeps while there is no network, and how each is done when it comes (docs/decisions/0013).

Each room registers its own. The names of an act's fields are those of its page's form, so one reader serves both.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Kept:
    """One act as the device kept it.

    `hands` is who did it, under the operation of the device. `at` is when, by our clock. `after` is the key of the
    last step that we had when the device last asked: what has a greater key may have happened meanwhile.
    `is_forced`: the person read that something changed meanwhile, and wants it all the same.
    """

    hands: Any
    site: Any
    at: datetime
    after: int
    fields: Mapping[str, str]
    files: Mapping[str, Any] = field(default_factory=dict)
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class Told:
    """What the list of the device says of an act that was done; `link` leads on where something is left to do."""

    words: str = ""
    link: str = ""
    link_words: str = ""


@dataclass(frozen=True, slots=True)
class ActKind:
    """`code` is what the forms carry. `apply(kept)` does it, raises one of `refusals`, or ActConflict.

    `step` is the kind of step that a station must have for its screen to be offered without network.
    `is_whole`: its effect and its trace are one transaction; otherwise each part is done once by itself.
    `luggage(worker, site)` is what its screen needs without network, as JSON values. `refused(kept, why)` is told of a
    refusal, after all was taken back; it may be told of the same act again.
    """

    code: str
    apply: Callable[[Kept], Told]
    step: str
    refusals: tuple[type[Exception], ...] = ()
    is_whole: bool = True
    luggage: Callable[[Any, Any], dict[str, Any]] | None = None
    refused: Callable[[Kept, Exception], None] | None = None


_KINDS: dict[str, ActKind] = {}


def register_act(kind: ActKind) -> None:
    """Add a kind; the same code again takes its place (addresses may be loaded twice)."""
    _KINDS[kind.code] = kind


def act_kind(code: str) -> ActKind | None:
    """The kind `code`, or None where no room knows it."""
    return _KINDS.get(code)


def all_acts() -> list[ActKind]:
    """In the order in which they were registered."""
    return list(_KINDS.values())
