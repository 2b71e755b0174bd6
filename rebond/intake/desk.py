"""What the way in adds to the desk: its entry of the rail (the mass balance is led to from there)."""

from django.utils.translation import gettext_lazy as _

from rebond.core.rail import RailEntry, add_rail_entry


def register() -> None:
    """Called when the app is ready."""
    add_rail_entry(
        RailEntry(_("Workshop"), 10, _("Arrivals"), "inbox", "intake-desk:donation-list", "intake.donation.view")
    )
