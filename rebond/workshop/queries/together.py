"""Who is here to share a task or to take it over, and who passed a task on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from rebond.core.dates import midnight
from rebond.journal.models import Entry
from rebond.network.models import Membership
from rebond.workshop.data.chain import REVIEW
from rebond.workshop.enums import SkillLevel, TaskState
from rebond.workshop.kinds import is_known, kind_of
from rebond.workshop.models import Step, Task, Worker
from rebond.workshop.perms import SUPERVISORS
from rebond.workshop.queries.today import people_at

HANDED, RETURNED = "workshop.task.handed_over", "workshop.task.returned"


def able_to(task: Task, people: Any) -> Any:
    """Of these people, those to whom the task's work may be given (`queries.skills`, `may_review`): one query."""
    if not is_known(task.kind) or not kind_of(task.kind).asks_skill:
        return people
    run = Membership.objects.filter(user=OuterRef("user"), organisation=OuterRef("organisation"))
    runs = Exists(run.filter(ended_at__isnull=True, role__in=SUPERVISORS).order_by())
    knows = Q(skills__kind=task.kind, skills__level__in=[SkillLevel.ABLE, SkillLevel.TEACHES])
    if task.kind == REVIEW and task.data.get("writer"):
        knows &= ~Q(pk=task.data["writer"])
    return people.filter(knows | Q(runs)).distinct()


def colleagues_at(site: Any, *, worker: Worker, task: Task) -> Sequence[Worker]:
    """Colleagues who signed in or worked at the site today and may do the task, by first name; three queries."""
    today = timezone.localdate()
    worked = Exists(Step.objects.filter(worker=OuterRef("pk"), day=today, site=site).order_by())
    team = Worker.objects.present().filter(organisation=worker.organisation_id).exclude(pk=worker.pk)
    here = team.filter(Q(pk__in=list(people_at(site))) | Q(worked))
    return list(able_to(task, here).order_by("first_name", "pk"))


def passed_on_by(task: Task, worker: Worker, *, now: datetime | None = None) -> str:
    """How the person gave the task away today (HANDED or RETURNED), where it waits since and nothing else happened."""
    return passed_on([task], worker, now=now).get(task, "")


def passed_on(tasks: Sequence[Task], worker: Worker, *, now: datetime | None = None) -> dict[Task, str]:
    """The same of several tasks, those alone of which it is true; one query."""
    free = {task.public_id: task for task in tasks if task.state == TaskState.WAITING and task.worker_id is None}
    if not free:
        return {}
    told = Entry.objects.filter(subject_kind="workshop.task", subject_id__in=list(free)).order_by("pk")
    last = {entry.subject_id: entry for entry in told}
    since = midnight(timezone.localdate(now))
    return {
        free[code]: entry.action
        for code, entry in last.items()
        if entry.action in {HANDED, RETURNED} and entry.actor_id == worker.user.public_id and entry.at >= since
    }


def other_hand(task: Task, worker: Worker) -> Worker | None:
    """The colleague with whom the person has the task."""
    pair: dict[int | None, Worker | None] = {task.worker_id: task.partner, task.partner_id: task.worker}
    return pair.get(worker.pk) if task.partner_id is not None else None
