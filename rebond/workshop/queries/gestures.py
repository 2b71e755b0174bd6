"""What a person did today at this station, and what of it may still be undone (the rule is `actions.step.can_undo`)."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.workshop.enums import StepResult, TaskState
from rebond.workshop.gestures import Gesture
from rebond.workshop.kinds import is_known, kind_of, label_of
from rebond.workshop.models import Station, Step, Task, Worker
from rebond.workshop.queries.together import HANDED, RETURNED, passed_on

MOST = 20
MOST_TASKS = 5


def own_steps(worker: Worker) -> Any:
    """Steps of which the person is a hand."""
    return Step.objects.filter(Q(worker=worker) | Q(partner=worker))


def steps_today(worker: Worker, station: Station | None, most: int = MOST) -> Sequence[Step]:
    """The person's own steps of today at this station (all of them on a device of their own), last first."""
    here = Q() if station is None else Q(station=station)
    today = Q(worker=worker, day=timezone.localdate()) | Q(partner=worker, day=timezone.localdate())
    rows = Step.objects.filter(today, here).exclude(result=StepResult.UNDONE)
    return list(rows.select_related("undone_by").order_by("-pk")[:most])


def gestures_of(steps: Sequence[Step], worker: Worker) -> list[Gesture]:
    """The steps in words; one query."""
    after = _in_the_way(steps)
    found = []
    for step in steps:
        kind = kind_of(step.kind) if is_known(step.kind) else None
        is_undone = hasattr(step, "undone_by")
        why = "" if is_undone else _why_not(step, after.get(step.pk), worker)
        found.append(
            Gesture(
                icon=kind.icon if kind else "circle-dot",
                tint=kind.tint if kind else "sable",
                title=label_of(step.kind),
                text=step.subject_label,
                url="" if is_undone or why else reverse("workshop:gesture-undo", args=[step.public_id]),
                why=why,
                is_undone=is_undone,
            )
        )
    return found


def _why_not(step: Step, after: tuple[int, int | None] | None, worker: Worker) -> str:
    """Why a step that holds cannot be undone, "" where it can."""
    if not is_known(step.kind) or kind_of(step.kind).undo is None:
        return _("This cannot be undone. Ask for help.")
    if after is None:
        return ""
    return _("Undo what came after first.") if worker.pk in after else _("A colleague went on. Ask for help.")


def _in_the_way(steps: Sequence[Step]) -> dict[int, tuple[int, int | None]]:
    """{step: hands of the next one that holds on the same subject}."""
    if not steps:
        return {}
    rows = Step.objects.filter(
        pk__gt=min(step.pk for step in steps),
        subject_kind__in={step.subject_kind for step in steps},
        subject_id__in={step.subject_id for step in steps},
        undone_by__isnull=True,
    ).exclude(result=StepResult.UNDONE)
    later = list(rows.order_by("pk").values_list("pk", "subject_kind", "subject_id", "worker_id", "partner_id"))
    found: dict[int, tuple[int, int | None]] = {}
    for step in steps:
        for pk, kind, subject, worker, partner in later:
            if pk > step.pk and (kind, subject) == (step.subject_kind, step.subject_id):
                found[step.pk] = (worker, partner)
                break
    return found


def passed_today(worker: Worker) -> list[Gesture]:
    """Tasks that the person handed over or gave back today, and nobody has begun; three queries."""
    told = Entry.objects.filter(
        organisation_id=worker.organisation.public_id,
        at__gte=midnight(timezone.localdate()),
        action__in=[HANDED, RETURNED],
        actor_id=worker.user.public_id,
    )
    codes = list(dict.fromkeys(told.order_by("-pk").values_list("subject_id", flat=True)[:MOST_TASKS]))
    tasks = Task.objects.filter(public_id__in=codes, state=TaskState.WAITING).select_related("proposed_to")
    return list(_passed(tasks.order_by("-pk"), worker))


def _passed(tasks: Iterable[Task], worker: Worker) -> Iterable[Gesture]:
    rows = list(tasks)
    for task, how in passed_on(rows, worker).items():
        to = task.proposed_to.first_name if task.proposed_to else ""
        kind = kind_of(task.kind) if is_known(task.kind) else None
        yield Gesture(
            icon=kind.icon if kind else "circle-dot",
            tint=kind.tint if kind else "sable",
            title=_("Handed over to %(name)s") % {"name": to} if how == HANDED else _("Given back"),
            text=task.subject_label,
            url=reverse("workshop:task-take-back", args=[task.public_id]),
        )
