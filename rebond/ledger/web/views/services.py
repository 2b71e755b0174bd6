"""Services that the operator bills: the list, a new one, one with its papers, its credit note (decision 40)."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import operation_of, page
from rebond.ledger.actions.asked_services import BILL, CREDIT, DUE, ServiceCredit, ServiceDue
from rebond.ledger.asking import ask_and_say
from rebond.ledger.enums import PaidHow
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import BilledService
from rebond.ledger.queries.money_requests import alone_left, waiting_for_another
from rebond.ledger.queries.services import owed_by_customer, papers_of, services_of
from rebond.ledger.queries.sheets import SERVICES
from rebond.ledger.web.loading import books_kept
from rebond.ledger.web.service_forms import CreditForm, ServiceForm
from rebond.network.models import Organisation

VIEW, ACT = "ledger.service.view", "ledger.service.bill"
PER_PAGE = 50


@requires(VIEW)
@require_safe
def service_list(request: HttpRequest) -> HttpResponseBase:
    """What was billed, the newest first."""
    tab, words = request.GET.get("etat", ""), request.GET.get("q", "")[:100]
    rows = services_of(books_kept(request), tab=tab, words=words)
    if (download := wanted_export(request, rows, SERVICES, _("services"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "services": found,
        "next_key": next_key,
        "is_first": not before,
        "words": words,
        "state": tab,
        "tabs": [
            ("", pgettext("service", "All")),
            ("attendues", pgettext("services", "Awaited")),
            ("payees", pgettext("service", "Paid or taken")),
            ("avoirs", pgettext("services", "Credited")),
        ],
        "can_bill": request.access.can(ACT),  # type: ignore[attr-defined]
    }
    return page(request, "ledger/service_list.html", context, partial="results")


@requires(ACT)
@require_http_methods(["GET", "POST"])
def service_bill(request: HttpRequest) -> HttpResponse:
    """Within what the person may bill alone it is billed; else a colleague grants it."""
    operator: Organisation = books_kept(request)
    form = ServiceForm(request.POST or None, operator=operator)
    if request.method == "POST" and form.is_valid():
        data, done = form.data_for(str(operation_of(request))), _("Billed: its invoice is made.")
        asked = bind_errors(
            form, lambda: ask_and_say(request, BILL, data, organisation=operator, done=done), LedgerError
        )
        if asked is not None:
            made = asked.made
            return redirect("ledger:service-detail", made.public_id) if made else redirect("ledger:service-list")
    context = {
        "form": form,
        "alone": alone_left(request.user, operator, BILL),
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "ledger/service_bill.html", context, status=422 if request.method == "POST" else 200)


def _load(request: HttpRequest, service_id: str) -> BilledService:
    """One of the books kept; raise Http404."""
    rows: Any = BilledService.objects.visible_to(request.user).filter(operator=books_kept(request))
    found: BilledService = get_object_or_404(rows.select_related("operator", "customer", "entry"), public_id=service_id)
    return found


def _detail(request: HttpRequest, service: BilledService, form: CreditForm) -> HttpResponse:
    may_credit = service.credited_at is None and request.access.can(ACT)  # type: ignore[attr-defined]
    owed = owed_by_customer(service) if service.paid_how == PaidHow.NETTED else 0
    acts = (CREDIT, DUE)
    waits = [found for act in acts if (found := waiting_for_another(service.operator, act, service.public_id))]
    context = {
        "service": service,
        "net_cents": service.cents - service.vat_cents,
        "papers": papers_of(service),
        "can_read_bank": request.access.can("ledger.batch.view"),  # type: ignore[attr-defined]
        "form": form if may_credit else None,
        "waits": waits[0] if waits else None,
        "owed": owed,
        "may_turn": may_credit and owed > 0,
        "alone": alone_left(request.user, service.operator, CREDIT) if may_credit else None,
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "ledger/service_detail.html", context, status=422 if form.is_bound else 200)


@requires(VIEW)
@require_safe
def service_detail(request: HttpRequest, service_id: str) -> HttpResponse:
    return _detail(request, _load(request, service_id), CreditForm())


@requires(ACT)
@require_POST
def service_credit(request: HttpRequest, service_id: str) -> HttpResponse:
    """The whole service, by a credit note."""
    service, form = _load(request, service_id), CreditForm(request.POST)
    if form.is_valid():
        data = ServiceCredit(service.public_id, form.cleaned_data["reason"])
        done = _("Credited: its credit note is made.")
        asked = bind_errors(
            form, lambda: ask_and_say(request, CREDIT, data, organisation=service.operator, done=done), LedgerError
        )
        if asked is not None:
            return redirect("ledger:service-detail", service.public_id)
    return _detail(request, service, form)


@requires(ACT)
@require_POST
def service_due(request: HttpRequest, service_id: str) -> HttpResponse:
    """No payout will pay it: by transfer instead. Within what the person may do alone, or a colleague grants it."""
    service = _load(request, service_id)
    done = _("Noted: it is to be paid by transfer, and its managers are told by mail.")
    try:
        ask_and_say(request, DUE, ServiceDue(service.public_id), organisation=service.operator, done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return redirect("ledger:service-detail", service.public_id)
