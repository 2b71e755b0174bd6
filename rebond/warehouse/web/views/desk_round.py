"""Rounds at the desk, and the labels of a cart's slots."""

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.pdf import render_pdf
from rebond.core.web import page
from rebond.warehouse.queries import rounds as queries
from rebond.warehouse.queries.labels import slot_rows
from rebond.warehouse.queries.waves import progress_of_rounds, tasks_of
from rebond.warehouse.web.exports import ROUNDS

VIEW = "warehouse.wave.view"
PAGE = 50
MOST_SLOTS = 100


@requires(VIEW)
@require_GET
def round_list(request: HttpRequest) -> HttpResponseBase:
    organisation, choice = request.access.organisation, request.GET.get("etat", "")  # type: ignore[attr-defined]
    rows = queries.rounds_of(organisation, choice)
    if (download := wanted_export(request, rows, ROUNDS, _("rounds"))) is not None:
        return download
    key = key_in(request.GET.get("avant", ""))
    found, next_key = page_before(rows, key, PAGE)
    progress, tasks = progress_of_rounds(found), tasks_of(found)
    context = {
        "rows": [(one, progress[one.pk], tasks.get(one.public_id)) for one in found],
        "next_key": next_key,
        "is_first": key is None,
        "state": choice,
        "paces": queries.paces_of(organisation),
        "tabs": [
            ("", pgettext("rounds", "All")),
            (queries.RUNNING, pgettext("rounds", "Under way")),
            (queries.PAUSED, pgettext("rounds", "Paused")),
            (queries.WAITING, pgettext("rounds", "To take")),
            (queries.ENDED, pgettext("rounds", "Ended")),
        ],
    }
    return page(request, "warehouse/desk/round_list.html", context, partial="results")


@requires(VIEW)
@require_GET
def cart_labels(request: HttpRequest) -> HttpResponse:
    """Labels to stick on the slots of a cart, on A4 sheets: `cases` of them, the same on each cart."""
    number = request.GET.get("cases", "8")
    slots = min(max(int(number), 1), MOST_SLOTS) if number.isdecimal() else 8
    name = request.access.organisation.name  # type: ignore[attr-defined]
    data = {"title": _("Slots of a cart"), "labels": slot_rows(slots, name)}
    headers = {"Content-Disposition": 'inline; filename="cases.pdf"'}
    return HttpResponse(render_pdf("warehouse/places_sheet", data), content_type="application/pdf", headers=headers)
