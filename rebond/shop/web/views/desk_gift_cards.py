"""Gift cards at the desk: their issuer, named and ended by two people; the cards that were sold."""

from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.web import page
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.network.models import Organisation
from rebond.shop.actions.asked_gift_cards import END, NAME, IssuerEnded, IssuerNamed
from rebond.shop.queries import gift_cards as queries
from rebond.shop.web.gift_forms import IssuerForm

VIEW, ISSUE = "shop.gift_card.view", "shop.gift_card.issue"
PER_PAGE = 50
COLUMNS = [
    Column(pgettext_lazy("gift card", "Card"), "public_id"),
    Column(pgettext_lazy("gift card", "Sold"), "sold_at", "date"),
    Column(pgettext_lazy("gift card", "Last day"), "expires_on", "date"),
    Column(pgettext_lazy("gift card", "State"), "get_state_display"),
    Column(pgettext_lazy("gift card", "Amount"), "amount_cents", "cents"),
    Column(gettext_lazy("Left on it"), "balance_cents", "cents"),
]


def _operator(request: HttpRequest) -> Organisation:
    organisation: Organisation | None = request.access.organisation  # type: ignore[attr-defined]
    if organisation is None:
        raise Http404
    return organisation


@requires(VIEW)
@never_cache
@require_safe
def gift_list(request: HttpRequest) -> HttpResponseBase:
    rows = queries.cards_of(_operator(request))
    if (download := wanted_export(request, rows, COLUMNS, _("gift cards"))) is not None:
        return download
    return _list(request, IssuerForm())


def _list(request: HttpRequest, form: IssuerForm) -> HttpResponse:
    before, issuer = request.GET.get("avant", ""), queries.selling_issuer()
    found, next_key = page_before(queries.cards_of(_operator(request)), key_in(before), PER_PAGE)
    may = request.access.can(ISSUE)  # type: ignore[attr-defined]
    context = {
        "issuer": issuer,
        "cards": [(card, queries.is_over(card)) for card in found],
        "owed_cents": queries.owed_by(_operator(request)),
        "next_key": next_key,
        "is_first": not before,
        "form": form if may and issuer is None else None,
        "may_end": may and issuer is not None,
    }
    return page(request, "shop/gift_list.html", context, status=422 if form.errors else 200)


@requires(ISSUE)
@require_POST
def gift_issuer_name(request: HttpRequest) -> HttpResponse:
    """Asked for here; somebody else grants it."""
    form = IssuerForm(request.POST)
    if form.is_valid():
        data, done = IssuerNamed(**asdict(form.terms())), _("Gift cards are sold from now on.")
        organisation = _operator(request)
        asked = bind_errors(
            form, lambda: ask_and_say(request, NAME, data, organisation=organisation, done=done), LedgerError
        )
        if asked is not None:
            return HttpResponseRedirect(reverse("shop:gift-list"))
    return _list(request, form)


@requires(ISSUE)
@require_POST
def gift_issuer_end(request: HttpRequest) -> HttpResponse:
    data = IssuerEnded(request.POST.get("issuer", "")[:12])
    try:
        done = _("No gift card is sold any more. Those that were sold stay usable.")
        ask_and_say(request, END, data, organisation=_operator(request), done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("shop:gift-list"))
