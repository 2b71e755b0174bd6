"""What people download: our template, and the report of an import."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from rebond.connect.formats.template import template_csv, template_xlsx
from rebond.connect.queries.imports import problems
from rebond.connect.web.views.run import RUN, VIEW, load
from rebond.core.access import requires
from rebond.core.exports import XLSX, Column, stream_export

COLUMNS = [
    Column(_("Line"), "line"),
    Column(_("Column"), "column"),
    Column(_("What is written"), "value"),
    Column(_("What is needed"), "reason"),
]


@requires(RUN)
@require_GET
def template(request: HttpRequest, ending: str) -> HttpResponse:
    """Our template, as CSV or as a workbook with its data dictionary."""
    if ending not in {"csv", "xlsx"}:
        raise Http404
    content = template_csv() if ending == "csv" else template_xlsx()
    kind = "text/csv; charset=utf-8" if ending == "csv" else XLSX
    headers = {"Content-Disposition": f'attachment; filename="modele-annonces.{ending}"'}
    return HttpResponse(content, content_type=kind, headers=headers)


@requires(VIEW)
@require_GET
def report(request: HttpRequest, public_id: str, ending: str) -> HttpResponseBase:
    """Every refused line with its column, its value and what is needed."""
    run = load(request, public_id)
    if ending not in {"csv", "xlsx"}:
        raise Http404
    return stream_export(problems(run), COLUMNS, "csv" if ending == "csv" else "xlsx", f"rapport-{run.public_id}")
