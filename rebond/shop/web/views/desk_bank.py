"""The treasurer's desk: transfers that are awaited, money that came, what a person says of it, what goes back."""

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.web import operation_of, page
from rebond.ledger.bank_files import UnreadableError
from rebond.ledger.queries.money_requests import alone_left, waiting_for_another
from rebond.shop.actions import bank
from rebond.shop.actions.asked_money import (
    GIVEN_TRANSFER,
    LINE_IGNORED,
    LINE_RETURNED,
    GivenBack,
    LineIgnored,
    LineReturned,
)
from rebond.shop.actions.bank_services import ask_service
from rebond.shop.errors import BankLineStateError, SamePersonError, ShopError
from rebond.shop.models import BankLine, Refund
from rebond.shop.money_enums import TRANSFER, BankLineState
from rebond.shop.queries import by_hand as queries
from rebond.shop.web.acting import act_and_say, ask_and_tell
from rebond.shop.web.bank_forms import NoteForm, ReceiptForm, ReturnedForm, ServiceUseForm, StatementForm, UseForm

VIEW, ENTER, GRANT = "shop.bank.view", "shop.bank.enter", "shop.bank.grant"
PER_PAGE = 50
WORDS: dict[type[Exception], Any] = {
    BankLineStateError: gettext_lazy("This line has moved on meanwhile. Look at it again: nothing was changed."),
    SamePersonError: gettext_lazy("Somebody else than the person who noted it agrees."),
}
COLUMNS = [
    Column(gettext_lazy("Received on"), "booked_on", "date"),
    Column(gettext_lazy("Amount received"), "cents", "cents"),
    Column(gettext_lazy("From"), "payer"),
    Column(gettext_lazy("Words of the transfer"), "text"),
    Column(pgettext_lazy("bank line", "State"), "get_state_display"),
    Column(pgettext_lazy("seller", "Order"), "payment.order.public_id"),
    Column(pgettext_lazy("bank line", "Billed service"), "service"),
    Column(gettext_lazy("To give back"), "owed_cents", "cents"),
    Column(gettext_lazy("Noted by"), "asked_by"),
    Column(gettext_lazy("Decided by"), "decided_by"),
    Column(gettext_lazy("Given back on"), "returned_on", "date"),
]


@requires(VIEW)
@never_cache
@require_safe
def line_list(request: HttpRequest) -> HttpResponseBase:
    tab = request.GET.get("etat", "a-regarder")
    rows = queries.bank_lines(request.user, tab)
    if (download := wanted_export(request, rows, COLUMNS, _("transfers"))) is not None:
        return download
    return _list(request, tab)


def _list(request: HttpRequest, tab: str, **forms: Any) -> HttpResponse:
    before, access = request.GET.get("avant", ""), request.access  # type: ignore[attr-defined]
    rows, refunds, may_enter = queries.bank_lines(request.user, tab), queries.refunds_to_make(), access.can(ENTER)
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    context = {
        "lines": found,
        "tab": tab,
        "tabs": [
            ("a-regarder", pgettext("bank line", "To look at")),
            ("a-valider", pgettext("bank line", "Waits for somebody else")),
            ("a-rendre", pgettext("bank line", "To give back")),
            ("comptees", pgettext("bank line", "Counted")),
            ("autres", pgettext("bank line", "Others")),
        ],
        "next_key": next_key,
        "is_first": not before,
        "awaited": queries.transfers_awaited(),
        "refunds": refunds,
        "alone": alone_left(request.user, access.organisation, GIVEN_TRANSFER) if refunds and may_enter else None,
        "is_open": queries.takes_transfers(),
        "can_enter": may_enter,
        "operation": request.POST.get("operation") or uuid.uuid4(),
        "statement_form": forms.get("statement_form") or StatementForm(),
        "receipt_form": forms.get("receipt_form") or ReceiptForm(),
    }
    return page(request, "shop/bank_list.html", context, partial="results", status=422 if forms else 200)


@requires(ENTER)
@require_POST
def statement_read(request: HttpRequest) -> HttpResponse:
    form = StatementForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            made = bank.read_file(name=file.name, content=file.read(), by=request.user)
        except UnreadableError:
            form.add_error("file", _("This is neither a CAMT.053 statement nor a CSV with a day, an amount, a label."))
        else:
            said = _("Read: %(new)s new, %(known)s known already; %(used)s counted for their orders by themselves.")
            numbers = {"new": made.lines_new, "known": made.lines_known, "used": made.lines_used}
            messages.success(request, said % numbers)
            return HttpResponseRedirect(reverse("shop:bank-list"))
    return _list(request, "a-regarder", statement_form=form)


