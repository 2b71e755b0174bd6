"""Agreements: the list, one's terms, its draft, signature and end."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.once import made_once
from rebond.core.web import act_of, page
from rebond.network.actions.agreement import (
    change_agreement,
    end_agreement,
    remove_draft,
    sign_agreement,
    write_agreement,
)
from rebond.network.enums import AgreementKind, CarriageMode
from rebond.network.errors import NetworkError, StaleError
from rebond.network.models import Agreement, Carriage, CarriageStep, Organisation
from rebond.network.queries.agreements import PARTIES, scope_lines, share_of, state_of
from rebond.network.queries.carriage import flat_of
from rebond.network.web.agreement_forms import KINDS, AgreementForm, DayForm, initial_of
from rebond.network.web.exports import AGREEMENTS
from rebond.network.web.loading import is_staff, load_organisation
from rebond.network.web.views.carriage import may_change as may_carry

VIEW = "network.agreement.view"
CHANGE = "network.agreement.change"
EXAMPLE_CENTS = 2500


@requires(VIEW)
@require_GET
def agreement_list(request: HttpRequest) -> HttpResponseBase:
    """All agreements for the network's coordinators, those of their organisation for managers."""
    rows = Agreement.objects.select_related("organisation", "operator").order_by("-starts_on", "pk")
    if not is_staff(request, VIEW):
        rows = rows.filter(organisation=request.access.organisation)  # type: ignore[attr-defined]
    kind = request.GET.get("forme", "")
    if kind in AgreementKind.values:
        rows = rows.filter(kind=kind)
    if (download := wanted_export(request, rows, AGREEMENTS, _("agreements"))) is not None:
        return download
    shown: Any = Paginator(rows, 24).get_page(request.GET.get("page"))
    today = timezone.localdate()
    for agreement in shown:
        agreement.now = state_of(agreement, today)
    tabs = [("", pgettext("agreements", "All")), *AgreementKind.choices]
    return page(request, "network/agreement_list.html", {"page": shown, "tabs": tabs, "kind": kind}, partial="results")


def _load(request: HttpRequest, public_id: str, permission: str) -> Agreement:
    rows = Agreement.objects.select_related("organisation", "operator")
    agreement = get_object_or_404(rows, public_id=public_id)
    load_organisation(request, agreement.organisation.public_id, permission)  # or 404
    return agreement


def _carriages(agreement: Agreement) -> list[tuple[Carriage, CarriageStep | None, CarriageStep | None]]:
    """Each table with its lightest and its heaviest step."""
    rows = [(table, list(table.steps.all())) for table in agreement.carriages.prefetch_related("steps")]
    return [(table, steps[0] if steps else None, steps[-1] if steps else None) for table, steps in rows]


def _flat(agreement: Agreement, tabled: set[str]) -> list[tuple[Any, int]]:
    """The one price of each way that no table replaces."""
    prices = flat_of(agreement)
    return [(way.label, prices[way]) for way in CarriageMode if way in prices and way not in tabled]


def _day_forms(agreement: Agreement) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "sign_form": DayForm(initial={"on": today}, label=_("Signed on"), auto_id="sign_%s"),
        "end_form": DayForm(initial={"on": today}, label=_("Last day"), auto_id="end_%s"),
    }


