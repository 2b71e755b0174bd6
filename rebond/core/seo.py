"""What a page says to search engines and to those who share it."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.translation import get_language


def absolute(path: str) -> str:
    """The full address of a path of ours."""
    return path if path.startswith(("http://", "https://")) else f"{settings.SITE_URL}{path}"


@dataclass(frozen=True, slots=True)
class Seo:
    """`path` is the page's one address, parameters that matter included; `blocks` are schema.org data."""

    title: str
    path: str
    description: str = ""
    image: str = ""
    robots: str = ""
    kind: str = "website"
    blocks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return absolute(self.path)

    @property
    def url_en(self) -> str:
        return f"{self.url}{'&' if '?' in self.path else '?'}langue=en"

    @property
    def canonical(self) -> str:
        return self.url_en if get_language() == "en" else self.url


def breadcrumb(*steps: tuple[str, str]) -> dict[str, Any]:
    """schema.org BreadcrumbList of (name, path)."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {"@type": "ListItem", "position": n, "name": name, "item": absolute(path)}
            for n, (name, path) in enumerate(steps, 1)
        ],
    }
