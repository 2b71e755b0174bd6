"""Tasks of the base: periodic jobs and housekeeping."""

from datetime import timedelta

from django.contrib.sessions.models import Session
from django.tasks import TaskResultStatus, task
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from rebond.core.models import Job, SentForm, WorkerSign
from rebond.core.retention import delete_in_batches


@task()
def run_periodic(name: str) -> bool:
    from rebond.core.periodic import run_job  # noqa: PLC0415 -- task calls its action

    return run_job(name)


@task()
def forget_finished_tasks() -> None:
    """Successful tasks after a day, sent forms after a week, dead tasks and jobs after 90 days, old signs of life."""
    now = timezone.now()
    finished = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now - timedelta(days=1))
    dead = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__lt=now - timedelta(days=90))
    for rows in (finished, dead):
        while keys := list(rows.order_by("finished_at").values_list("pk", flat=True)[:500]):
            DBTaskResult.objects.filter(pk__in=keys).delete()
    Job.objects.filter(ended_at__lt=now - timedelta(days=90)).delete()
    delete_in_batches(SentForm.objects.filter(at__lt=now - timedelta(days=7)))
    WorkerSign.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


@task()
def forget_expired_cache() -> int:
    """Django's database cache removes what expired only when it is read, or when the table is full."""
    from rebond.core.throttle import purge_expired  # noqa: PLC0415 -- task calls its action

    return purge_expired()


@task()
def forget_expired_sessions() -> None:
    expired = Session.objects.filter(expire_date__lt=timezone.now())
    while keys := list(expired.order_by("expire_date").values_list("pk", flat=True)[:500]):
        Session.objects.filter(pk__in=keys).delete()
