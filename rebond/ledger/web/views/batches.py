"""Paying the operator's suppliers: invoices chosen, granted by another person, the file for the bank, what it paid."""

from collections.abc import Callable
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import DayInput, bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.ledger.actions import supplier_payment as actions
from rebond.ledger.actions.service_paid import settle_services
from rebond.ledger.bank_files import UnreadableError, read_debits, read_statement
from rebond.ledger.enums import BatchState
from rebond.ledger.errors import LedgerError, NoPayer
from rebond.ledger.models import PaymentBatch, SupplierInvoice
from rebond.ledger.queries.sheets import BATCHES
from rebond.ledger.queries.supplier_payments import batches_of, debt_of, other_accounts, payer, unpaid_of
from rebond.ledger.received import MAX_BYTES
from rebond.ledger.web.loading import books_kept
from rebond.network.enums import OrganisationKind
from rebond.network.models import Organisation

VIEW, ASK, GRANT = "ledger.batch.view", "ledger.batch.ask", "ledger.batch.grant"
PER_PAGE = 50


class BatchForm(forms.Form):
    execute_on = forms.DateField(
        label=pgettext_lazy("batch", "Day of the payment"),
        widget=DayInput(),
        help_text=gettext_lazy("The bank takes the money on that day, or on its next working day."),
    )


class BankFileForm(forms.Form):
    file = forms.FileField(
        label=pgettext_lazy("batch", "The bank’s file"),
        help_text=gettext_lazy("The statement of the operator’s own account: CAMT.053, or CSV. 10 MB at most."),
    )


def _operator(request: HttpRequest) -> Organisation:
    """The operator acted for; raise Http404 for any other organisation."""
    found = books_kept(request)
    if found.kind != OrganisationKind.OPERATOR:
        raise Http404
    return found


def _load(request: HttpRequest, batch_id: str) -> PaymentBatch:
    rows: Any = PaymentBatch.objects.visible_to(request.user).filter(organisation=_operator(request))
    found: PaymentBatch = get_object_or_404(rows.select_related("organisation"), public_id=batch_id)
    return found


def _act(request: HttpRequest, act: Callable[[], object], said: str) -> None:
    try:
        act()
    except LedgerError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)


