"""A month of one seller in one ZIP: invoices, credit notes, statement, spreadsheets. Made by a task, step by step."""

import tempfile
import zipfile
from collections.abc import Iterable
from datetime import timedelta
from typing import IO, Any

from django.core.files.base import File
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.accounts.models import User
from rebond.core.exports import csv_lines
from rebond.core.locks import lock_row
from rebond.core.models import Job, JobState
from rebond.core.pdf import render_pdf
from rebond.journal.actions.files import store_file
from rebond.ledger import tasks
from rebond.ledger.actions.invoice_file import file_of_invoice
from rebond.ledger.models import Account, Invoice
from rebond.ledger.queries.accounts import postings_of
from rebond.ledger.queries.ereporting import consumer_taxes, day_sums
from rebond.ledger.queries.sheets import DAY_SUMS, INVOICES, STATEMENT
from rebond.ledger.queries.statements import Statement, paper_of, statement_of
from rebond.network.models import Organisation

KIND = "ledger.month"
PERMISSION = "ledger.invoice.view"
MAX_BYTES = 2_000_000_000
KEPT = timedelta(days=30)  # of the ZIP: it can be made again from what is kept for good
HOUR = timedelta(hours=1)  # after that, a work that was killed may be asked for again
STEP = 10  # papers between two signs of progress


@transaction.atomic
def start_month(*, account: Account, year: int, month: int, organisation: Organisation, by: Any) -> Job:
    """Ask for the ZIP of a month; the one that is being made, where there is. Raise ValueError for no month.

    The account is held meanwhile: two clicks ask for one file.
    """
    statement_of(account, year, month)
    lock_row(account, no_key=True)
    wanted = {"account": account.pk, "year": year, "month": month, "language": translation.get_language() or "fr"}
    rows = Job.objects.filter(kind=KIND, owner_kind="network.organisation", owner_id=organisation.public_id)
    waiting = rows.filter(state__in=[JobState.WAITING, JobState.RUNNING], created_at__gte=timezone.now() - HOUR)
    for job in waiting.order_by("-pk")[:20]:
        if job.result.items() >= {"account": account.pk, "year": year, "month": month}.items():
            return job
    job = Job.objects.create(
        kind=KIND, owner_kind="network.organisation", owner_id=organisation.public_id,
        result=wanted | {"by": by.pk, "organisation": organisation.pk},
    )  # fmt: skip
    tasks.make_month_file.enqueue(job.pk)
    return job


def build_month(*, job_id: int) -> str:
    """The task's: write the ZIP and keep it as a private file; run again it starts anew. Its state after."""
    job = Job.objects.filter(pk=job_id, kind=KIND).exclude(state=JobState.DONE).first()
    if job is None:
        return ""
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, started_at=timezone.now())
    try:
        with translation.override(job.result["language"]):
            _build(job)
    except Exception:
        Job.objects.filter(pk=job.pk).update(
            state=JobState.FAILED, ended_at=timezone.now(), message=_("The file could not be made. Ask for it again.")
        )
        raise
    return JobState.DONE


def _build(job: Job) -> None:
    account = Account.objects.select_related("owner", "operator").get(pk=job.result["account"])
    month = statement_of(account, job.result["year"], job.result["month"])
    rows = Invoice.objects.filter(
        seller=account.owner, operator=account.operator, issued_on__range=(month.first, month.last)
    )
    total = rows.count() + 1
    Job.objects.filter(pk=job.pk).update(total=total, done=0)
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            _write_papers(archive, rows.select_related("seller").order_by("pk"), job)
            _write_sheets(archive, month, rows)
        _keep(job, account, month, file, total)


def _write_papers(archive: zipfile.ZipFile, rows: Any, job: Job) -> None:
    """Each invoice and credit note as it was handed out, drawn now where nobody had asked for it."""
    for number, invoice in enumerate(rows.iterator(chunk_size=50), start=1):
        folder = _("credit-notes") if invoice.is_credit_note else _("invoices")
        archive.writestr(f"{folder}/{invoice.number}.pdf", file_of_invoice(invoice=invoice))
        if number % STEP == 0:
            Job.objects.filter(pk=job.pk).update(done=number)


def _write_sheets(archive: zipfile.ZipFile, month: Statement, rows: Any) -> None:
    account = month.account
    archive.writestr(f"{_('statement')}.pdf", render_pdf("ledger/statement", paper_of(month)))
    postings = postings_of(account, since=month.first, until=month.last).order_by("pk")
    taxes = consumer_taxes(month.first, month.last, seller=account.owner)
    sheets: list[tuple[str, Iterable[Any], Any]] = [
        (_("statement"), postings, STATEMENT),
        (_("invoices"), rows.select_related("seller").defer("data").order_by("pk"), INVOICES),
        ("e-reporting", day_sums(taxes.filter(invoice__operator=account.operator)), DAY_SUMS),
    ]
    for name, found, columns in sheets:
        with archive.open(f"{name}.csv", "w", force_zip64=True) as sheet:
            for lines in csv_lines(found, columns):
                sheet.write(lines)


def _keep(job: Job, account: Account, month: Statement, file: IO[bytes], total: int) -> None:
    file.seek(0)
    name = f"{account.owner.slug}-{month.first:%Y-%m}.zip"
    now = timezone.now()
    with transaction.atomic():
        stored = store_file(
            upload=File(file, name=name),
            organisation=Organisation.objects.get(pk=job.result["organisation"]),
            permission=PERMISSION,
            by=User.objects.filter(pk=job.result["by"]).first(),
            kinds=frozenset({"zip"}),
            max_bytes=MAX_BYTES,
            delete_after=timezone.localdate(now) + KEPT,
        )
        Job.objects.filter(pk=job.pk).update(
            state=JobState.DONE, done=total, ended_at=now, result=job.result | {"file": stored.public_id, "name": name}
        )
