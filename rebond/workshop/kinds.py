"""Kinds of steps: a small table in code, filled by the rooms when they load (architecture.md, `workshop`).

A step's subject is (kind, public id) with a printed label, so this room knows no room above: they register
their kinds and screens here. ROME codes: people.md 3.2 (code and appellation's OGR code, version of 2024).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class StepKind:
    """`code` is stable and dotted by room (`intake.weigh`); words are lazy.

    `label` names the task ("Photos"), `done` says the step in an object's story with `%(name)s` ("Photographed
    by %(name)s"). `stations` are StationKind values. `screen` is the URL name of its kiosk screen: it takes the task's
    public id. `start` is that of the screen without a task, for work that may begin alone ("" where it cannot).
    `undo(step, by)` takes back what the step did, or raises NotUndoable; None where it cannot. `is_done(subject)` tells
    that the subject needs it no more, done before its turn: the chain passes it over.
    """

    code: str
    label: Promise | str
    done: Promise | str
    icon: str
    tint: str
    stations: frozenset[str]
    screen: str
    order: int = 100
    start: str = ""
    asks_skill: bool = False  # proposed only to who knows how to do it, and to supervisors
    is_public: bool = True  # told on the shop's page of the object
    remote: str = ""  # the task of an agreement under which others do it from photos and answers alone
    rome: tuple[str, ...] = ()
    undo: Callable[..., None] | None = field(default=None, compare=False)
    is_done: Callable[[Any], bool] | None = field(default=None, compare=False)

    @property
    def starts_alone(self) -> bool:
        """Whether somebody may begin it without a task."""
        return bool(self.start)

    @property
    def has_queue(self) -> bool:
        """Whether tasks of it wait; work that always begins alone has one screen only."""
        return self.screen != self.start


_KINDS: dict[str, StepKind] = {}


def register_kind(kind: StepKind) -> None:
    """Add a kind; raise ValueError where its code is taken by another one."""
    if _KINDS.get(kind.code, kind) != kind:
        raise ValueError(f"step kind {kind.code} is registered twice")
    _KINDS[kind.code] = kind


def kind_of(code: str) -> StepKind:
    """The kind `code`; raise KeyError where no room registered it."""
    return _KINDS[code]


def is_known(code: str) -> bool:
    """Whether a room registered this kind."""
    return code in _KINDS


def all_kinds() -> list[StepKind]:
    """In the order of the chain."""
    return sorted(_KINDS.values(), key=lambda kind: (kind.order, kind.code))


def kinds_at(station_kind: str) -> list[StepKind]:
    """What is done at this kind of station, in the order of the chain."""
    return [kind for kind in all_kinds() if station_kind in kind.stations]


def label_of(code: str) -> Any:
    """The words of a kind, or its code where its room is gone."""
    return _KINDS[code].label if code in _KINDS else code
