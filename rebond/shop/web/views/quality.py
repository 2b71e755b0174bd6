"""The two public figures: for everybody, and with what causes them at the desk (rules.md 0.2)."""

from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.defaultfilters import date as date_filter
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import public, requires
from rebond.core.charts import Chart, Point
from rebond.core.exports import Column, wanted_export
from rebond.core.pagecache import cached_page
from rebond.core.paging import key_in, page_before
from rebond.core.seo import Seo
from rebond.core.web import page
from rebond.network.models import Organisation
from rebond.shop.models import QualityCause
from rebond.shop.queries.quality import (
    BAD_PERCENT,
    GOOD_SCORE,
    MIN_ANSWERS,
    MIN_DELIVERED,
    Figures,
    Span,
    by_month,
    causes_of,
    figures_of,
    named,
    open_alerts,
    page_of,
    rolling_year,
    said_of,
    sellers_of,
)
from rebond.shop.reasons import STEPS, reason_label, step_of

ALERTS = 20
LIMITS = {
    "good_score": GOOD_SCORE,
    "bad_percent": BAD_PERCENT,
    "min_answers": MIN_ANSWERS,
    "min_delivered": MIN_DELIVERED,
}
COLUMNS = [
    Column(gettext_lazy("Day"), "day", "date"),
    Column(gettext_lazy("Seller"), "seller.name"),
    Column(gettext_lazy("Universe"), "universe"),
    Column(gettext_lazy("Delivered"), "delivered", "number"),
    Column(gettext_lazy("Answers"), "answers", "number"),
    Column(gettext_lazy("Sum of the notes"), "score_sum", "number"),
    Column(gettext_lazy("Refund requests"), "requests", "number"),
    Column(gettext_lazy("Reason"), lambda row: reason_label(row.reason) if row.reason else ""),
    Column(gettext_lazy("Step to look at"), lambda row: str(STEPS[step_of(row.reason)]) if row.reason else ""),
]


def _charts(months: list[tuple[Any, Figures]]) -> list[Chart]:
    """Twelve months of each figure; months with too few answers stay empty rather than say what they cannot."""
    answered = [(month, one) for month, one in months if one.satisfaction is not None]
    delivered = [(month, one) for month, one in months if one.rate is not None]
    name, short = "F Y", "M"
    return [
        Chart(
            title=_("Satisfaction, month by month"),
            unit=_("out of 10"),
            says=_("Mean of the notes given in each month."),
            points=[
                Point(date_filter(month, name), one.mean, short=date_filter(month, short)) for month, one in answered
            ],
            series=_("Satisfaction"),
        ),
        Chart(
            title=_("Refund requests, month by month"),
            unit=_("% of deliveries"),
            says=_("Requests made in each month, for a hundred deliveries of that month."),
            points=[
                Point(date_filter(month, name), one.percent, short=date_filter(month, short))
                for month, one in delivered
            ],
            series=_("Refund requests"),
        ),
    ]


@public
@require_safe
@cached_page
def quality(request: HttpRequest) -> HttpResponse:
    """The network's figures, with formula, period, source and numbers."""
    span = rolling_year()
    operators = Organisation.objects.filter(kind="operator").order_by("name", "pk")[:30]
    context = {
        "figures": figures_of(None, span),
        "span": span,
        "charts": _charts(by_month(None, span)),
        "platforms": [(one, figures_of(sellers_of(one, span.until), span)) for one in operators],
        "crumbs": [(_("What buyers say of us"), "")],
        "seo": Seo(
            title=_("What buyers say of us"),
            path=request.path,
            description=_("Satisfaction out of 10 and share of refund requests: how we count, and what we do."),
        ),
        **LIMITS,
    }
    return page(request, "shop/quality.html", context)


def _scope(request: HttpRequest) -> tuple[QuerySet[Organisation] | Organisation | None, str, Organisation | None]:
    """Whose figures: the network's people choose; an operator reads its platform; a seller itself.

    With its name, and the operator where it is a platform.
    """
    access: Any = request.access  # type: ignore[attr-defined]
    own: Organisation = access.organisation
    wanted = request.GET.get("vendeur", "")[:80]
    if access.can("shop.quality.view_all"):
        if not wanted:
            return None, _("the whole network"), None
        return _of(_chosen(Organisation.objects.all(), wanted))
    if own.kind == "operator" and wanted not in {"", own.slug}:
        return _of(_chosen(sellers_of(own, rolling_year().until), wanted))
    return _of(own)


def _of(one: Organisation) -> tuple[QuerySet[Organisation] | Organisation, str, Organisation | None]:
    if one.kind == "operator":
        return sellers_of(one, rolling_year().until), one.name, one
    return one, one.name, None


def _chosen(rows: QuerySet[Organisation], slug: str) -> Organisation:
    found = rows.filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@requires("shop.quality.view")
@never_cache
@require_safe
def quality_desk(request: HttpRequest) -> HttpResponseBase:
    """The figures with what causes them: by reason, step, universe and place, never by person."""
    scope, name, operator = _scope(request)
    span = rolling_year()
    if (download := wanted_export(request, _exported(scope, span), COLUMNS, _("quality"))) is not None:
        return download
    before = key_in(request.GET.get("avant", ""))
    alerts, next_key = page_before(open_alerts(scope, operator), before, ALERTS)
    context = {
        "name": name,
        "is_wide": not isinstance(scope, Organisation),
        "figures": figures_of(scope, span),
        "span": span,
        "charts": _charts(by_month(scope, span)),
        "causes": causes_of(scope, span),
        "alerts": [(alert, named(alert), page_of(alert), said_of(alert)) for alert in alerts],
        "next_key": next_key,
        **LIMITS,
    }
    return page(request, "shop/quality_desk.html", context)


def _exported(scope: QuerySet[Organisation] | Organisation | None, span: Span) -> QuerySet[QualityCause]:
    """The sums behind the tables, a day and a universe a row; without the places, which may be one person's."""
    rows = QualityCause.objects.filter(day__range=(span.since, span.until)).select_related("seller")
    if scope is not None:
        rows = rows.filter(seller__in=[scope] if isinstance(scope, Organisation) else scope)
    return rows.order_by("day", "pk")
