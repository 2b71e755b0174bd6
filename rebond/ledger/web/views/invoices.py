"""Invoices at the desk: a seller's own, all those of an operator's books, the mandate, what a seller contests."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.ledger.actions.asked_payments import ANSWER as ANSWER_ACT
from rebond.ledger.actions.asked_payments import ContestAnswer
from rebond.ledger.actions.contest import contest_invoice
from rebond.ledger.actions.invoice_file import file_of_invoice
from rebond.ledger.actions.mandate import accept_mandate, end_mandate
from rebond.ledger.asking import ask_and_say
from rebond.ledger.enums import InvoiceKind
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import Invoice, InvoiceContest, InvoiceMandate
from rebond.ledger.queries import invoices as queries
from rebond.ledger.queries.mandates import CONTEST_DAYS, mandate_text, operator_for
from rebond.ledger.queries.money_requests import waiting_for_another
from rebond.ledger.queries.services import account_for, billed_to
from rebond.ledger.queries.sheets import INVOICES
from rebond.ledger.web.forms import AnswerForm, ContestForm
from rebond.ledger.web.loading import books_kept, load_contest, load_invoice

PER_PAGE = 50
BILLED = 12  # papers of services shown to their customer; the statement has them all
VIEW = "ledger.invoice.view"
VIEW_ALL = "ledger.invoice.view_all"
ACCEPT = "ledger.mandate.accept"
CONTEST = "ledger.invoice.contest"
ANSWER = "ledger.invoice.answer"


def _list(request: HttpRequest, more: dict[str, Any], **scope: Any) -> HttpResponseBase:
    kind, words = request.GET.get("genre", ""), request.GET.get("q", "")[:100]
    month = request.GET.get("mois", "")[:7]
    rows = queries.in_month(queries.invoices_of(kind=kind, words=words, **scope), month)
    if (download := wanted_export(request, rows, INVOICES, _("invoices"))) is not None:
        return download
    found, next_key = page_before(rows, key_in(request.GET.get("avant", "")), PER_PAGE)
    context = more | {
        "invoices": found,
        "next_key": next_key,
        "is_first": not request.GET.get("avant"),
        "words": words,
        "kind": kind,
        "month": month,
        "tabs": [("", _("All papers")), *InvoiceKind.choices],
    }
    return page(request, "ledger/invoice_list.html", context, partial="results")


@requires(VIEW)
@require_safe
def invoice_list(request: HttpRequest) -> HttpResponseBase:
    """The invoices and credit notes of the organisation acted for, and what waits."""
    seller = books_kept(request)
    waiting, missing = queries.waiting_of(seller)
    more = {"is_own": True, "waiting": waiting, "missing": missing, "sellers": [], "contests": []}
    more["billed"] = billed_to(seller, BILLED)
    return _list(request, more, seller=seller)


@requires(VIEW_ALL)
@require_safe
def invoice_list_all(request: HttpRequest) -> HttpResponseBase:
    """Those of every seller in the books kept, whose invoices wait, and what is contested."""
    operator = books_kept(request)
    more = {
        "is_own": False,
        "waiting": 0,
        "missing": [],
        "sellers": queries.sellers_waiting(operator),
        "contests": list(queries.open_contests(operator)[:20]),
    }
    return _list(request, more, operator=operator)


@requires(VIEW)
@require_safe
def invoice_detail(request: HttpRequest, invoice_id: str) -> HttpResponse:
    return page(request, "ledger/invoice_detail.html", _detail(request, load_invoice(request, invoice_id)))


def _detail(request: HttpRequest, invoice: Invoice, **forms: Any) -> dict[str, Any]:
    until = queries.contest_until(invoice)
    contest = InvoiceContest.objects.filter(invoice=invoice).first()
    is_in_time = until is not None and timezone.localdate() <= until
    is_own = request.access.organisation.pk == invoice.seller_id  # type: ignore[attr-defined]
    may_answer = request.access.can(ANSWER) and not is_own  # type: ignore[attr-defined]
    document = invoice.document
    return {
        "invoice": invoice,
        "document": document,
        "pay_on": account_for(invoice),
        "due_on": (invoice.service.due_on if invoice.service else None) or document.due_on,
        "taxes": list(invoice.taxes.all()),
        "notes": list(invoice.credit_notes.defer("data").order_by("pk")),
        "replaced_by": Invoice.objects.filter(replaces=invoice).first(),
        "until": until,
        "contest": contest,
        "waits": waiting_for_another(invoice.operator, ANSWER_ACT, invoice.public_id) if contest else None,
        "operation": request.POST.get("operation") or uuid.uuid4(),
        "can_contest": contest is None and is_in_time and is_own and request.access.can(CONTEST),  # type: ignore[attr-defined]
        "can_answer": contest is not None and contest.answered_at is None and may_answer,
        "contest_form": ContestForm(),
        "answer_form": AnswerForm(),
    } | forms


@requires(VIEW)
@require_safe
def invoice_paper(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """The Factur-X paper."""
    invoice = load_invoice(request, invoice_id)
    headers = {"Content-Disposition": f'inline; filename="{invoice.number}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(file_of_invoice(invoice=invoice), content_type="application/pdf", headers=headers)


@requires(CONTEST)
@require_POST
def invoice_contest(request: HttpRequest, invoice_id: str) -> HttpResponse:
    invoice, form = load_invoice(request, invoice_id, own=True), ContestForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        if bind_errors(form, lambda: contest_invoice(invoice=invoice, reason=reason, by=request.user), LedgerError):
            messages.success(request, _("It is noted: the treasurer of the network answers you."))
            return redirect("ledger:invoice-detail", invoice.public_id)
    return page(request, "ledger/invoice_detail.html", _detail(request, invoice, contest_form=form), status=422)


@requires(ANSWER)
@require_POST
def contest_answer(request: HttpRequest, invoice_id: str) -> HttpResponse:
    """Uphold it (two papers correct the invoice), or say why not."""
    contest, form = load_contest(request, invoice_id), AnswerForm(request.POST)
    if form.is_valid():
        try:
            data = ContestAnswer(invoice=contest.invoice.public_id, **form.cleaned_data)
            corrected, kept = (
                _("A credit note and a new invoice correct it."),
                _("Your answer is kept with the invoice."),
            )
            done = corrected if data.is_upheld else kept
            ask_and_say(request, ANSWER_ACT, data, organisation=contest.invoice.operator, done=done)
        except LedgerError as refused:
            form.add_error(None, str(refused))
        else:
            return redirect("ledger:invoice-detail", contest.invoice.public_id)
    shown = _detail(request, contest.invoice, answer_form=form)
    return page(request, "ledger/invoice_detail.html", shown, status=422)


@requires(VIEW)
@require_safe
def mandate(request: HttpRequest) -> HttpResponse:
    """The mandate in force with its words, or the one to accept."""
    seller = books_kept(request)
    operator = operator_for(seller)
    rows = InvoiceMandate.objects.filter(seller=seller).select_related("operator")
    current = rows.filter(operator=operator, ended_at__isnull=True).first()
    text = current.text if current else mandate_text(seller, operator) if operator else ""
    context = {
        "mandate": current,
        "operator": operator,
        "paragraphs": text.split("\n\n") if text else [],
        "days": CONTEST_DAYS,
        "ended": list(rows.filter(ended_at__isnull=False)[:12]),
        "can_accept": request.access.can(ACCEPT),  # type: ignore[attr-defined]
    }
    return page(request, "ledger/mandate.html", context)


@requires(ACCEPT)
@require_POST
def mandate_change(request: HttpRequest) -> HttpResponse:
    """Accept the mandate shown, or end the one in force (`end`)."""
    seller = books_kept(request)
    operator = operator_for(seller)
    if operator is not None:
        try:
            if "end" in request.POST:
                end_mandate(seller=seller, operator=operator, by=request.user)
                messages.success(request, _("The mandate is ended: your next sales are not invoiced here."))
            else:
                accept_mandate(seller=seller, operator=operator, by=request.user)
                messages.success(request, _("The mandate is accepted: what waited is invoiced now."))
        except LedgerError as refused:
            messages.error(request, str(refused))
    return redirect("ledger:mandate")
