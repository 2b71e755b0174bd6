"""What the desk's lists of the way in give as a spreadsheet."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from rebond.core.exports import Column

DONATIONS = [
    Column(_("Number"), "public_id"),
    Column(_("Day"), "day", "date"),
    Column(_("Site"), "site.name"),
    Column(_("Origin"), "get_source_display"),
    Column(_("Weight (kg)"), "net_g", "grams"),
    Column(_("Note"), "note"),
]


def balance_columns(names: dict[str, tuple[str, str]]) -> list[Column]:
    """The return that eco-organisations ask for: `names` are each flow's body and its own word (rules.md E2)."""
    grams: list[tuple[Any, str]] = [
        (_("Opening stock (kg)"), "opening_g"),
        (_("Collected (kg)"), "moves.collected_g"),
        (_("Moved between flows (kg)"), "moves.moved_g"),
        (_("Sold (kg)"), "moves.sold_g"),
        (_("Given (kg)"), "moves.given_g"),
        (_("Recycled (kg)"), "moves.recycled_g"),
        (_("Waste (kg)"), "moves.waste_g"),
        (_("Closing stock (kg)"), "closing_g"),
    ]
    return [
        Column(_("Flow"), "flow.label"),
        Column(_("Body"), lambda row: names[row.flow.key][0]),
        Column(_("Word of the body"), lambda row: names[row.flow.key][1]),
        *(Column(title, path, "grams") for title, path in grams),
        Column(_("Gap (kg)"), lambda row: row.gap_g if row.is_counted else None, "grams"),
        Column(_("Sold, weight estimated (kg)"), "moves.estimated_g", "grams"),
    ]
