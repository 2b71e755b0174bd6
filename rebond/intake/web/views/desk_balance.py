"""The mass balance of a site, and what feeds it by hand."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rebond.catalogue.queries import categories
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.intake.actions.balance import note_count, note_exit, set_flows
from rebond.intake.data.balance import TOLERANCE_PERCENT
from rebond.intake.data.flows import flows
from rebond.intake.errors import FieldInvalid
from rebond.intake.queries.balance import balances, total
from rebond.intake.queries.flows import chosen_flows, flow_names, flow_of
from rebond.intake.web.exports import balance_columns
from rebond.intake.web.forms import PeriodForm, StockForm

VIEW, CHANGE = "intake.donation.view", "intake.donation.change"


def _period(request: HttpRequest) -> PeriodForm:
    """The form of the address, or this month at the main site."""
    sites = request.access.organisation.sites.order_by("-is_main", "name")  # type: ignore[attr-defined]
    today = timezone.localdate()
    first = sites.first()
    given = {"site": first.public_id if first else "", "start": today.replace(day=1), "end": today}
    return PeriodForm({**given, **request.GET.dict()}, sites=sites.select_related("organisation"))


@requires(VIEW)
@require_GET
def balance(request: HttpRequest) -> HttpResponseBase:
    """By flow: what was there, came, left, is there; the gap where the stock was counted."""
    form = _period(request)
    rows, whole = [], None
    if form.is_valid():
        site, start, end = (form.cleaned_data[key] for key in ("site", "start", "end"))
        rows = balances(site, start, end)
        columns = balance_columns(flow_names(site.organisation))
        if (download := wanted_export(request, rows, columns, _("mass-balance"))) is not None:
            return download
        whole = total(rows)
    context = {
        "form": form,
        "rows": rows,
        "whole": whole,
        "tolerance": TOLERANCE_PERCENT,
        "may_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "intake/desk/balance.html", context, status=200 if form.is_valid() else 422)


def _stock(request: HttpRequest, *, is_count: bool) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    sites = organisation.sites.order_by("-is_main", "name").select_related("organisation")
    initial: dict[str, Any] = {"operation": uuid.uuid4(), "day": timezone.localdate(), "site": sites.first()}
    form = StockForm(request.POST or None, sites=sites, is_count=is_count, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        operation_id = given.pop("operation")
        try:
            if is_count:
                note_count(by=request.user, operation_id=operation_id, **given)
            else:
                note_exit(by=request.user, operation_id=operation_id, **given)
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("It is noted."))
            return redirect("intake-desk:balance")
    context = {"form": form, "is_count": is_count}
    return page(request, "intake/desk/stock_form.html", context, status=422 if form.is_bound else 200)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def count_add(request: HttpRequest) -> HttpResponse:
    return _stock(request, is_count=True)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def exit_add(request: HttpRequest) -> HttpResponse:
    return _stock(request, is_count=False)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def flow_map(request: HttpRequest) -> HttpResponse:
    """Which flow each universe is reported in, and each flow's body with its own word for it."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    universes, known = categories.universes(), set(flows())
    if request.method == "POST":
        chosen = {node: request.POST.get(f"c-{node.key}", "") for node in universes}
        names = {key: (request.POST.get(f"b-{key}", "")[:60], request.POST.get(f"n-{key}", "")[:60]) for key in known}
        try:
            set_flows(organisation=organisation, of_categories=chosen, names=names, by=request.user)
        except FieldInvalid as refused:
            messages.error(request, str(refused))
        else:
            messages.success(request, _("The flows are saved."))
        return redirect("intake-desk:flow-map")
    own = chosen_flows(organisation)
    context = {
        "universes": [(node, own.get(node.pk, ""), flows()[flow_of(node, {})].label) for node in universes],
        "flows": flows().values(),
        "names": [(row, *flow_names(organisation)[key]) for key, row in flows().items()],
    }
    return page(request, "intake/desk/flow_map.html", context)
