"""The shop's frame: aisles and footer links (`core.site`)."""

from typing import Any

from django import template

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
