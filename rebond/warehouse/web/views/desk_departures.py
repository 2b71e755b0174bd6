"""Figures of what left, for the desk: one page and its spreadsheets."""

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.warehouse.queries import departures as queries
from rebond.warehouse.queries.arrivals import arrivals_of
from rebond.warehouse.web.exports import DEPARTURES
from rebond.warehouse.web.figure_exports import FIGURES, columns_of


@requires("warehouse.parcel.view")
@require_GET
def departures(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    days = queries.period()
    figure = FIGURES.get(request.GET.get("tableau", ""))
    if figure is not None and "export" in request.GET:
        told = figure.rows(organisation, days)
        download = wanted_export(request, told, columns_of(figure, days), str(figure.file))
        if download is not None:
            return download
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
        "arrivals": arrivals_of(organisation, days),
        "said": {key: one.said for key, one in FIGURES.items()},
    }
    return page(request, "warehouse/desk/departures.html", context)
