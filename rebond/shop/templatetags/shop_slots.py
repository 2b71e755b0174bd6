"""The choice of an appointment: days that open, hours to tick."""

from collections.abc import Sequence
from typing import Any

from django import template

from rebond.shop.queries.checkout import ShownWay
from rebond.shop.queries.slots import SlotDay

register = template.Library()


def _context(name: str, days: Sequence[SlotDay], field: Any, *, is_asked: bool) -> dict[str, Any]:
    """`open_day` is the one of the hour that is ticked, else the first; zones are named where there are several."""
    chosen = str(field.value() or "")
    ticked = next((row for row in days for offer in row.offers if offer.key == chosen), days[0] if days else None)
    zones = {offer.agenda.name for row in days for offer in row.offers if offer.agenda.name}
    return {
        "name": name,
        "days": days,
        "open_day": ticked.day if ticked is not None else None,
        "chosen": chosen,
        "names": len(zones) > 1,
        "errors": list(field.errors),
        "is_asked": is_asked,
    }


@register.inclusion_tag("shop/_slots.html")
def slot_choice(form: Any, way: ShownWay) -> dict[str, Any]:
    """The slots of one way of one parcel, with what is wrong with the choice."""
    return _context(way.slot_field, way.days, form[way.slot_field], is_asked=True)


@register.inclusion_tag("shop/_slots.html")
def slot_rows(form: Any) -> dict[str, Any]:
    """The slots of a form of its own."""
    return _context("slot", form.days, form["slot"], is_asked=False)
