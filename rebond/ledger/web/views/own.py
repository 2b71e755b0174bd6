"""What is owed to the organisation acted for, line by line."""

from django.http import HttpRequest, HttpResponseBase
from django.views.decorators.http import require_safe

from rebond.core.access import requires
from rebond.core.web import page
from rebond.ledger.models import Payout
from rebond.ledger.queries.accounts import own_accounts
from rebond.ledger.queries.payouts import dues_of, held_words
from rebond.ledger.web.loading import books_kept
from rebond.ledger.web.views.books import statement


@requires("ledger.account.view")
@require_safe
def own_account(request: HttpRequest) -> HttpResponseBase:
    """The account with the operator chosen (`chez`), the first one without; a page that says so before any sale."""
    accounts = own_accounts(books_kept(request))
    if not accounts:
        return page(request, "ledger/own_account_empty.html", {})
    asked = request.GET.get("chez", "")
    account = next((row for row in accounts if row.operator.public_id == asked), accounts[0])
    due = dues_of(account.operator, account=account)[0]
    more = {
        "accounts": accounts,
        "opens_entries": False,
        "due": due,
        "held": held_words(due.held),
        "payouts": list(Payout.objects.filter(account=account).order_by("-pk")[:12]),
    }
    return statement(request, account, "ledger/own_account.html", more)
