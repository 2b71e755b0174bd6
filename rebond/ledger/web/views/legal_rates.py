"""Rates of legal interest: what is known, what is missing; one person enters a rate, another one grants it."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.forms import DayInput, bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.ledger.actions.legal_rate import ask_rate, decide_rate
from rebond.ledger.data.legal_rates import known_rates
from rebond.ledger.errors import LedgerError
from rebond.ledger.models import LegalRate
from rebond.ledger.queries.legal_rates import half_year, missing_half_year, rate_on
from rebond.ledger.queries.sheets import RATES
from rebond.ledger.web.forms import PercentField
from rebond.ledger.web.loading import books_kept

ASK = "ledger.legal_rate.ask"
GRANT = "ledger.legal_rate.grant"
PER_PAGE = 50


class RateForm(forms.Form):
    starts_on = forms.DateField(
        label=pgettext_lazy("rate", "First day of the half-year"),
        widget=DayInput(),
        help_text=gettext_lazy("1 January or 1 July: the rate counts until the end of the half-year."),
    )
    basis_points = PercentField(
        label=pgettext_lazy("rate", "Rate owed to private persons, in %"),
        help_text=gettext_lazy("As the order writes it for debts owed to private persons, such as 6,67."),
    )
    source = forms.CharField(
        label=pgettext_lazy("rate", "Where it is published"),
        max_length=300,
        help_text=gettext_lazy("The order and the day of the Journal officiel."),
    )


@requires("ledger.legal_rate.view")
@require_http_methods(["GET", "POST"])
def rate_list(request: HttpRequest) -> HttpResponseBase:
    """What the desk entered, the newest first, and what the code knows; with the form that enters one."""
    rates = LegalRate.objects.order_by("-pk")
    if (download := wanted_export(request, rates, RATES, _("legal-rates"))) is not None:
        return download
    can_ask = request.access.can(ASK)  # type: ignore[attr-defined]
    day = timezone.localdate()
    missing = missing_half_year(day)
    initial = {"starts_on": missing or half_year(day)[0]}
    form = RateForm(request.POST or None, initial=initial) if can_ask else None
    if request.method == "POST" and form is not None and form.is_valid():
        given = form.cleaned_data
        made = bind_errors(
            form, lambda: ask_rate(organisation=books_kept(request), by=request.user, **given), LedgerError
        )
        if made is not None:
            messages.success(request, _("It is noted: somebody else grants it, then it counts."))
            return redirect("ledger:rate-list")
    before = request.GET.get("avant", "")
    rows, next_key = page_before(rates, key_in(before), PER_PAGE)
    context = {
        "form": form,
        "rates": rows,
        "next_key": next_key,
        "is_first": not before,
        "known": sorted(known_rates().items(), reverse=True),
        "missing": missing,
        "now": rate_on(day),
        "can_grant": request.access.can(GRANT),  # type: ignore[attr-defined]
        "me": request.user.public_id,  # type: ignore[union-attr]
    }
    return page(request, "ledger/rate_list.html", context, status=422 if request.method == "POST" else 200)


@requires(GRANT)
@require_POST
def rate_decide(request: HttpRequest, rate_id: str) -> HttpResponse:
    """Grant it (`decision` is `accord`), or refuse it."""
    rate, is_granted = get_object_or_404(LegalRate, public_id=rate_id), request.POST.get("decision") == "accord"
    try:
        decide_rate(rate=rate, is_granted=is_granted, by=request.user)
    except LedgerError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("It counts from now on.") if is_granted else _("It is refused."))
    return redirect("ledger:rate-list")
