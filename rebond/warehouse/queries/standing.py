"""Where rounds and parcels in somebody's hands are, in words, for who shows the work to those who learn it."""

from collections.abc import Sequence

from django.db.models import Sum
from django.utils.translation import gettext as _

from rebond.warehouse.models import PickLine, Round
from rebond.warehouse.queries.packing import LIVE
from rebond.warehouse.queries.waves import progress_of_rounds
from rebond.workshop.models import Task


def standing_of_rounds(tasks: Sequence[Task]) -> dict[str, str]:
    """{task's public id: “Object 3 of 8”}: two queries."""
    rounds = list(Round.objects.filter(public_id__in=[task.subject_id for task in tasks]))
    progress = progress_of_rounds(rounds)
    known = {one.public_id: progress[one.pk] for one in rounds}
    found = {}
    for task in tasks:
        if (far := known.get(task.subject_id)) is not None and far.lines:
            number = min(far.lines, far.done + far.missing + 1)
            found[task.public_id] = _("Object %(number)s of %(all)s") % {"number": number, "all": far.lines}
    return found


def standing_of_parcels(tasks: Sequence[Task]) -> dict[str, str]:
    """{task's public id: the step of packing}: one query."""
    rows = PickLine.objects.filter(parcel__public_id__in=[task.subject_id for task in tasks], state__in=LIVE)
    units = dict(rows.order_by().values_list("parcel__public_id").annotate(n=Sum("units")))
    return {task.public_id: _step(task, units.get(task.subject_id, 0)) for task in tasks}


def _step(task: Task, units: int) -> str:
    seen = sum(task.data.get("seen", {}).values())
    if not units or seen < units:
        return _("Objects: %(seen)s of %(all)s are in") % {"seen": seen, "all": units}
    for key, words in (("carton", _("Choosing the carton")), ("photo", _("Taking the picture"))):
        if key not in task.data:
            return words
    return _("Weighing")
