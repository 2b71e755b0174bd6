"""Files for the accountant: entries of a period (generic, or FEC), numbers of accounts, a month in a ZIP."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.forms import bind_errors
from rebond.core.models import Job
from rebond.core.progress import is_worker_silent
from rebond.core.web import page
from rebond.journal.models import StoredFile
from rebond.ledger.actions.chart import set_chart
from rebond.ledger.actions.month_file import KIND, start_month
from rebond.ledger.enums import AccountKind
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import Account
from rebond.ledger.queries.fec import Exercise, chart_of, fec_lines, generic_lines
from rebond.ledger.web.export_forms import ChartForm, ExportForm
from rebond.ledger.web.loading import books_kept

EXPORT = "ledger.entry.export"
CHART = "ledger.chart.change"
MONTH = "ledger.invoice.view"


def _page(request: HttpRequest, status: int = 200, **forms: Any) -> HttpResponse:
    today = timezone.localdate()
    context = {
        "form": ExportForm(initial={"du": today.replace(month=1, day=1), "au": today}),
        "chart_form": ChartForm(chart=chart_of(books_kept(request))),
        "can_change": request.access.can(CHART),  # type: ignore[attr-defined]
    }
    return page(request, "ledger/exports.html", context | forms, status=status)


@requires(EXPORT)
@require_safe
def export_page(request: HttpRequest) -> HttpResponse:
    """What may be downloaded, and the numbers of accounts."""
    return _page(request)


@requires(EXPORT)
@require_safe
def export_file(request: HttpRequest) -> HttpResponseBase:
    """The entries of a period, line by line as they are read: the size of the books does not matter."""
    form = ExportForm(request.GET)
    if not form.is_valid():
        return _page(request, 422, form=form)
    given = form.cleaned_data
    exercise = Exercise(books_kept(request), given["du"], given["au"])
    is_fec = given["format"] == "fec"
    name = exercise.filename if is_fec else f"{_('entries')}-{given['du']}-{given['au']}.csv"
    lines = fec_lines(exercise) if is_fec else generic_lines(exercise)
    kind = "text/plain" if is_fec else "text/csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(
        _bytes(lines, has_mark=not is_fec), content_type=f"{kind}; charset=utf-8", headers=headers
    )


def _bytes(lines: Iterable[str], *, has_mark: bool) -> Iterator[bytes]:
    """In French whatever the reader's language: these are French books."""
    if has_mark:
        yield b"\xef\xbb\xbf"
    with translation.override("fr"):
        for line in lines:
            yield f"{line}\r\n".encode()


@requires(CHART)
@require_POST
def chart_set(request: HttpRequest) -> HttpResponse:
    """The numbers and names that the accountant wants."""
    operator = books_kept(request)
    form = ChartForm(request.POST, chart=chart_of(operator))
    if form.is_valid():
        done = bind_errors(
            form, lambda: set_chart(operator=operator, chart=form.chart(), by=request.user) or True, LedgerError
        )
        if done is not None:
            return redirect("ledger:exports")
    return _page(request, 422, chart_form=form)


@requires(MONTH)
@require_POST
def month_start(request: HttpRequest, public_id: str, year: int, month: int) -> HttpResponse:
    """Ask for a month's ZIP: of the organisation's own account, or of one of the books kept."""
    organisation = books_kept(request)
    rows: Any = Account.objects.visible_to(request.user).filter(kind=AccountKind.SELLER)
    account = get_object_or_404(rows.select_related("owner", "operator"), public_id=public_id)
    if organisation.pk not in {account.owner_id, account.operator_id}:
        raise Http404
    try:
        job = start_month(account=account, year=year, month=month, organisation=organisation, by=request.user)
    except ValueError:
        raise Http404 from None
    return redirect("ledger:month-job", job.public_id)


@requires(MONTH)
@require_safe
def month_job(request: HttpRequest, job_id: str) -> HttpResponse:
    """How far it is; at its end, the file."""
    organisation = books_kept(request)
    rows = Job.objects.filter(kind=KIND, owner_kind="network.organisation", owner_id=organisation.public_id)
    job = get_object_or_404(rows, public_id=job_id)
    file = StoredFile.objects.filter(public_id=job.result.get("file", "")).first() if job.is_over else None
    context = {"job": job, "file": file, "is_worker_silent": not job.is_over and is_worker_silent()}
    return page(request, "ledger/month_job.html", context, partial="job-block")
