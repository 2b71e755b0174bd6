"""What the lists of the workshop's desk give as a spreadsheet. Badges and calls for help stay on the page."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.core.exports import Column
from rebond.workshop.kinds import label_of

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
STAGES = [
    Column(_("Stage"), "kind.label"),
    Column(_("Open"), "total", "number"),
    Column(pgettext_lazy("tasks", "Free"), "waiting", "number"),
    Column(pgettext_lazy("tasks", "Being done"), "taken", "number"),
    Column(pgettext_lazy("tasks", "Paused"), "paused", "number"),
    Column(pgettext_lazy("tasks", "Given back"), "returned", "number"),
    Column(_("Waiting for help"), "helped", "number"),
    Column(_("More than 7 days"), "late", "number"),
    Column(_("The oldest since"), "oldest", "date"),
    Column(_("Half of them since"), "median", "date"),
    Column(_("Limit"), "limit", "number"),
    Column(_("Came in 14 days"), "came", "number"),
    Column(_("Left in 14 days"), "left", "number"),
]
TASKS = [
    Column(_("Object"), "subject_id"),
    Column(_("What it is"), "subject_label"),
    Column(_("Stage"), lambda task: str(label_of(task.kind))),
    Column(_("State"), "get_state_display"),
    Column(_("Waits since"), "created_at", "date"),
    Column(_("Comes first"), lambda task: task.priority > 0, "yes"),
    Column(_("Given back because"), "get_return_reason_display"),
]
SPANS = [
    Column(_("Week of"), "start", "date"),
    Column(_("Came in"), "came", "number"),
    Column(_("Went online"), "left", "number"),
]
WEIGHTS = [
    Column(_("Flow"), "name"),
    Column(_("Came in (kg)"), "came_g", "grams"),
    Column(_("Kept for sale or repair (kg)"), "kept_g", "grams"),
    Column(_("Given (kg)"), "given_g", "grams"),
    Column(_("Recycled (kg)"), "recycled_g", "grams"),
    Column(_("Waste (kg)"), "waste_g", "grams"),
]


def _department(row: Any) -> Any:
    """The name of a department, or that of all of them."""
    return _("All") if row.universe is None else row.label or pgettext_lazy("goods", "Other")


LEADS = [
    Column(
        pgettext_lazy("goods", "Department"),
        lambda row: _("All") if row.universe is None else row.label or pgettext_lazy("goods", "Other"),
    ),
    Column(_("Objects"), "number", "number"),
    Column(_("Counted from the donation"), "donations", "number"),
    Column(_("Half of them within (days)"), "median", "number"),
    Column(_("Nine in ten within (days)"), "ninth", "number"),
    Column(_("Not online yet"), "waiting", "number"),
]
LITTLE = [
    Column(_("Stage"), lambda row: row.kind.label if row.kind else _("The whole chain")),
    Column(_("Wait on average (L)"), "average", "number"),
    Column(_("Come a day (λ)"), "rate", "number"),
    Column(_("Days that those who left had waited (W)"), "stay", "number"),
    Column("λW", "product", "number"),
    Column(_("Gap (%)"), "gap_percent", "number"),
    Column(_("In the books"), "booked", "number"),
    Column(_("Counted in the queue"), "counted", "number"),
]


def outputs(first: str, period: Any) -> list[Column]:
    """Steps by station or by department: nothing of a person."""
    merged = _("Others together, so that no figure is one person’s")
    return [
        Column(first, lambda row: row.label if row.label is not None else merged),
        Column(_("Steps done"), "done", "number"),
        Column(_("A week"), lambda row: row.a_week(period.weeks), "number"),
        Column(pgettext_lazy("tasks", "Given back"), "returned", "number"),
    ]
