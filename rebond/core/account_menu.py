"""The menu of a person's own account: each room adds its entries when it loads."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class AccountEntry:
    """One line of the menu; `order` places it, `url_name` may hold a namespace."""

    order: int
    label: Promise
    icon: str
    url_name: str


_ENTRIES: list[AccountEntry] = []


def add_account_entry(entry: AccountEntry) -> None:
    """Called by an app's `ready`; twice the same is one."""
    if entry not in _ENTRIES:
        _ENTRIES.append(entry)


def account_menu_for(path: str) -> list[dict[str, Any]]:
    """The entries in order; `current` marks the longest address that begins `path`."""
    urls = [(entry, reverse(entry.url_name)) for entry in sorted(_ENTRIES, key=lambda e: e.order)]
    current = max((url for _, url in urls if path.startswith(url)), key=len, default="")
    return [{"label": e.label, "icon": e.icon, "url": url, "current": url == current} for e, url in urls]
