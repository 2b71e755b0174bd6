"""The maker's barcode, scanned at the sorting table: what it is, or why it stops."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from rebond.catalogue.queries.recalls import stop_for
from rebond.core.access import requires
from rebond.intake.queries.codes import code_in, kind_by_code
from rebond.intake.web.loading import somebody
from rebond.intake.web.views.sort import Table, load_table, steps
from rebond.workshop.kiosk import kiosk_page
from rebond.workshop.middleware import STATION_PERMISSION
from rebond.workshop.queries.scan import resolve
from rebond.workshop.scan import ScanKind


@requires(STATION_PERMISSION)
@require_http_methods(["GET", "POST"])
def sort_code(request: HttpRequest, public_id: str = "") -> HttpResponseBase:
    """A barcode goes on to its kind of thing (or to its book), and stops there where it is recalled (rules.md F6)."""
    if request.floor.worker is None and not public_id:  # type: ignore[attr-defined]
        return redirect("workshop:kiosk")
    table = load_table(request, public_id)
    error = ""
    if request.method == "POST":
        text = request.POST.get("code", "")
        worker, _site = somebody(request)
        found = resolve(text, worker.organisation)
        if found.kind in {ScanKind.EAN, ScanKind.ISBN} and (gtin := code_in(text)):
            return _go_on(request, table, gtin, is_book=found.kind == ScanKind.ISBN)
        error = _words(found.kind) % {"label": found.label[:40]}
    context = {
        "table": table,
        "donation": table.donation,
        "steps": steps(),
        "error": error,
        "sorted_g": 0,
        "total_g": 0,
    }
    return kiosk_page(request, "intake/sort_code.html", context, status=422 if error else 200)


def _go_on(request: HttpRequest, table: Table, gtin: str, *, is_book: bool) -> HttpResponse:
    if stop_for(gtin=gtin) is None and is_book:
        kept = {"isbn": gtin} | ({"tri": table.task.public_id} if table.task else {})
        return redirect(f"{reverse('intake:book')}?{urlencode(kept)}")
    kind = kind_by_code(gtin)
    if kind is None:
        messages.info(request, _("We do not know this code yet. Choose what it is."))
    answers = {"ean": gtin} | ({"c": kind.key} if kind else {})
    return redirect(f"{table.url}?{urlencode(answers)}")


def _words(kind: ScanKind) -> str:
    """What was scanned instead, said exactly."""
    return {
        ScanKind.ITEM: _("This is our label, of %(label)s. It is sorted already."),
        ScanKind.PLACE: _("This is the place %(label)s. Scan the maker’s code."),
        ScanKind.BOX: _("This is the box %(label)s. Scan the maker’s code."),
        ScanKind.ORDER: _("This is the order %(label)s. Scan the maker’s code."),
        ScanKind.BADGE: _("This is a badge. Scan the maker’s code."),
    }.get(kind, _("This is no barcode. Look under the bars."))
