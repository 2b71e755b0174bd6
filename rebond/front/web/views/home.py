"""The first page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.pagecache import cached_page
from rebond.core.seo import Seo, absolute
from rebond.core.web import page
from rebond.front.queries.home import SHAPES
from rebond.front.queries.home import home as home_content
from rebond.shop.queries.collections import title_of
from rebond.shop.queries.tree import load_tree


@public
@require_safe
@cached_page
def home(request: HttpRequest) -> HttpResponse:
    content = home_content()
    tree = load_tree()
    context = {
        "home": content,
        "aisles": [
            (tree.by_key[key], count, shape)
            for (key, count), shape in zip(content.universes, SHAPES, strict=False)
            if key in tree.by_key
        ],
        "collections": [(row, title_of(row), cards) for row, cards in content.collections],
        "seo": Seo(
            title=_("Second-hand objects from solidarity shops"),
            path="/",
            description=_("One-of-a-kind finds, sorted, photographed and packed by people who are going back to work."),
            blocks=[_site()],
        ),
    }
    return page(request, "front/home.html", context)


def _site() -> dict[str, Any]:
    """schema.org WebSite with its search field."""
    return {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Rebond",
        "url": absolute("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": {"@type": "EntryPoint", "urlTemplate": absolute("/recherche/?q={q}")},
            "query-input": "required name=q",
        },
    }