@requires(VIEW)
@require_safe
def batch_list(request: HttpRequest) -> HttpResponseBase:
    """The files made for the bank, the newest first."""
    state = request.GET.get("etat", "")
    rows = batches_of(_operator(request), state).defer("document")
    if (download := wanted_export(request, rows, BATCHES, _("supplier-payments"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "batches": found,
        "next_key": next_key,
        "is_first": not before,
        "state": state,
        "tabs": [("", pgettext("batch", "All")), *BatchState.choices],
        "can_ask": request.access.can(ASK),  # type: ignore[attr-defined]
        "form": BankFileForm(),
    }
    return page(request, "ledger/batch_list.html", context, partial="results")


@requires(ASK)
@require_http_methods(["GET", "POST"])
def batch_ask(request: HttpRequest) -> HttpResponse:
    """Choose among the invoices that are in no file; those that cannot be paid by one say why."""
    operator = _operator(request)
    form = BatchForm(request.POST or None, initial={"execute_on": timezone.localdate()})
    chosen = request.POST.getlist("invoice")[: actions.MOST + 1]
    if request.method == "POST" and form.is_valid():
        rows: Any = SupplierInvoice.objects.filter(organisation=operator, public_id__in=chosen)
        invoices = list(rows.select_related("organisation").order_by("pk"))
        day = form.cleaned_data["execute_on"]
        made = bind_errors(
            form,
            lambda: actions.ask_batch(organisation=operator, invoices=invoices, execute_on=day, by=request.user),
            LedgerError,
        )
        if made is not None:
            messages.success(request, _("It is noted: somebody else grants it, then the file is made."))
            return redirect("ledger:batch-detail", made.public_id)
    found, next_key = page_before(unpaid_of(operator), key_in(request.GET.get("avant", "")), PER_PAGE)
    context = {
        "form": form,
        "debts": [debt_of(invoice) for invoice in found],
        "chosen": chosen,
        "next_key": next_key,
        "is_first": not request.GET.get("avant"),
        "payer": _payer(),
    }
    return page(request, "ledger/batch_ask.html", context, status=422 if request.method == "POST" else 200)


def _payer() -> Any:
    try:
        return payer()
    except NoPayer:
        return None


@requires(VIEW)
@require_safe
def batch_detail(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Its lines, where it is, and what may be done with it now."""
    batch = _load(request, batch_id)
    can: Any = request.access.can  # type: ignore[attr-defined]
    is_mine = batch.asked_by_id == request.user.public_id  # type: ignore[union-attr]
    context = {
        "batch": batch,
        "lines": list(batch.lines.select_related("invoice").order_by("pk")),
        "is_mine": is_mine,
        "may_grant": can(GRANT) and batch.state == BatchState.ASKED,
        "may_refuse": can(GRANT) and batch.state in {BatchState.ASKED, BatchState.GRANTED} and not batch.read_at,
        "may_read": can(ASK) and bool(batch.document),
        "may_send": can(ASK) and batch.state == BatchState.GRANTED and bool(batch.read_at),
        "may_drop": can(GRANT) and batch.state == BatchState.SENT and not is_mine,
    }
    return page(request, "ledger/batch_detail.html", context)


@requires(GRANT)
@require_POST
def batch_decide(request: HttpRequest, batch_id: str) -> HttpResponse:
    """Grant it (`decision` is `accord`), or refuse it with a reason."""
    batch, reason = _load(request, batch_id), request.POST.get("reason", "")
    if request.POST.get("decision") == "accord":
        said = _("The file is made: download it, and give it to the bank.")
        _act(request, lambda: actions.grant_batch(batch=batch, by=request.user), said)
    else:
        said = _("It is refused: its invoices may be chosen again.")
        _act(request, lambda: actions.refuse_batch(batch=batch, reason=reason, by=request.user), said)
    return redirect("ledger:batch-detail", batch.public_id)


@requires(ASK)
@require_POST
def batch_file(request: HttpRequest, batch_id: str) -> HttpResponse:
    """The file for the bank. A form, not a link: from then on it may be at the bank."""
    batch = _load(request, batch_id)
    try:
        content = actions.read_batch(batch=batch, by=request.user)
    except LedgerError as refused:
        messages.error(request, str(refused))
        return redirect("ledger:batch-detail", batch.public_id)
    headers = {"Content-Disposition": f'attachment; filename="{batch.reference}.xml"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type="application/xml", headers=headers)


@requires(ASK)
@require_POST
def batch_sent(request: HttpRequest, batch_id: str) -> HttpResponse:
    batch = _load(request, batch_id)
    said = _("Noted. Read the bank’s file here once the money has left.")
    _act(request, lambda: actions.note_sent(batch=batch, by=request.user), said)
    return redirect("ledger:batch-detail", batch.public_id)


@requires(GRANT)
@require_POST
def line_drop(request: HttpRequest, batch_id: str, payment_id: str) -> HttpResponse:
    """The bank did not pay this line."""
    batch, reason = _load(request, batch_id), request.POST.get("reason", "")
    line = get_object_or_404(batch.lines.select_related("batch__organisation", "invoice"), public_id=payment_id)
    said = _("Noted: this invoice may be chosen again.")
    _act(request, lambda: actions.drop_line(line=line, reason=reason, by=request.user), said)
    return redirect("ledger:batch-detail", batch.public_id)


@requires(ASK)
@require_POST
def bank_file(request: HttpRequest) -> HttpResponse:
    """What left the operator's account, as its bank says: lines are paid by their references."""
    operator, form = _operator(request), BankFileForm(request.POST, request.FILES)
    if not form.is_valid() or form.cleaned_data["file"].size > MAX_BYTES:
        messages.error(request, _("Choose the bank’s file: 10 MB at most."))
        return redirect("ledger:batch-list")
    try:
        content = cast("bytes", form.cleaned_data["file"].read())
        debits, received = read_debits(content), read_statement(content)
    except UnreadableError:
        messages.error(
            request, _("This file is no statement that we understand: CAMT.053, or CSV with its columns named.")
        )
        return redirect("ledger:batch-list")
    number = actions.settle_debits(organisation=operator, debits=debits, by=request.user)
    services = settle_services(operator=operator, came=received, went=debits, by=request.user)
    number += services.settled
    said = ngettext("%(n)s invoice is paid, as the bank says.", "%(n)s invoices are paid, as the bank says.", number)
    messages.success(request, said % {"n": number})
    if services.waiting:
        said = ngettext(
            "%(n)s transfer names an invoice that it does not fit: look at it among the transfers received.",
            "%(n)s transfers name invoices that they do not fit: look at them among the transfers received.",
            services.waiting,
        )
        messages.warning(request, said % {"n": services.waiting})
    if others := other_accounts([*received, *debits]):
        said = _("This file is of another account (%(accounts)s): it says nothing of the services that were billed.")
        messages.warning(request, said % {"accounts": ", ".join(sorted(others))})
    return redirect("ledger:batch-list")
