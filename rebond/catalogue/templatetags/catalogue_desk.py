"""Measures of items in templates of the desk and the shop."""

from django import template

from rebond.core.money import format_cents

register = template.Library()


@register.filter
def price_now(value: int) -> str:
    """`25,00 €`, or a dash for an object that has no price yet."""
    return format_cents(value) if value else "–"


@register.filter
def centimetres(value: int | None) -> str:
    """`{{ 425|centimetres }}` → `42,5`: millimetres as centimetres, without a unit."""
    return "" if value is None else f"{value / 10:g}".replace(".", ",")
