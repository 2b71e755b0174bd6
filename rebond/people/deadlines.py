"""What may be due for a person, by kind: rooms above register theirs when they load."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MEETING = "people.meeting"
STATUS_END = "people.status_end"
APTITUDE = "people.aptitude"
CORRECTION = "people.correction"
ALERTS: dict[str, tuple[int, ...]] = {APTITUDE: (1,)}  # months before the day, at which the list tells it
KINDS: dict[str, Promise | str] = {
    MEETING: _("Meeting"),
    STATUS_END: _("End of the status"),
    APTITUDE: _("Limits at work to look at again"),
    CORRECTION: _("A correction waits for its answer"),
}


def register(kind: str, label: Promise | str, *, alert_months: tuple[int, ...] = ()) -> None:
    """Called by an app's `ready`; raise ValueError where the kind has another label."""
    if str(KINDS.get(kind, label)) != str(label):
        raise ValueError(f"the deadline {kind} is registered twice")
    KINDS[kind], ALERTS[kind] = label, alert_months
