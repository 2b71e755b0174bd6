"""What contracts and exits add to the desk's rail."""

from django.utils.translation import gettext_lazy

from rebond.core.rail import RailEntry, add_rail_entry
from rebond.people.desk import PEOPLE


def register() -> None:
    """Called when the app is ready."""
    for order, label, icon, page, permission in (
        (23, gettext_lazy("Ends of contracts"), "file-clock", "contract-list", "insertion.contract.view"),
        (23, gettext_lazy("Exits"), "footprints", "exit-list", "insertion.exit.view"),
        (24, gettext_lazy("Figures of exits"), "trending-up", "exit-figures", "insertion.exit.figures"),
        (25, gettext_lazy("Reasons of exits"), "list", "reason-list", "insertion.reason.change"),
    ):
        add_rail_entry(RailEntry(PEOPLE, order, label, icon, f"insertion-desk:{page}", permission))
