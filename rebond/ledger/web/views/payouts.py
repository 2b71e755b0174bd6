"""Payouts to sellers: who is ready, prepared by one, granted by another; what holds a seller; when it is paid."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.ledger import providers
from rebond.ledger.actions import payout as actions
from rebond.ledger.actions.asked_payments import RELEASE, TERMS, NewTerms, Release
from rebond.ledger.asking import ask_and_say
from rebond.ledger.enums import PayoutState
from rebond.ledger.errors import LedgerError
from rebond.ledger.queries import payouts as queries
from rebond.ledger.queries.fees import agreement_of
from rebond.ledger.queries.sheets import DUES, PAYOUTS
from rebond.ledger.web.forms import HoldForm, RefusalForm, TermsForm
from rebond.ledger.web.loading import books_kept, load_account, load_payout

VIEW = "ledger.payout.view"
ASK = "ledger.payout.ask"
GRANT = "ledger.payout.grant"
HOLD = "ledger.payout.hold"
PER_PAGE = 50
SHOWN = 200


@requires(VIEW)
@require_safe
def payout_list(request: HttpRequest) -> HttpResponseBase:
    """What is ready today, what was paid, what waits for another person."""
    operator, state = books_kept(request), request.GET.get("etat", "")
    rows = queries.payouts_of(operator, state)
    if (download := wanted_export(request, rows, PAYOUTS, _("payouts"))) is not None:
        return download
    before = request.GET.get("avant", "")
    found, next_key = page_before(rows, key_in(before), PER_PAGE)
    day = timezone.localdate()
    dues = queries.dues_of(operator, day=day)
    ready = [due for due in dues if due.is_ready(day)]
    context = {
        "payouts": found,
        "next_key": next_key,
        "is_first": not before,
        "state": state,
        "tabs": [("", pgettext("payouts", "All")), *PayoutState.choices],
        "ready": len(ready),
        "ready_cents": sum(due.cents for due in ready),
        "held": sum(1 for due in dues if due.held and due.cents),
        "has_provider": providers.is_set(),
        "can_ask": request.access.can(ASK),  # type: ignore[attr-defined]
        "can_grant": request.access.can(GRANT),  # type: ignore[attr-defined]
        "me": request.user.public_id,  # type: ignore[union-attr]
    }
    return page(request, "ledger/payout_list.html", context, partial="results")


@requires(VIEW)
@require_safe
def due_list(request: HttpRequest) -> HttpResponseBase:
    """What may be paid out to each seller, when, and why not."""
    day = timezone.localdate()
    dues = queries.dues_of(books_kept(request), day=day)
    if (download := wanted_export(request, dues, DUES, _("next-payouts"))) is not None:
        return download
    rows = [(due, queries.held_words(due.held), due.is_ready(day)) for due in dues[:SHOWN]]
    context = {"rows": rows, "number": len(dues), "shown": SHOWN, "total": sum(due.cents for due in dues)}
    return page(request, "ledger/due_list.html", context)


@requires(ASK)
@require_POST
def payouts_ask(request: HttpRequest) -> HttpResponse:
    """Prepare all that is ready today."""
    try:
        asked = actions.ask_due_payouts(operator=books_kept(request), by=request.user)
    except LedgerError as refused:
        messages.error(request, str(refused))
    else:
        said = ngettext("%(n)s payout is prepared.", "%(n)s payouts are prepared.", len(asked))
        messages.success(request, said % {"n": len(asked)})
    return redirect("ledger:payout-list")


@requires(GRANT)
@require_POST
def payout_grant(request: HttpRequest, payout_id: str) -> HttpResponse:
    payout = load_payout(request, payout_id)
    may_any = request.access.can("ledger.payout.grant_any")  # type: ignore[attr-defined]
    try:
        actions.grant_payout(payout=payout, by=request.user, may_grant_any=may_any)
    except LedgerError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It is granted: the provider sends it."))
    return redirect("ledger:payout-list")


@requires(GRANT)
@require_http_methods(["GET", "POST"])
def payout_refuse(request: HttpRequest, payout_id: str) -> HttpResponse:
    """Its page asks why; the money stays owed."""
    payout, form = load_payout(request, payout_id), RefusalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        done = bind_errors(
            form, lambda: actions.refuse_payout(payout=payout, reason=reason, by=request.user), LedgerError
        )
        if done is not None:
            messages.success(request, _("It is refused. The money stays owed."))
            return redirect("ledger:payout-list")
    status = 422 if request.method == "POST" else 200
    return page(request, "ledger/payout_refuse.html", {"payout": payout, "form": form}, status=status)


@requires(HOLD)
@require_http_methods(["GET", "POST"])
def account_hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """Hold a seller's payouts with a reason, or release them."""
    account, form = load_account(request, public_id), HoldForm(request.POST or None)
    if request.method == "POST" and "release" in request.POST:
        try:
            done = _("Payouts may leave again.")
            ask_and_say(request, RELEASE, Release(account.public_id), organisation=account.operator, done=done)
        except LedgerError as refused:
            messages.error(request, str(refused))
        return redirect("ledger:account-detail", account.public_id)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        held = bind_errors(
            form, lambda: actions.hold_payouts(account=account, reason=reason, by=request.user), LedgerError
        )
        if held is not None:
            messages.success(request, _("Nothing is paid out until you release it."))
            return redirect("ledger:account-detail", account.public_id)
    status = 422 if request.method == "POST" else 200
    return page(request, "ledger/account_hold.html", {"account": account, "form": form}, status=status)


@requires(HOLD)
@require_http_methods(["GET", "POST"])
def account_terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """When the seller of an account is paid, by its agreement in force."""
    account = load_account(request, public_id)
    agreement = agreement_of(account.owner, timezone.localdate(), account.operator)
    due = queries.dues_of(account.operator, account=account)
    terms = due[0].terms if due else queries.Terms()
    initial = {"days": ", ".join(map(str, terms.days)), "extra_days": terms.extra_days, "min_cents": terms.min_cents}
    form = TermsForm(request.POST or None, initial=initial)
    if request.method == "POST" and agreement is not None and form.is_valid():
        given: dict[str, Any] = form.cleaned_data | {"min_cents": form.cleaned_data["min_cents"] or 0}
        data, done = NewTerms(agreement.public_id, account.public_id, **given), _("The terms are set.")
        asked = bind_errors(
            form,
            lambda: ask_and_say(request, TERMS, data, organisation=account.operator, done=done),
            LedgerError,
        )
        if asked is not None:
            return redirect("ledger:account-detail", account.public_id)
    status = 422 if request.method == "POST" else 200
    context = {
        "account": account,
        "agreement": agreement,
        "form": form,
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }
    return page(request, "ledger/account_terms.html", context, status=status)
