"""The shop's frame: aisles and footer links (`core.site`)."""

import time
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from rebond.core import site

register = template.Library()


@register.simple_tag
def site_aisles() -> list[tuple[str, str]]:
    return site.aisles()


@register.simple_tag
def foot_sections() -> list[tuple[Any, Any]]:
    """(title, links) of the footer's columns that have links."""
    rows = [(title, site.foot_links(key)) for key, title in site.SECTIONS]
    return [(title, links) for title, links in rows if links]


@register.simple_tag
def foot_end() -> list[tuple[Any, str]]:
    return site.foot_links("end")


@register.simple_tag(takes_context=True)
def in_language(context: Any, code: str) -> str:
    """The same page in another language, as `{% querystring langue=code %}`: no copy where none was asked for."""
    given = context.request.GET
    if "langue" in given:
        given = given.copy()
        given["langue"] = code
        return f"?{given.urlencode()}"
    query = given.urlencode()
    return f"?{query}&langue={code}" if query else f"?langue={code}"


KEPT_SECONDS = 30
_kept: dict[tuple[str, str | None], tuple[float, str]] = {}


@register.simple_tag
def kept(name: str) -> SafeString:
    """A piece that is the same on every page, rendered once per language and half minute: `{% kept "ui/x.html" %}`."""
    key, now = (name, get_language()), time.monotonic()
    found = _kept.get(key)
    if found is None or found[0] < now:
        found = _kept[key] = (now + KEPT_SECONDS, render_to_string(name))
    return mark_safe(found[1])


def forget_kept() -> None:
    _kept.clear()
