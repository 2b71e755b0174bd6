"""Many packing slips in one file, made by a task while its owner watches."""

import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.core.locks import lock_row
from rebond.core.models import Job, JobState
from rebond.journal.actions.files import store_file
from rebond.network.models import Organisation
from rebond.shop import tasks
from rebond.shop.queries.slips import MOST, slips_pdf, to_prepare

KIND = "shop.slips"
PERMISSION = "shop.part.view"
KEPT = datetime.timedelta(days=2)  # with buyers' addresses: for the work of the day
AGAIN = datetime.timedelta(minutes=10)
MAX_BYTES = 100_000_000


@transaction.atomic
def start_slips(*, organisation: Organisation, by: Any) -> Job:
    """Ask for the slips of all that waits to be prepared; the file that is being made, where there is one."""
    lock_row(organisation, no_key=True)
    rows = Job.objects.filter(kind=KIND, owner_kind="network.organisation", owner_id=organisation.public_id)
    recent = rows.filter(state__in=[JobState.WAITING, JobState.RUNNING], created_at__gte=timezone.now() - AGAIN)
    if (waiting := recent.order_by("-pk").first()) is not None:
        return waiting
    job = Job.objects.create(
        kind=KIND,
        owner_kind="network.organisation",
        owner_id=organisation.public_id,
        result={"by": by.pk, "organisation": organisation.pk, "language": translation.get_language() or "fr"},
    )
    tasks.make_slips.enqueue(job.pk)
    return job


def build_slips(*, job_id: int) -> str:
    """The task's: draw them and keep the file; run again it starts anew. Its state after."""
    job = Job.objects.filter(pk=job_id, kind=KIND).exclude(state=JobState.DONE).first()
    if job is None:
        return ""
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=timezone.now())
    try:
        with translation.override(job.result["language"]):
            _build(job)
    except Exception:
        failed = _("The file could not be made. Ask for it again.")
        Job.objects.filter(pk=job.pk).update(state=JobState.FAILED, ended_at=timezone.now(), message=failed)
        raise
    return JobState.DONE


def _build(job: Job) -> None:
    organisation = Organisation.objects.get(pk=job.result["organisation"])
    parts = list(to_prepare(organisation)[:MOST])
    Job.objects.filter(pk=job.pk).update(total=max(1, len(parts)), done=0)
    now = timezone.now()
    name = f"{_('packing-slips')}-{timezone.localdate(now):%Y-%m-%d}.pdf"
    body = slips_pdf(parts, now=now)
    with transaction.atomic():
        stored = store_file(
            upload=ContentFile(body, name=name),
            organisation=organisation,
            permission=PERMISSION,
            by=User.objects.filter(pk=job.result["by"]).first(),
            kinds=frozenset({"pdf"}),
            max_bytes=MAX_BYTES,
            delete_after=timezone.localdate(now) + KEPT,
        )
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE,
            done=max(1, len(parts)),
            ended_at=now,
            result=job.result | {"file": stored.public_id, "name": name, "number": len(parts)},
        )
