"""What the lists of the workshop's desk give as a spreadsheet. Badges and calls for help stay on the page."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column

STATIONS = [
    Column(_("Station"), "name"),
    Column(_("What is done there"), "get_kind_display"),
    Column(_("Site"), "site.name"),
    Column(_("Tablets"), "tablets", "number"),
    Column(_("Waiting at most"), "limit", "number"),
]
WORKERS = [
    Column(_("First name"), "first_name"),
    Column(_("Full name"), "user.name"),
    Column(_("Status"), "get_status_display"),
    Column(pgettext_lazy("period", "From"), "started_on", "date"),
    Column(pgettext_lazy("period", "To"), "ended_on", "date"),
]
