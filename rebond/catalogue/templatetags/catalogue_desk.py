"""Measures of items in templates of the desk and the shop."""

from django import template

register = template.Library()


@register.filter
def centimetres(value: int | None) -> str:
    """`{{ 425|centimetres }}` → `42,5`: millimetres as centimetres, without a unit."""
    return "" if value is None else f"{value / 10:g}".replace(".", ",")
