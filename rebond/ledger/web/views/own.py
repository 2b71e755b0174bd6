"""What is owed to the organisation acted for, line by line."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from rebond.core.access import requires
from rebond.core.web import page
from rebond.ledger.models import Account, Payout
from rebond.ledger.queries.accounts import own_accounts
from rebond.ledger.queries.payouts import dues_of, held_words
from rebond.ledger.queries.statements import months_of
from rebond.ledger.web.loading import books_kept, statement_paper
from rebond.ledger.web.views.books import statement


@requires("ledger.account.view")
@require_safe
def own_account(request: HttpRequest) -> HttpResponseBase:
    """The account with the operator chosen (`chez`), the first one without; a page that says so before any sale."""
    accounts = own_accounts(books_kept(request))
    if not accounts:
        return page(request, "ledger/own_account_empty.html", {})
    account = _chosen(request, accounts)
    due = dues_of(account.operator, account=account)[0]
    more = {
        "accounts": accounts,
        "opens_entries": False,
        "due": due,
        "held": held_words(due.held),
        "months": months_of(account),
        "payouts": list(Payout.objects.filter(account=account).order_by("-pk")[:12]),
    }
    return statement(request, account, "ledger/own_account.html", more)


def _chosen(request: HttpRequest, accounts: list[Account]) -> Account:
    asked = request.GET.get("chez", "")
    return next((row for row in accounts if row.operator.public_id == asked), accounts[0])


@requires("ledger.account.view")
@require_safe
def own_statement(request: HttpRequest, year: int, month: int) -> HttpResponse:
    """A month as a paper."""
    accounts = own_accounts(books_kept(request))
    if not accounts:
        raise Http404
    return statement_paper(_chosen(request, accounts), year, month)