def _context(request: HttpRequest, agreement: Agreement) -> dict[str, Any]:
    icon, tint, says = KINDS[AgreementKind(agreement.kind)]
    carriages = _carriages(agreement)
    history = Agreement.objects.filter(organisation=agreement.organisation).exclude(pk=agreement.pk)
    return {
        "agreement": agreement,
        "organisation": agreement.organisation,
        "icon": icon,
        "tint": tint,
        "says": says,
        "now": state_of(agreement, timezone.localdate()),
        "lines": scope_lines(agreement.scope),
        "share": share_of(EXAMPLE_CENTS, commission_bp=agreement.commission_bp, solidarity_bp=agreement.solidarity_bp),
        "history": list(history.select_related("operator").order_by("-starts_on")[:20]),
        "carriages": carriages,
        "flat": _flat(agreement, {table.mode for table, _first, _last in carriages}),
        "may_carry": may_carry(request, agreement),
        "may_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    } | _day_forms(agreement)


@requires(VIEW)
@require_GET
def agreement_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """The terms, what a sale leaves to each, the history."""
    return page(request, "network/agreement_detail.html", _context(request, _load(request, public_id, VIEW)))


def _edit(request: HttpRequest, organisation: Organisation, agreement: Agreement | None) -> HttpResponse:
    kind = request.GET.get("forme") or AgreementKind.BRICK
    tabled = set(agreement.carriages.values_list("mode", flat=True)) if agreement is not None else set()
    form = AgreementForm(
        request.POST or None, initial=initial_of(agreement, kind), organisation=organisation, tabled=tabled
    )
    if request.method == "POST" and form.is_valid():
        saved = bind_errors(form, lambda: _save(request, organisation, agreement, form), NetworkError)
        if saved:
            messages.success(request, _("The draft is saved."))
            return redirect("network:agreement-detail", saved.public_id)
    known = {"organisation": organisation, "agreement": agreement, "kind": kind, "parties": PARTIES}
    context = {"form": form, "tabled": tabled} | known
    return page(request, "network/agreement_form.html", context, status=422 if form.is_bound else 200)


def _save(request: HttpRequest, organisation: Organisation, agreement: Agreement | None, form: Any) -> Agreement:
    if agreement is None:
        return made_once(
            Agreement,
            act_of(request),
            lambda: write_agreement(organisation=organisation, fields=form.terms, by=request.user),
        )
    try:
        return change_agreement(
            agreement=agreement, fields=form.terms, version=form.cleaned_data["version"] or 0, by=request.user
        )
    except StaleError:
        agreement.refresh_from_db()
        form.data = form.data.copy()
        form.data["version"] = agreement.version  # saving again is then a choice, not an accident
        raise


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def agreement_write(request: HttpRequest, public_id: str) -> HttpResponse:
    return _edit(request, load_organisation(request, public_id, CHANGE), None)


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def agreement_change(request: HttpRequest, public_id: str) -> HttpResponse:
    agreement = _load(request, public_id, CHANGE)
    if agreement.signed_on is not None:
        messages.error(request, _("A signed agreement does not change: end it, and write the next one."))
        return redirect("network:agreement-detail", agreement.public_id)
    return _edit(request, agreement.organisation, agreement)


def _on_day(request: HttpRequest, public_id: str, action: Any, said: str, form_name: str) -> HttpResponse:
    agreement = _load(request, public_id, CHANGE)
    context = _context(request, agreement)
    form = DayForm(request.POST, label=context[form_name].fields["on"].label, auto_id=context[form_name].auto_id)
    if form.is_valid():
        on = form.cleaned_data["on"]
        if bind_errors(form, lambda: action(agreement=agreement, on=on, by=request.user), NetworkError):
            messages.success(request, said)
            return redirect("network:agreement-detail", agreement.public_id)
    return page(request, "network/agreement_detail.html", context | {form_name: form}, status=422)


@requires(CHANGE)
@require_POST
def agreement_sign(request: HttpRequest, public_id: str) -> HttpResponse:
    return _on_day(request, public_id, sign_agreement, _("The signature is noted."), "sign_form")


@requires(CHANGE)
@require_POST
def agreement_end(request: HttpRequest, public_id: str) -> HttpResponse:
    return _on_day(request, public_id, end_agreement, _("The end is noted; the history stays."), "end_form")


@requires(CHANGE)
@require_POST
def agreement_remove(request: HttpRequest, public_id: str) -> HttpResponse:
    agreement = _load(request, public_id, CHANGE)
    try:
        remove_draft(agreement=agreement, by=request.user)
        messages.success(request, _("The draft is removed."))
    except NetworkError as refused:
        messages.error(request, str(refused))
        return redirect("network:agreement-detail", agreement.public_id)
    return redirect("network:agreement-list")
