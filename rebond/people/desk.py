"""What people add to the desk's rail."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.rail import RailEntry, add_rail_entry

PEOPLE = pgettext_lazy("desk", "People")


def register() -> None:
    """Called when the app is ready."""
    for order, label, icon, page, permission in (
        (21, gettext_lazy("People followed"), "users", "person-list", "people.person.view"),
        (22, gettext_lazy("Figures of paths"), "chart-column", "figures", "people.figures.view"),
    ):
        add_rail_entry(RailEntry(PEOPLE, order, label, icon, f"people-desk:{page}", permission))
