"""What others did while a device was without network."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from rebond.workshop.models import Step
from rebond.workshop.offline import Kept


def step_after(kept: Kept, *, kind: str, subject_kind: str, subject_id: str) -> Step | None:
    """The last step of this kind on the subject, where it came after the act that was kept; else None.

    Steps that we had when the device last asked came before. Of the others, hours tell; a step without hours
    (rules.md B9) counts as later unless the same person did it: what one person does arrives in its order.
    """
    if Step.objects.filter(operation_id=kept.hands.operation_id).exists():  # it was done before: nothing to compare
        return None
    rows = Step.objects.real().filter(kind=kind, subject_kind=subject_kind, subject_id=subject_id, pk__gt=kept.after)
    found: Step | None = rows.select_related("worker").order_by("-pk").first()
    if found is None:
        return None
    if found.ended_at is None:
        return None if found.worker_id == kept.hands.worker.pk else found
    return found if found.ended_at > kept.at else None


def when(step: Any, *, now: datetime | None = None) -> str:
    """“today at 14:20”, or the day only where no hour is kept."""
    today = timezone.localdate(now)
    day = pgettext("step", "today") if step.day == today else date_format(step.day, "j F")
    if step.ended_at is None:
        return day
    return _("%(day)s at %(hour)s") % {
        "day": day,
        "hour": date_format(timezone.localtime(step.ended_at), "G\u00a0\\h\u00a0i"),
    }
