"""Gift cards at the desk: their issuer, named and ended by two people; the cards that were sold."""

from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.forms import bind_errors
from rebond.core.paging import key_in, page_before
from rebond.core.signs import seen
from rebond.core.web import page
from rebond.ledger.asking import ask_and_say
from rebond.ledger.errors import LedgerError
from rebond.ledger.queries.money_requests import waiting_for_another
from rebond.network.models import Organisation
from rebond.shop.actions.asked_gift_cards import (
    END,
    NAME,
    REPLACE,
    WAIVE,
    CardReplaced,
    IssuerEnded,
    IssuerNamed,
    LossWaived,
)
from rebond.shop.actions.gift_desk import keep_blocked, move_card
from rebond.shop.errors import GiftCardStateError
from rebond.shop.models import GiftCard
from rebond.shop.money_enums import GIFT_CARD_TRANSITIONS, GiftCardState
from rebond.shop.queries import gift_cards as queries
from rebond.shop.web.acting import act_and_say
from rebond.shop.web.gift_forms import IssuerForm

VIEW, ISSUE = "shop.gift_card.view", "shop.gift_card.issue"
BLOCK, RENEW = "shop.gift_card.block", "shop.gift_card.replace"
MOVED = gettext_lazy("This card has moved on meanwhile, or its payment is contested. Nothing was changed.")
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
    rows = queries.cards_of(_operator(request), _words(request))
    if (download := wanted_export(request, rows, COLUMNS, _("gift cards"))) is not None:
        return download
    return _list(request, IssuerForm())


def _words(request: HttpRequest) -> str:
    """What is looked for: a number or a whole address."""
    return request.GET.get("q", "").strip()[:254]


def _list(request: HttpRequest, form: IssuerForm) -> HttpResponse:
    before, issuer = request.GET.get("avant", ""), queries.selling_issuer()
    found, next_key = page_before(queries.cards_of(_operator(request), _words(request)), key_in(before), PER_PAGE)
    may = request.access.can(ISSUE)  # type: ignore[attr-defined]
    context = {
        "issuer": issuer,
        "words": _words(request),
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
    data = IssuerEnded(seen(request.POST.get("issuer", ""))[:12])
    try:
        done = _("No gift card is sold any more. Those that were sold stay usable.")
        ask_and_say(request, END, data, organisation=_operator(request), done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("shop:gift-list"))


def _load(request: HttpRequest, public_id: str) -> GiftCard:
    """One of the cards that this operator issued and sold."""
    rows = queries.cards_of(_operator(request)).select_related("issuer__organisation")
    return get_object_or_404(rows, public_id=public_id)


def _knows_somebody(card: GiftCard) -> bool:
    """Whether a code could be sent: both addresses may be erased."""
    return bool(card.recipient_email or card.order.email)


@requires(VIEW)
@never_cache
@require_safe
def gift_detail(request: HttpRequest, public_id: str) -> HttpResponse:
    card, before = _load(request, public_id), request.GET.get("avant", "")
    uses, next_key = page_before(queries.spends_of(card), key_in(before), PER_PAGE)
    access, contested = request.access, queries.is_contested(card)  # type: ignore[attr-defined]
    is_open = card.state in {GiftCardState.LIVE, GiftCardState.BLOCKED} and not contested
    context = {
        "card": card,
        "is_over": queries.is_over(card),
        "is_contested": contested,
        "uses": uses,
        "next_key": next_key,
        "is_first": not before,
        "may_block": access.can(BLOCK) and card.state == GiftCardState.LIVE,
        "may_free": access.can(BLOCK) and card.state == GiftCardState.BLOCKED and is_open,
        "may_replace": access.can(RENEW) and is_open and card.balance_cents > 0 and _knows_somebody(card),
        "waiting": waiting_for_another(_operator(request), REPLACE, card.public_id),
        "may_keep": access.can(BLOCK) and card.is_bank_block,
        "may_waive": access.can(RENEW) and queries.is_loss_final(card),
        "waits": waiting_for_another(_operator(request), WAIVE, card.public_id),
    }
    return page(request, "shop/gift_detail.html", context)


@requires(BLOCK)
@require_POST
def gift_move(request: HttpRequest, public_id: str) -> HttpResponse:
    card, verb = _load(request, public_id), request.POST.get("verb", "")
    said = {"block": _("The card is blocked: its code buys nothing."), "free": _("The card is usable again.")}
    if verb == "keep":
        kept = _("It stays blocked, whatever the bank says, until somebody here frees it.")
        act_and_say(request, lambda: keep_blocked(card=card, by=request.user), kept, {GiftCardStateError: MOVED})
    elif verb not in said or verb not in GIFT_CARD_TRANSITIONS:
        messages.error(request, str(MOVED))
    else:
        act_and_say(
            request,
            lambda: move_card(card=card, verb=verb, by=request.user),
            said[verb],
            {GiftCardStateError: MOVED},
        )
    return HttpResponseRedirect(reverse("shop:gift-detail", args=[card.public_id]))


@requires(RENEW)
@require_POST
def gift_replace(request: HttpRequest, public_id: str) -> HttpResponse:
    """Above what one may do alone, a colleague grants it."""
    card = _load(request, public_id)
    data = CardReplaced(card.public_id, request.POST.get("to") == "payer")
    done = _("Another code is on its way by mail. The former one buys nothing any more.")
    try:
        ask_and_say(request, REPLACE, data, organisation=_operator(request), done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("shop:gift-detail", args=[card.public_id]))


@requires(RENEW)
@require_POST
def gift_waive(request: HttpRequest, public_id: str) -> HttpResponse:
    """The operator bears what is missing: one asks, another person grants."""
    card = _load(request, public_id)
    try:
        done = _("Nothing is kept from this card any more.")
        ask_and_say(request, WAIVE, LossWaived(card.public_id), organisation=_operator(request), done=done)
    except LedgerError as refused:
        messages.error(request, str(refused))
    return HttpResponseRedirect(reverse("shop:gift-detail", args=[card.public_id]))
