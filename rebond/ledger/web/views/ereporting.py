"""Sales to consumers by day, category and rate: a seller's own, and those of all sellers of the books (rules.md F7)."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.ledger.queries import ereporting as queries
from rebond.ledger.queries.invoices import waiting_of
from rebond.ledger.queries.sheets import DAY_SUMS
from rebond.ledger.queries.statements import month_days
from rebond.ledger.web.forms import PeriodForm
from rebond.ledger.web.loading import books_kept
from rebond.network.queries.vat import regime_for, rhythm_for

SHOWN = 400


@requires("ledger.invoice.view")
@require_safe
def day_list(request: HttpRequest) -> HttpResponseBase:
    """The organisation's own, with the periods that its regime asks for."""
    seller = books_kept(request)
    regime = regime_for(seller, timezone.localdate()) or ""
    waiting, _missing = waiting_of(seller)
    is_told, rhythm = regime in queries.CATEGORIES, rhythm_for(seller, timezone.localdate())
    more = {"is_own": True, "is_told": is_told, "regime": regime, "rhythm": rhythm, "waiting": waiting}
    return _page(request, more, seller=seller)


@requires("ledger.invoice.view_all")
@require_safe
def day_list_all(request: HttpRequest) -> HttpResponseBase:
    """Those of every seller of the books kept."""
    more = {"is_own": False, "is_told": True, "regime": "", "rhythm": "", "waiting": 0}
    return _page(request, more, operator=books_kept(request))


def _page(request: HttpRequest, more: dict[str, Any], **scope: Any) -> HttpResponseBase:
    """A period: the days of the form, else the current month."""
    today = timezone.localdate()
    form = PeriodForm(request.GET)
    form.is_valid()
    month = month_days(today.year, today.month)
    first, last = form.cleaned_data.get("du") or month[0], form.cleaned_data.get("au") or month[1]
    lines = list(queries.day_sums(queries.consumer_taxes(first, last, **scope)))
    if (download := wanted_export(request, lines, DAY_SUMS, f"e-reporting-{first}-{last}")) is not None:
        return download
    months = [month_days(today.year - (n >= today.month), (today.month - n - 1) % 12 + 1)[0] for n in range(3)]
    context = more | {
        "form": PeriodForm({"du": first, "au": last}),
        "first": first,
        "last": last,
        "is_open": last >= today,
        "lines": lines[:SHOWN],
        "number": len(lines),
        "shown": SHOWN,
        "totals": queries.totals_of(lines),
        "periods": [
            period
            for m in reversed(months)
            for period in queries.periods_of(more["regime"], m.year, m.month, more["rhythm"])
        ],
        "words": {queries.GOODS: _("Goods"), queries.MARGIN: _("Margin scheme")},
    }
    context["periods"] = sorted(set(context["periods"]))
    return page(request, "ledger/ereporting.html", context, partial="results")
