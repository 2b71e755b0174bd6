"""The shop's frame: aisles in the header, links in the footer. Each room adds its own pages when it loads.

Only pages that exist are listed: a link is added by the room that serves it (no dead link).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True, slots=True)
class FootLink:
    """`section` is "buy", "understand", "join" or "end" (the last line).

    `is_shown` is asked each time, where the page may not exist.
    """

    section: str
    order: int
    label: Promise
    url_name: str
    fragment: str = ""
    is_shown: Callable[[], bool] | None = None


SECTIONS = (
    ("buy", pgettext_lazy("footer", "Buy")),
    ("understand", pgettext_lazy("footer", "Understand")),
    ("join", pgettext_lazy("footer", "Take part")),
)
_foot: list[FootLink] = []
_aisles: list[Callable[[], Iterable[tuple[str, str]]]] = []


def add_foot_link(link: FootLink) -> None:
    """Called by an app's `ready`; twice the same is one."""
    if link not in _foot:
        _foot.append(link)


def set_aisles(provider: Callable[[], Iterable[tuple[str, str]]]) -> None:
    """`provider()` gives (label, address) of the universes, in the page's language; it caches by itself."""
    _aisles[:] = [provider]


def aisles() -> list[tuple[str, str]]:
    return list(_aisles[0]()) if _aisles else []


def foot_links(section: str) -> list[tuple[Promise, str]]:
    """(label, address) of one footer section, in order."""
    rows = sorted((link for link in _foot if link.section == section), key=lambda link: link.order)
    shown = (link for link in rows if link.is_shown is None or link.is_shown())
    return [(link.label, reverse(link.url_name) + link.fragment) for link in shown]
