"""The seller's desk: its own account at the payment provider, what it still asks, the way to complete it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_http_methods

from rebond.core.access import requires
from rebond.core.web import page
from rebond.network.models import Organisation
from rebond.shop.actions.stripe_account import onboarding_page, refresh_account
from rebond.shop.errors import ProviderError
from rebond.shop.models import SellerAccount
from rebond.shop.phrases import missing_words
from rebond.shop.queries.accounts import is_needed

# The form of this page alone may lead to Stripe's pages; nothing of Stripe is loaded here (docs/decisions/0025).
FORM_CSP: dict[str, Any] = settings.SECURE_CSP | {"form-action": [CSP.SELF, "https://connect.stripe.com"]}


@requires("shop.payment_account.manage")
@never_cache
@csp_override(FORM_CSP)
@require_http_methods(["GET", "HEAD", "POST"])
def payment_account(request: HttpRequest) -> HttpResponse:
    """Its state; the button leads to Stripe. Coming back from there, the state is asked for."""
    organisation: Organisation | None = request.access.organisation  # type: ignore[attr-defined]
    if organisation is None:
        raise Http404
    is_used = is_needed(organisation)
    account = SellerAccount.objects.filter(organisation=organisation).first()
    try:
        if request.method == "POST" and is_used:
            return HttpResponseRedirect(onboarding_page(organisation=organisation, by=request.user))
        if is_used and account is not None and "retour" in request.GET:
            account = refresh_account(account=account)
    except ProviderError:
        messages.error(request, _("The payment provider does not answer: nothing was changed. Try again in a minute."))
    if request.method == "POST":
        return HttpResponseRedirect(request.path)
    words = missing_words(account.missing) if account is not None else []
    context = {
        "account": account,
        "is_used": is_used,
        "missing": words,
        "steps": _steps(account),
        "is_urgent": account is not None and account.missing_by is not None and account.missing_by < timezone.now(),
    }
    return page(request, "shop/payment_account.html", context)


def _steps(account: SellerAccount | None) -> list[tuple[str, bool]]:
    """Where the organisation is on its way to be paid."""
    return [
        (_("The account is open"), account is not None),
        (_("Every question is answered"), account is not None and account.is_complete),
        (_("The provider agrees: you are paid"), account is not None and account.may_be_paid),
    ]
