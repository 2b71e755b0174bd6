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
from django.utils.translation import get_language
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
from rebond.shop.queries.guest_data import guest_path
from rebond.shop.queries.person import Person
from rebond.shop.queries.personal import EXPORT, invoices_of, sections_of
from rebond.shop.queries.personal_after_sales import files_of
from rebond.shop.queries.personal_words import readable

KEPT = datetime.timedelta(days=7)
STALE = datetime.timedelta(hours=1)  # a job that no worker ended: another may be asked
LARGEST = 2_000_000_000


def current_export(person: Person, now: datetime.datetime | None = None) -> Job | None:
    """The last one asked for that is under way, or whose file is still there."""
    now = now or timezone.now()
    return person.jobs(EXPORT).filter(created_at__gte=now - KEPT).order_by("-created_at", "-pk").first()


def file_of(job: Job) -> StoredFile | None:
    """Its file, until the day it goes."""
    rows = StoredFile.objects.filter(subject_kind="core.job", subject_id=job.public_id)
    return rows.filter(delete_after__gte=timezone.localdate()).first()


@transaction.atomic
def ask_export(*, person: Person, now: datetime.datetime | None = None) -> Job:
    """Have the file made; asked again while one is being made, it is that one. A guest has it once an hour."""
    now = now or timezone.now()
    if person.user is not None:
        lock_rows(User.objects.filter(pk=person.user.pk), no_key=True)
    last = current_export(person, now)
    is_recent = last is not None and last.created_at > now - STALE
    if last is not None and is_recent and (not last.is_over or person.user is None):
        return last
    kind, key = person.owner
    total = len(sections_of(person)) + 1
    how = {"email": person.email, "language": get_language() or "fr"} if person.user is None else {}
    job = Job.objects.create(kind=EXPORT, owner_kind=kind, owner_id=key, total=total, created_at=now, result=how)
    record("shop.person.export_asked", subject=person.user or job, by=person.user)
    tasks.make_personal_export.enqueue(job.pk)
    return job


def _person_of(job: Job) -> Person | None:
    if job.owner_kind != "accounts.user":
        return Person(email=job.result["email"])
    user = User.objects.filter(public_id=job.owner_id).first()
    return Person(user=user) if user is not None else None


def make_export(*, job_id: int) -> None:
    """The worker's part: sections, papers and files in one ZIP, then a mail. Run again, it is made once."""
    job = Job.objects.filter(pk=job_id).first()
    person = _person_of(job) if job is not None else None
    if job is None or job.is_over or person is None:
        return  # erased meanwhile
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=timezone.now(), done=0)
    language = person.user.language if person.user is not None else job.result["language"]
    with translation.override(language), tempfile.TemporaryFile() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
            _write_sections(archive, person, job)
            _write_files(archive, person)
        made.seek(0)
        _hand_over(job, person, made)


def _write_sections(archive: zipfile.ZipFile, person: Person, job: Job) -> None:
    found: dict[str, Any] = {"made_at": timezone.now().isoformat(timespec="seconds")}
    tables = []
    for section in sections_of(person):
        rows = [tuple(row) for row in section.rows(person)]
        found[section.key] = list(section.records(person))
        tables.append(readable(section, rows))
        Job.objects.filter(pk=job.pk).update(done=F("done") + 1)
    archive.writestr("donnees.json", json.dumps(found, ensure_ascii=False, indent=1, default=str))
    name = person.user.display_name if person.user is not None else person.email
    page = {"name": name, "tables": tables, "made_at": timezone.now(), "LANGUAGE_CODE": get_language()}
    archive.writestr("lisez-moi.html", render_to_string("shop/personal_export.html", page))


def _write_files(archive: zipfile.ZipFile, person: Person) -> None:
    for paper in invoices_of(person).iterator(chunk_size=100):
        archive.writestr(f"factures/{paper.number}.pdf", file_of_invoice(invoice=paper))
    for path, stored in files_of(person):
        with stored.file.open("rb") as file:
            archive.writestr(path, file.read())


@transaction.atomic
def _hand_over(job: Job, person: Person, made: Any) -> None:
    until = timezone.localdate() + KEPT
    rows = Job.objects.filter(pk=job.pk)
    if not rows.update(state=JobState.DONE, ended_at=timezone.now(), done=F("total")):
        return  # erased meanwhile
    store_file(
        upload=File(made, name="mes-donnees.zip"),
        organisation=None,
        permission="shop.person.read",
        by=person.user,
        subject=job,
        kinds=frozenset({"zip"}),
        max_bytes=LARGEST,
        delete_after=until,
    )
    _tell(job, person, until)


def _tell(job: Job, person: Person, until: datetime.date) -> None:
    to = person.user.email if person.user is not None else person.email
    path = reverse("shop:personal") if person.user is not None else guest_path(person)
    if not to or not path:
        return
    queue_mail(
        kind="shop.person",
        to=to,
        subject=_("Your data is ready"),
        template="shop/mail/personal_export",
        context={"until": until, "page_url": absolute(path), "is_guest": person.user is None},
        key=f"shop.person:{job.public_id}",
        is_secret=person.user is None,
    )
