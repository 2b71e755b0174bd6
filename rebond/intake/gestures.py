"""What this room adds to one's last acts at a station: who brought an arrival, which the law keeps."""

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.workshop.gestures import Gesture, add_gestures

MOST = 3


def _donors(worker: Any) -> Iterable[Gesture]:
    """Donors noted today: a line of the register is never taken away, only corrected by a newer one (rules.md F6)."""
    if not worker.organisation.is_register_kept:
        return
    told = Entry.objects.filter(
        organisation_id=worker.organisation.public_id,
        at__gte=midnight(timezone.localdate()),
        action="intake.donor.noted",
        actor_id=worker.user.public_id,
    )
    for entry in told.order_by("-pk")[:MOST]:
        yield Gesture(
            icon="book-lock",
            tint="sable",
            title=_("Who brought it is noted"),
            text=entry.subject_label,
            why=_("The law keeps this line. Ask for help to correct it."),
        )


def register() -> None:
    """Called when the app is ready."""
    add_gestures(_donors)
