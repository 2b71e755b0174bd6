"""Columns of the room's lists."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column

AWARDS = [
    Column(pgettext_lazy("award", "Badge"), "badge.name"),
    Column(_("Person"), "user.display_name"),
    Column(pgettext_lazy("award", "Given on"), "issued_at", "datetime"),
    Column(_("Valid until"), "valid_until", "datetime"),
    Column(_("State"), "get_state_display"),
    Column(_("Why it is taken back"), "revoked_reason"),
]
BADGES = [
    Column(pgettext_lazy("award", "Badge"), "name"),
    Column(pgettext_lazy("badge", "Version"), "version", "number"),
    Column(_("What one does to have it"), "criteria"),
    Column(_("Given to"), "given", "number"),
    Column(_("Given until"), "closed_at", "datetime"),
]
PEOPLE = [Column(_("Person"), "display_name"), Column(_("E-mail"), "email")]