@requires(ENTER)
@require_POST
def receipt_note(request: HttpRequest) -> HttpResponse:
    """A transfer that somebody saw on the account: another person agrees."""
    form = ReceiptForm(request.POST)
    if not form.is_valid():
        return _list(request, "a-regarder", receipt_form=form)
    data = form.cleaned_data
    try:
        line = bank.note_receipt(
            payment=data["order"],
            on=data["on"],
            cents=data["cents"],
            by=request.user,
            operation=operation_of(request),
            note=data["note"],
        )
    except ShopError as refused:
        messages.error(request, str(WORDS.get(type(refused), refused)))
        return HttpResponseRedirect(reverse("shop:bank-list"))
    messages.success(request, _("Noted. Somebody else looks at the account and agrees."))
    return HttpResponseRedirect(reverse("shop:bank-detail", args=[line.public_id]))


def _load(request: HttpRequest, public_id: str) -> BankLine:
    rows: Any = BankLine.objects.visible_to(request.user).select_related(
        "payment__order", "statement", "operator", "service__operator"
    )
    found: BankLine = get_object_or_404(rows, public_id=public_id)
    return found


def _detail(request: HttpRequest, line: BankLine, use_form: Any = None) -> HttpResponse:
    access: Any = request.access  # type: ignore[attr-defined]
    may_enter, is_open = access.can(ENTER), line.state == BankLineState.OPEN
    is_back = may_enter and queries.may_go_back(line)
    is_looked_at = may_enter and queries.may_be_matched(line)
    acts = [LINE_RETURNED] * is_back + [LINE_IGNORED] * is_open
    waits = [found for act in acts if (found := waiting_for_another(access.organisation, act, line.public_id))]
    context = {
        "line": line,
        **queries.matching_of(line, is_looked_at=is_looked_at),
        "use_form": use_form or (_use_form(line) if is_looked_at else None),
        "note_form": NoteForm() if is_open and may_enter else None,
        "returned_form": ReturnedForm() if is_back else None,
        "waits": waits[0] if waits else None,
        "alone": alone_left(request.user, access.organisation, acts[0]) if acts and may_enter else None,
        "may_grant": line.state == BankLineState.ASKED
        and access.can(GRANT)
        and line.asked_by_id != request.user.public_id,  # type: ignore[union-attr]
    }
    return page(request, "shop/bank_detail.html", context, status=422 if use_form else 200)


def _use_form(line: BankLine, data: Any = None) -> UseForm | ServiceUseForm:
    return UseForm(data) if line.operator is None else ServiceUseForm(data, operator=line.operator)


@requires(VIEW)
@never_cache
@require_safe
def line_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    return _detail(request, _load(request, public_id))


@requires(ENTER)
@require_POST
def line_use(request: HttpRequest, public_id: str) -> HttpResponse:
    """Say which order or which service it is for: another person agrees."""
    line = _load(request, public_id)
    form = _use_form(line, request.POST)
    if not form.is_valid():
        return _detail(request, line, use_form=form)
    given, by, said = form.cleaned_data, request.user, _("Noted. Somebody else agrees.")
    if line.operator is None:
        return _done(request, line, lambda: bank.ask_use(line=line, payment=given["order"], by=by), said)
    return _done(request, line, lambda: ask_service(line=line, service=given["service"], by=by), said)


@requires(GRANT)
@require_POST
def line_decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Agree or not with what somebody else said (`decision`: accord or refus)."""
    line = _load(request, public_id)
    act: Callable[..., object] = bank.grant_use if request.POST.get("decision") == "accord" else bank.refuse_use
    said = _("It counts.") if act is bank.grant_use else _("It is to look at again.")
    return _done(request, line, lambda: act(line=line, by=request.user), said)


@requires(ENTER)
@require_POST
def line_ignore(request: HttpRequest, public_id: str) -> HttpResponse:
    line, form = _load(request, public_id), NoteForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    return _asked(request, line, LINE_IGNORED, LineIgnored(line.public_id, note), _("It is put aside."))


@requires(ENTER)
@require_POST
def line_returned(request: HttpRequest, public_id: str) -> HttpResponse:
    line, form = _load(request, public_id), ReturnedForm(request.POST)
    if not form.is_valid():
        return _detail(request, line)
    data = LineReturned(line.public_id, form.cleaned_data["on"].isoformat())
    return _asked(request, line, LINE_RETURNED, data, _("Noted: it went back."))


@requires(ENTER)
@require_POST
def refund_made(request: HttpRequest, public_id: str) -> HttpResponse:
    """Somebody made the transfer of a refund at the bank."""
    refund = get_object_or_404(Refund.objects.filter(payment__provider=TRANSFER), public_id=public_id)
    ask_and_tell(request, GIVEN_TRANSFER, GivenBack(refund.public_id), done=_("Noted: it went back."))
    return HttpResponseRedirect(reverse("shop:bank-list"))


def _asked(request: HttpRequest, line: BankLine, act: str, data: Any, done: str) -> HttpResponse:
    ask_and_tell(request, act, data, done=done)
    return HttpResponseRedirect(reverse("shop:bank-detail", args=[line.public_id]))


def _done(request: HttpRequest, line: BankLine, act: Callable[[], object], said: str) -> HttpResponse:
    act_and_say(request, act, said, WORDS)
    return HttpResponseRedirect(reverse("shop:bank-detail", args=[line.public_id]))
