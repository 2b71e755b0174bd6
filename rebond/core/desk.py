"""The desk's home: what waits and what to know, added by each room when it loads.

A lower room knows nothing of a higher one: from its AppConfig.ready a room calls `add_waiting` with a
function that returns what waits for the request's user, `add_panel` with a template of its own, and
`add_action` for a button of the heading.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Waiting:
    """One line of "to do": a pictogram on its tint, what waits, where to do it; `urgent` fills the button."""

    icon: str
    tint: str
    title: Text
    text: Text
    url: str
    action: Text
    status: Text = ""
    status_kind: str = ""
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Panel:
    """A panel of the home: `build(request)` gives the template's context, or None to show nothing."""

    order: int
    permission: str
    template: str
    build: Callable[[HttpRequest], dict[str, Any] | None]
    column: Literal["main", "side"] = "main"


@dataclass(frozen=True, slots=True)
class Action:
    """A button of the home's heading, for those who hold `permission`; `primary` fills it."""

    order: int
    permission: str
    icon: str
    label: Text
    url_name: str
    primary: bool = False


WaitingSource = Callable[[HttpRequest], Iterable[Waiting]]
_SOURCES: list[tuple[int, str, WaitingSource]] = []
_PANELS: list[Panel] = []
_ACTIONS: list[Action] = []


def add_waiting(order: int, permission: str, source: WaitingSource) -> None:
    """Add a source of things to do for those who hold `permission`; twice the same is one."""
    if (order, permission, source) not in _SOURCES:
        _SOURCES.append((order, permission, source))


def add_panel(panel: Panel) -> None:
    """Add a panel; twice the same is one."""
    if panel not in _PANELS:
        _PANELS.append(panel)


def add_action(action: Action) -> None:
    """Add a button of the heading; twice the same is one."""
    if action not in _ACTIONS:
        _ACTIONS.append(action)


def actions_for(request: HttpRequest) -> list[Action]:
    """The buttons for the request's rights, in their order."""
    access = request.access  # type: ignore[attr-defined]
    return [action for action in sorted(_ACTIONS, key=lambda row: row.order) if access.can(action.permission)]


def waiting_for(request: HttpRequest) -> list[Waiting]:
    """All that waits for the request's rights, in the order of the sources."""
    access = request.access  # type: ignore[attr-defined]
    sources = sorted(_SOURCES, key=lambda row: row[0])
    return [line for _, permission, source in sources if access.can(permission) for line in source(request)]


def panels_for(request: HttpRequest) -> dict[str, list[dict[str, Any]]]:
    """The panels by column, each with its `template` and `data`."""
    access = request.access  # type: ignore[attr-defined]
    shown: dict[str, list[dict[str, Any]]] = {"main": [], "side": []}
    for panel in sorted(_PANELS, key=lambda row: row.order):
        data = panel.build(request) if access.can(panel.permission) else None
        if data is not None:
            shown[panel.column].append({"template": panel.template, "data": data})
    return shown
