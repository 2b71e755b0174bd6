"""Give a person all that we know of them: a ZIP made by the worker, private, for a week (GDPR art. 15 and 20)."""

import datetime
import json
import tempfile
import zipfile
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.core.locks import lock_rows
from rebond.core.models import Job, JobState
from rebond.core.seo import absolute
from rebond.journal.actions.files import store_file
from rebond.journal.actions.mail import queue_mail
from rebond.journal.actions.record import record
from rebond.journal.models import StoredFile
from rebond.ledger.actions.invoice_file import file_of_invoice
from rebond.shop import tasks
from rebond.shop.queries.personal import EXPORT, SECTIONS, attachments_of, invoices_of, shown

KEPT = datetime.timedelta(days=7)
STALE = datetime.timedelta(hours=1)  # a job that no worker ended: another may be asked
LARGEST = 2_000_000_000


def current_export(user: User, now: datetime.datetime | None = None) -> Job | None:
    """The last one asked for that is under way, or whose file is still there."""
    now = now or timezone.now()
    rows = Job.objects.filter(kind=EXPORT, owner_kind="accounts.user", owner_id=user.public_id)
    return rows.filter(created_at__gte=now - KEPT).order_by("-created_at", "-pk").first()


def file_of(job: Job) -> StoredFile | None:
    """Its file, until the day it goes."""
    rows = StoredFile.objects.filter(subject_kind="core.job", subject_id=job.public_id)
    return rows.filter(delete_after__gte=timezone.localdate()).first()


@transaction.atomic
def ask_export(*, user: User, by: Any, now: datetime.datetime | None = None) -> Job:
    """Have the file made; asked again while one is being made, it is that one."""
    now = now or timezone.now()
    lock_rows(User.objects.filter(pk=user.pk), no_key=True)
    last = current_export(user, now)
    if last is not None and not last.is_over and last.created_at > now - STALE:
        return last
    total = len(SECTIONS) + 1
    job = Job.objects.create(
        kind=EXPORT, owner_kind="accounts.user", owner_id=user.public_id, total=total, created_at=now
    )
    record("shop.person.export_asked", subject=user, by=by)
    tasks.make_personal_export.enqueue(job.pk)
    return job


def make_export(*, job_id: int) -> None:
    """The worker's part: sections, papers and files in one ZIP, then a mail. Run again, it is made once."""
    job = Job.objects.get(pk=job_id)
    user = User.objects.filter(public_id=job.owner_id).first()
    if job.is_over or user is None:
        return
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=timezone.now(), done=0)
    with translation.override(user.language), tempfile.TemporaryFile() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            _write_sections(archive, user, job)
            _write_files(archive, user)
        made.seek(0)
        _hand_over(job, user, made)


def _write_sections(archive: zipfile.ZipFile, user: User, job: Job) -> None:
    found: dict[str, Any] = {"made_at": timezone.now().isoformat(timespec="seconds")}
    tables = []
    for section in SECTIONS:
        rows = [tuple(row) for row in section.rows(user)]
        keys = [key for key, _label in section.columns]
        found[section.key] = list(section.records(user))
        cells = [[shown(key, value) for key, value in zip(keys, row, strict=True)] for row in rows]
        tables.append({"label": section.label, "head": [label for _key, label in section.columns], "rows": cells})
        Job.objects.filter(pk=job.pk).update(done=F("done") + 1)
    archive.writestr("donnees.json", json.dumps(found, ensure_ascii=False, indent=1, default=str))
    page = {"person": user, "tables": tables, "made_at": timezone.now(), "LANGUAGE_CODE": user.language}
    archive.writestr("lisez-moi.html", render_to_string("shop/personal_export.html", page))


def _write_files(archive: zipfile.ZipFile, user: User) -> None:
    for paper in invoices_of(user).iterator(chunk_size=100):
        archive.writestr(f"factures/{paper.number}.pdf", file_of_invoice(invoice=paper))
    for attached in attachments_of(user).iterator(chunk_size=100):
        with attached.stored.file.open("rb") as file:
            archive.writestr(f"pieces/{attached.public_id}-{attached.stored.name}", file.read())


@transaction.atomic
def _hand_over(job: Job, user: User, made: Any) -> None:
    until = timezone.localdate() + KEPT
    store_file(
        upload=File(made, name="mes-donnees.zip"),
        organisation=None,
        permission="shop.person.read",
        by=user,
        subject=job,
        kinds=frozenset({"zip"}),
        max_bytes=LARGEST,
        delete_after=until,
    )
    Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=timezone.now(), done=F("total"))
    if user.email:
        queue_mail(
            kind="shop.person",
            to=user.email,
            subject=_("Your data is ready"),
            template="shop/mail/personal_export",
            context={"until": until, "page_url": absolute(reverse("shop:personal"))},
            key=f"shop.person:{job.public_id}",
        )
