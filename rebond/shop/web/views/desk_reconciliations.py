"""The treasurer's desk: each day beside the provider's list, and what it told that nobody understood."""

import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.web import page
from rebond.shop.actions.provider import PROVIDERS
from rebond.shop.actions.reconcile import reconcile_day
from rebond.shop.errors import ProviderError
from rebond.shop.models import Reconciliation
from rebond.shop.queries.by_hand_day import by_hand_that_day
from rebond.shop.queries.reconciliation import days_of, days_page, gaps_page, messages_to_see, refunds_to_see

PER_PAGE = 31
GAPS = 100
RUN = "shop.reconciliation.run"
COLUMNS = [
    Column(pgettext_lazy("calendar", "Day"), "day", "date"),
    Column(gettext_lazy("Provider"), "provider"),
    Column(gettext_lazy("Payments"), "paid", "number"),
    Column(gettext_lazy("Amount paid"), "paid_cents", "cents"),
    Column(gettext_lazy("Refunds"), "refunded", "number"),
    Column(gettext_lazy("Amount given back"), "refunded_cents", "cents"),
    Column(gettext_lazy("Payouts to sellers"), "payouts", "number"),
    Column(gettext_lazy("Amount of the payouts"), "payouts_cents", "cents"),
    Column(gettext_lazy("Taken back from sellers"), "reversals", "number"),
    Column(gettext_lazy("Amount taken back"), "reversals_cents", "cents"),
    Column(gettext_lazy("Contested by banks"), "disputes", "number"),
    Column(gettext_lazy("Amount contested"), "disputes_cents", "cents"),
    Column(gettext_lazy("Given back by banks"), "reinstated", "number"),
    Column(gettext_lazy("Amount given back by banks"), "reinstated_cents", "cents"),
    Column(gettext_lazy("Fees of the provider"), "fee_cents", "cents"),
    Column(gettext_lazy("Open gaps"), "open_gaps", "number"),
    Column(gettext_lazy("Compared on"), "ran_at", "datetime"),
]


def _number(text: str, limit: int) -> int | None:
    return int(text) if text.isdecimal() and len(text) <= 18 and 0 < int(text) <= limit else None


@requires("shop.reconciliation.view")
@require_safe
def day_list(request: HttpRequest) -> HttpResponseBase:
    """The days that were compared, the latest first; above them, messages and refunds that somebody should look at."""
    rows = days_of(request.user)
    if (download := wanted_export(request, rows, COLUMNS, _("reconciliation"))) is not None:
        return download
    before = _number(request.GET.get("avant", ""), datetime.date.max.toordinal())
    days, next_key = days_page(rows, before, PER_PAGE)
    context = {
        "days": days,
        "next_key": next_key,
        "is_first": before is None,
        "told": messages_to_see(),
        "waiting": refunds_to_see(timezone.now()),
    }
    return page(request, "shop/reconciliation_list.html", context, partial="results")


@requires("shop.reconciliation.view")
@require_http_methods(["GET", "HEAD", "POST"])
def day_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """One day's gaps; a form compares it again and takes what was made there and never told."""
    rows: Any = Reconciliation.objects.visible_to(request.user)
    done: Reconciliation = get_object_or_404(rows, public_id=public_id)
    may_run = request.access.can(RUN)  # type: ignore[attr-defined]
    if request.method == "POST":
        return _again(request, done) if may_run else HttpResponse(status=403)
    after = _number(request.GET.get("avant", ""), 2**62)
    gaps, next_key = gaps_page(done, after, GAPS)
    by_hand = by_hand_that_day(done.day)
    context = {
        "done": done,
        "gaps": gaps,
        "by_hand": by_hand[:GAPS],
        "more_by_hand": len(by_hand[GAPS:]),
        "next_key": next_key,
        "is_first": after is None,
        "may_run": may_run and done.provider in PROVIDERS,
    }
    return page(request, "shop/reconciliation_detail.html", context)


def _again(request: HttpRequest, done: Reconciliation) -> HttpResponse:
    try:
        again = reconcile_day(day=done.day, provider=done.provider, is_applied=True)
    except (ProviderError, KeyError):
        messages.error(request, _("The provider does not answer: nothing was changed. Try again in a moment."))
    else:
        if again.open_gaps:
            messages.warning(request, _("Compared again: gaps stay open, a person looks at each."))
        else:
            messages.success(request, _("Compared again: no gap is open."))
    return HttpResponseRedirect(reverse("shop:reconciliation", args=[done.public_id]))
