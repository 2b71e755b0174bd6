"""Columns of the lists: nothing that is sealed leaves in a spreadsheet."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column

EXITS = [
    Column(_("First name"), "person.first_name"),
    Column(pgettext_lazy("exit", "Status"), "status.get_kind_display"),
    Column(_("Kind of structure"), "kind"),
    Column(pgettext_lazy("exit", "First day"), "first_on", "date"),
    Column(_("Last day"), "left_on", "date"),
    Column(_("Days in all"), "days", "number"),
    Column(_("Hours in the year of the exit"), "hours_in_year", "number"),
    Column(_("Hours in all"), "hours_in_all", "number"),
    Column(_("Reason of the exit"), "words"),
    Column(pgettext_lazy("exit", "Category"), "get_category_display"),
    Column(pgettext_lazy("exit", "Counting"), "get_counting_display"),
]
REASONS = [
    Column(pgettext_lazy("reason", "Words"), "label"),
    Column(_("Counts as"), "get_category_display"),
    Column(pgettext_lazy("reason", "From"), "valid_from", "date"),
    Column(pgettext_lazy("reason", "Until"), "valid_to", "date"),
]
CONTRACTS = [
    Column(_("First name"), "person.first_name"),
    Column(_("Contract"), "get_kind_display"),
    Column(_("Kind of structure"), "structure"),
    Column(_("First day"), "starts_on", "date"),
    Column(_("Last day"), "last_on", "date"),
]
NEWS = [
    Column(_("First name"), "exit.person.first_name"),
    Column(pgettext_lazy("news", "Moment"), "get_moment_display"),
    Column(pgettext_lazy("news", "To ask on"), "next_on", "date"),
    Column(pgettext_lazy("news", "Left on"), "exit.left_on", "date"),
    Column(_("Followed by"), "exit.person.counsellor.display_name"),
]
