"""Panels that other rooms add to an object's page at the desk; a lower room knows nothing of a higher one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class ItemPanel:
    """`build(request, item)` gives the template's `data`, or None to show nothing; `order` places it in the column."""

    order: int
    permission: str
    template: str
    build: Callable[[HttpRequest, Any], dict[str, Any] | None]


_PANELS: list[ItemPanel] = []


def add_item_panel(panel: ItemPanel) -> None:
    """Called by an app's `ready`; twice the same is one."""
    if panel not in _PANELS:
        _PANELS.append(panel)
        _PANELS.sort(key=lambda one: one.order)


def item_panels(request: HttpRequest, item: Any) -> list[tuple[str, dict[str, Any]]]:
    """[(template, data)] for the rights at hand, in order."""
    access = request.access  # type: ignore[attr-defined]
    built = [(panel.template, panel.build(request, item)) for panel in _PANELS if access.can(panel.permission)]
    return [(template, data) for template, data in built if data is not None]
