"""Flows of the chain: throughput, kilograms, lead times, Little's law. Of stations and objects, never of a person."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.template.defaultfilters import date as date_filter
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_GET

from rebond.core.access import requires
from rebond.core.charts import Chart, Point
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.workshop.contributions import weights_of
from rebond.workshop.queries.figures import (
    BY_DAY,
    WEEKS,
    Lead,
    Output,
    Period,
    Span,
    by_station,
    by_universe,
    lead_times,
    may_show_days,
    period_of,
    spans_of,
)
from rebond.workshop.queries.guard import PEOPLE
from rebond.workshop.queries.little import checks_of
from rebond.workshop.web import exports
from rebond.workshop.web.sites import Sites, sites_of
from rebond.workshop.web.views.desk_board import VIEW, tabs_for


def _asked(request: HttpRequest) -> tuple[Sites, Period | None]:
    chosen = sites_of(request)
    text = request.GET.get("semaines", "")
    weeks = int(text) if text.isdigit() and len(text) < 4 else WEEKS[1]
    return chosen, period_of(chosen.site, weeks) if chosen.site is not None else None


def _leads(site: Any, period: Period) -> Sequence[Lead]:
    whole, rows = lead_times(site, period)
    return [*([whole] if whole else []), *rows]


def _rows_of(table: str, site: Any, period: Period) -> tuple[Sequence[Any], list[Any]] | None:
    """(rows, columns) of one table of the page, for its spreadsheet."""
    known: dict[str, tuple[Callable[[], Sequence[Any]], list[Any]]] = {
        "postes": (lambda: by_station(site, period), exports.outputs(_("Station"), period)),
        "rayons": (lambda: by_universe(site, period), exports.outputs(pgettext("goods", "Department"), period)),
        "objets": (lambda: spans_of(site, period, is_by_day=False), exports.SPANS),
        "flux": (lambda: weights_of(site, period.start, period.end), exports.WEIGHTS),
        "delais": (lambda: _leads(site, period), exports.LEADS),
        "little": (lambda: checks_of(site, period), exports.LITTLE),
    }
    if table not in known:
        return None
    read, columns = known[table]
    return read(), columns


@requires(VIEW)
@require_GET
def figures(request: HttpRequest) -> HttpResponseBase:
    """Whole weeks that are over; `?tableau=` and `?export=` give one table as a spreadsheet."""
    chosen, period = _asked(request)
    context = tabs_for(request, "figures") | {"sites": chosen, "period": period, "periods": WEEKS}
    if chosen.site is None or period is None:
        return page(request, "workshop/desk/figures.html", context)
    site = chosen.site
    table = _rows_of(request.GET.get("tableau", ""), site, period)
    if table is not None and (download := wanted_export(request, *table, _("workshop-figures"))) is not None:
        return download
    may_days = may_show_days(site, period)
    is_by_day = may_days and request.GET.get("pas") == "jour"
    whole, leads = lead_times(site, period)
    before, _rows = lead_times(site, period.before)
    stations = by_station(site, period)
    station = _station(request, stations)
    context |= {
        "may_days": may_days,
        "is_by_day": is_by_day,
        "is_short": period.weeks <= BY_DAY,
        "least": PEOPLE,
        "objects": _objects_chart(spans_of(site, period, is_by_day=is_by_day), is_by_day=is_by_day),
        "stations": stations,
        "station": station,
        "universes": by_universe(site, period, station=station.key if station else None),
        "lead": whole,
        "lead_before": before,
        "leads": leads,
        "lead_chart": _lead_chart(whole),
        "checks": checks_of(site, period),
        "weights": weights_of(site, period.start, period.end),
    }
    return page(request, "workshop/desk/figures.html", context)


def _station(request: HttpRequest, rows: Iterable[Output]) -> Output | None:
    """The station asked for, among those that may be shown by themselves."""
    asked = request.GET.get("poste", "")
    return next((row for row in rows if row.label is not None and str(row.key) == asked), None)


def _objects_chart(spans: Sequence[Span], *, is_by_day: bool) -> Chart:
    came, left = sum(span.came for span in spans), sum(span.left for span in spans)
    if left > came:
        title = _("More objects go online than come in")
    elif came > left:
        title = _("More objects come in than go online")
    else:
        title = _("As many objects go online as come in")
    points = []
    for span in spans:
        day = date_filter(span.start, "j N")
        label = date_filter(span.start, "D j N") if is_by_day else _("Week of %(day)s") % {"day": day}
        points.append(Point(label, span.left, span.came, day))
    return Chart(
        title=title,
        unit=_("Objects a day") if is_by_day else _("Objects a week"),
        says=_("%(came)s came in, %(left)s went online.") % {"came": came, "left": left},
        points=points,
        series=_("Went online"),
        other=_("Came in"),
    )


def _lead_chart(lead: Lead | None) -> Chart | None:
    """How many objects took how many days; the last bar holds the longest ones."""
    if lead is None:
        return None
    words = ngettext(
        "Half of the objects are online within %(n)s day",
        "Half of the objects are online within %(n)s days",
        lead.median,
    )
    counts = dict(lead.counts)
    last = min(max(counts), max(lead.ninth * 3 // 2, 7))
    points = [Point(_in_days(n), counts.get(n, 0), short=str(n)) for n in range(last)]
    rest = sum(number for days, number in lead.counts if days >= last)
    points.append(Point(_("%(n)s days or more") % {"n": last}, rest, short=f"{last}+"))
    return Chart(
        title=words % {"n": lead.median},
        unit=_("Objects, by days to online"),
        says=_("Nine in ten within %(n)s days.") % {"n": lead.ninth},
        points=points,
        series=_("Objects"),
        axis=_("Delay"),
        now=lead.median if lead.median < last else None,
        now_label=_("The middle one"),
    )


def _in_days(number: int) -> str:
    return ngettext("%(n)s day", "%(n)s days", number) % {"n": number}
