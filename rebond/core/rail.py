"""The desk's rail: each room adds its entries when it loads; a role sees what it may open (12 at most)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class RailEntry:
    """`section` ("" for none) and `order` place it; `permission` hides it from the roles that cannot open it.

    `is_exact` marks it on its own page only: the home, whose address begins all others.
    `count(access)` is what waits there, shown beside the label (0 shows nothing): one cheap query at most.
    """

    section: str | Promise
    order: int
    label: Promise
    icon: str
    url_name: str
    permission: str
    count: Callable[[Any], int] | None = None
    is_exact: bool = False


_ENTRIES: list[RailEntry] = []


def add_rail_entry(entry: RailEntry) -> None:
    """Called by an app's `ready`; twice the same is one."""
    if entry not in _ENTRIES:
        _ENTRIES.append(entry)


def rail_for(access: Any, path: str) -> list[tuple[Any, list[dict[str, Any]]]]:
    """Sections with their entries for the rights at hand; `current` marks the longest matching address."""
    shown = [e for e in sorted(_ENTRIES, key=lambda e: e.order) if access is not None and access.can(e.permission)]
    urls = {e: reverse(e.url_name) for e in shown}
    matching = (url for e, url in urls.items() if (path == url if e.is_exact else path.startswith(url)))
    current = max(matching, key=len, default="")
    sections: dict[str, tuple[Any, list[dict[str, Any]]]] = {}
    for entry in shown:
        row = {
            "label": entry.label,
            "icon": entry.icon,
            "url": urls[entry],
            "current": urls[entry] == current,
            "count": entry.count(access) if entry.count else 0,
        }
        sections.setdefault(str(entry.section), (entry.section, []))[1].append(row)
    return list(sections.values())
