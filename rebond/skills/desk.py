"""What badges add to the desk's rail."""

from django.utils.translation import gettext_lazy, pgettext_lazy

from rebond.core.rail import RailEntry, add_rail_entry

SKILLS = pgettext_lazy("desk", "Skills")


def register() -> None:
    """Called when the app is ready."""
    for order, label, icon, noun in (
        (25, gettext_lazy("Badges given"), "award", "award"),
        (26, gettext_lazy("Our badges"), "badge-check", "badge"),
    ):
        add_rail_entry(RailEntry(SKILLS, order, label, icon, f"skills-desk:{noun}-list", "skills.award.view"))
