"""`{% france_map points %}`: the departments and points on them; the list beside is the page's own."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from rebond.network.queries.places import map_paths, point_of

register = template.Library()
SHAPES = {
    1: '<circle class="pin k1" r="85"/>',
    2: '<path class="pin k2" d="M0-120 104 60-104 60z"/>',
    3: '<path class="pin k3" d="M-80-80h160v160h-160z"/>',
    4: '<path class="pin k4" d="M0-115 115 0 0 115-115 0z"/>',
}


def _pin(point: Any) -> SafeString:
    """`point` has label, kind (1 to 4: shape and colour), department, latitude, longitude.

    Not a link: a hundred of them touch each other on a phone, and the list beside has the same ones.
    """
    place = point_of(point["department"], point.get("latitude"), point.get("longitude"))
    if place is None:
        return SafeString()
    shape = mark_safe(SHAPES.get(point.get("kind", 1), SHAPES[1]))
    return format_html(
        '<g transform="translate({} {})"><title>{}</title>{}</g>', place[0], place[1], point["label"], shape
    )


@register.simple_tag
def map_key(kind: int) -> SafeString:
    """The shape of a kind of point, for the list beside the map."""
    return format_html(
        '<svg class="map-key" viewBox="-140 -140 280 280" aria-hidden="true">{}</svg>',
        mark_safe(SHAPES.get(kind, SHAPES[1])),
    )


@register.simple_tag
def france_map(points: Iterable[Any], label: str = "") -> SafeString:
    """The map as inline SVG. It tells nothing alone: links are also in the list beside it (ui.md, maps)."""
    data = map_paths()
    land = format_html('<path class="land" d="{}"/>', " ".join(data["paths"].values()))
    insets = format_html_join(
        "", '<rect class="inset" x="{}" y="{}" width="{}" height="{}" rx="60"/>', data["boxes"].values()
    )
    pins = format_html_join("", "{}", ((_pin(point),) for point in points))
    return format_html(
        '<svg class="map" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}</svg>',
        data["size"][0],
        data["size"][1],
        label or _("Map of France"),
        insets,
        land,
        pins,
    )
