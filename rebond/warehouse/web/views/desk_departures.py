"""Figures of what left, for the desk: one page and its spreadsheet."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.warehouse.queries import departures as queries
from rebond.warehouse.web.exports import DEPARTURES


@requires("warehouse.parcel.view")
@require_GET
def departures(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    days = queries.period()
    rows = queries.departures_of(organisation, days)
    if (download := wanted_export(request, rows, DEPARTURES, _("departures"))) is not None:
        return download
    lead = queries.lead_days(organisation, days)
    context = {
        "days": days,
        "rows": rows,
        "sites": queries.by_site(rows),
        "lead": lead,
        "left": sum(n for _days, n in lead),
        "missed": queries.missed_of(organisation, days),
        "carriers": queries.carriers_of(organisation, days),
        "costs": queries.costs_of(organisation, days),
    }
    return page(request, "warehouse/desk/departures.html", context)
