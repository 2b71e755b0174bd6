"""The books, for the finance team: what is owed, each account line by line, each entry."""

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.ledger.actions.asked_books import UNDO, EntryUndo
from rebond.ledger.actions.asked_payments import RELEASE
from rebond.ledger.asking import ask_and_say
from rebond.ledger.enums import REVERSIBLE, AccountKind, EntryKind
from rebond.ledger.errors import LedgerError
from rebond.ledger.kept_entries import why_kept
from rebond.ledger.models import Entry, FeeLine, Sale
from rebond.ledger.queries import accounts as queries
from rebond.ledger.queries.money_requests import waiting_for_another
from rebond.ledger.queries.months import month_of
from rebond.ledger.queries.night import last_check
from rebond.ledger.queries.payouts import dues_of, held_words
from rebond.ledger.queries.sheets import BALANCES, STATEMENT
from rebond.ledger.queries.statements import months_of
from rebond.ledger.web.forms import PeriodForm, ReverseForm
from rebond.ledger.web.loading import books_kept, load_account, load_entry, statement_paper

SEE_ALL = "ledger.account.view_all"
SEE_ENTRY = "ledger.entry.view"
CORRECT = "ledger.entry.correct"
HOLD = "ledger.payout.hold"


def _tabs() -> list[tuple[str, str]]:
    return [
        ("", pgettext("balances", "All")),
        ("owed", pgettext("balances", "To be paid")),
        ("owing", pgettext("balances", "They owe")),
        ("even", pgettext("balances", "Even")),
    ]


@requires(SEE_ALL)
@require_safe
def account_list(request: HttpRequest) -> HttpResponseBase:
    """The month in short, and what is owed to each seller."""
    operator = books_kept(request)
    words, state = request.GET.get("q", "")[:100], request.GET.get("etat", "")
    rows = queries.balances_of(operator, words=words, state=state)
    if (download := wanted_export(request, rows, BALANCES, _("balances"))) is not None:
        return download
    found, next_key = queries.page_after(rows, request.GET.get("avant", ""))
    today = timezone.localdate()
    owed, owing = queries.owed_in_all(operator)
    context = {
        "balances": found,
        "next_key": next_key,
        "is_first": not request.GET.get("avant"),
        "words": words,
        "state": state,
        "tabs": _tabs(),
        "check": last_check(),
        "today": today,
        "month": month_of(operator, today, sellers=_("The sellers")),
        "owed": owed,
        "owing": owing,
    }
    return page(request, "ledger/account_list.html", context, partial="results")


@requires(SEE_ALL)
@require_safe
def operator_accounts(request: HttpRequest) -> HttpResponse:
    """The operator's own accounts, and those of others than sellers."""
    rows = queries.operator_balances(books_kept(request))
    context = {"rows": [(account, cents) for account, cents in rows]}
    return page(request, "ledger/operator_accounts.html", context)


@requires(SEE_ALL)
@require_safe
def account_detail(request: HttpRequest, public_id: str) -> HttpResponseBase:
    """Line by line, by pages that do not slow down."""
    account = load_account(request, public_id)
    more: dict[str, Any] = {
        "opens_entries": True,
        "due": None,
        "held": [],
        "can_hold": False,
        "months": [],
        "waits": None,
    }
    if account.kind == AccountKind.SELLER:
        due = dues_of(account.operator, account=account)[0]
        more |= {"months": months_of(account)}
        more |= {"due": due, "held": held_words(due.held), "can_hold": request.access.can(HOLD)}  # type: ignore[attr-defined]
        if due.note:
            more |= {"waits": waiting_for_another(account.operator, RELEASE, account.public_id)}
    return statement(request, account, "ledger/account_detail.html", more)


@requires(SEE_ALL)
@require_safe
def account_statement(request: HttpRequest, public_id: str, year: int, month: int) -> HttpResponse:
    """A month of an account as a paper."""
    return statement_paper(load_account(request, public_id), year, month)


def statement(request: HttpRequest, account: Any, template: str, more: dict[str, Any]) -> HttpResponseBase:
    """An account's lines between two days, or its spreadsheet."""
    form = PeriodForm(request.GET)
    form.is_valid()
    given = form.cleaned_data
    rows = queries.postings_of(account, since=given.get("du"), until=given.get("au"))
    if (download := wanted_export(request, rows, STATEMENT, _("statement"))) is not None:
        return download
    lines, next_key = queries.statement_page(account, rows, given.get("avant"))
    context = {
        "form": form,
        "account": account,
        "lines": lines,
        "next_key": next_key,
        "is_first": not given.get("avant"),
        "owed": queries.balance_now(account),
        **more,
    }
    return page(request, template, context, partial="results")


@requires(SEE_ENTRY)
@require_safe
def entry_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Both sides of an entry; the frozen fee lines of a sale, each with its rule; what undoes it."""
    entry = load_entry(request, number)
    return page(request, "ledger/entry_detail.html", _entry_context(request, entry, ReverseForm()))


def _entry_context(request: HttpRequest, entry: Entry, form: ReverseForm) -> dict[str, Any]:
    sale = Sale.objects.filter(entry=entry).select_related("seller").first()
    fees = (
        FeeLine.objects.filter(line__sale=sale).select_related("line", "payee__owner")
        if sale
        else FeeLine.objects.none()
    )
    reversal = Entry.objects.filter(reverses=entry).first()
    is_open = entry.kind in REVERSIBLE and reversal is None and entry.reverses_id is None
    kept_words = why_kept(entry.kind, entry.subject_kind) if is_open else ""
    return {
        "entry": entry,
        "sides": queries.sides_of(entry),
        "sale": sale,
        "fees": list(fees.order_by("line__number", "number")),
        "reversal": reversal,
        "form": form,
        "kept_words": kept_words,
        "can_reverse": is_open
        and not kept_words
        and not (sale is not None and (sale.refunded_cents or sale.disputed_cents))
        and request.access.can(CORRECT),  # type: ignore[attr-defined]
        "is_sale": entry.kind == EntryKind.SALE,
        "waits": waiting_for_another(entry.operator, UNDO, str(entry.pk)) if is_open else None,
        "operation": request.POST.get("operation") or uuid.uuid4(),
    }


@requires(CORRECT)
@require_http_methods(["POST"])
def entry_reverse(request: HttpRequest, number: int) -> HttpResponse:
    """The entry that undoes this one, with its reason."""
    entry, form = load_entry(request, number), ReverseForm(request.POST)
    if form.is_valid():
        try:
            data = EntryUndo(entry.pk, form.cleaned_data["reason"])
            done = _("The entry is undone by another one. Both stay.")
            asked = ask_and_say(request, UNDO, data, organisation=entry.operator, done=done)
        except LedgerError as refused:
            form.add_error("reason" if refused.field == "reason" else None, str(refused))
        else:
            return redirect("ledger:entry-detail", asked.made.pk if asked.made else entry.pk)
    return page(request, "ledger/entry_detail.html", _entry_context(request, entry, form), status=422)
