"""What the lists of the network's room give as a spreadsheet; the directory's columns are in queries/directory.py."""

from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column
from rebond.network.queries.agreements import state_of


def _percent(field: str) -> Any:
    return lambda agreement: Decimal(getattr(agreement, field)).scaleb(-2)


_STATES = {"draft": _("Draft"), "coming": _("Signed, to come"), "current": _("In force"), "over": _("Over")}

MEMBERS = [
    Column(_("Name"), "user.display_name"),
    Column(_("E-mail address"), "user.email"),
    Column(_("Role"), "get_role_display"),
    Column(pgettext_lazy("period", "From"), "started_at", "date"),
    Column(pgettext_lazy("period", "To"), "ended_at", "date"),
]
AGREEMENTS = [
    Column(_("Organisation"), "organisation.name"),
    Column(_("Form"), "get_kind_display"),
    Column(_("With"), "operator.name"),
    Column(_("Commission in percent"), _percent("commission_bp"), "number"),
    Column(_("Solidarity in percent"), _percent("solidarity_bp"), "number"),
    Column(_("Monthly fee"), "monthly_fee_cents", "cents"),
    Column(_("Entry fee"), "entry_fee_cents", "cents"),
    Column(pgettext_lazy("period", "From"), "starts_on", "date"),
    Column(pgettext_lazy("period", "To"), "ends_on", "date"),
    Column(_("Document given on"), "document_given_on", "date"),
    Column(_("Signed on"), "signed_on", "date"),
    Column(pgettext_lazy("agreement", "State"), lambda row: _STATES[state_of(row, timezone.localdate())]),
]
ADMISSIONS = [
    Column(_("Name"), "name"),
    Column(_("Place"), "place"),
    Column(_("Goods"), "answers.goods"),
    Column(_("State"), "get_state_display"),
    Column(_("Round"), "round", "number"),
    Column(_("Sent on"), "submitted_at", "date"),
    Column(_("Decided on"), "decided_at", "date"),
    Column(_("Decided by"), "decided_by.display_name"),
]
