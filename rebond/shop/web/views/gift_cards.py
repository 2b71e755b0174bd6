"""Buying a gift card, and reading one: by the payer's order, or by its code."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import operation_of, page
from rebond.shop.actions.gift_card import buy_card, give_card_back
from rebond.shop.errors import GiftCardInvalidError, GiftCardOtherWishError, GiftCardStateError
from rebond.shop.models import GiftCard, GiftIssuer
from rebond.shop.money_enums import GiftCardState
from rebond.shop.queries import gift_cards as queries
from rebond.shop.queries.ordering import online_words, takes_orders
from rebond.shop.queries.orders import find_order, order_path
from rebond.shop.web.gift_forms import GiftBuyForm, GiftCodeForm

ANOTHER = gettext_lazy(
    "This form ordered another gift card already: you find it in its mail, or in your orders. "
    "To order this one as well, read it again and send it."
)
USES = 50  # shown, the newest first


def _issuer() -> GiftIssuer:
    """Who sells; without it, or without a provider of payments, there is no such page."""
    issuer = queries.issuer_in_force()
    if issuer is None or not takes_orders():
        raise Http404
    return issuer


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("gift-card")
def gift_buy(request: HttpRequest) -> HttpResponse:
    issuer, user = _issuer(), visitor(request)
    known = {"email": user.email, "sender_name": user.name} if user is not None else {}
    form, again = GiftBuyForm(request.POST if request.method == "POST" else None, issuer=issuer, initial=known), None
    if request.method == "POST" and form.is_valid():
        provider, operation = settings.PAYMENT_PROVIDER, operation_of(request)
        try:
            payment = buy_card(wish=form.wish(), user=user, operation=operation, provider=provider)
        except GiftCardInvalidError:
            form.add_error(None, _("This card is not sold any more as you chose it. Look at the page again."))
        except GiftCardOtherWishError:
            again = uuid.uuid4()
            form.add_error(None, str(ANOTHER))
        else:
            return HttpResponseRedirect(order_path(payment.order, "order-pay"))
    context = {
        "form": form,
        "issuer": issuer,
        "payment_words": online_words(),
        "operation": again or request.POST.get("operation") or uuid.uuid4(),
        "seo": Seo(title=_("Give a gift card"), path=request.path),
    }
    return page(request, "shop/gift_buy.html", context, status=422 if form.errors else 200)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("gift-code")
def gift_balance(request: HttpRequest) -> HttpResponse:
    """What a card still holds: its code is in the form, never in an address. One answer for all that is none."""
    if not queries.are_known():
        raise Http404
    form = GiftCodeForm(request.POST if request.method == "POST" else None)
    card = None
    if request.method == "POST" and form.is_valid():
        card = queries.find_card(form.cleaned_data["code"])
        if card is None:
            form.add_error("code", _("No gift card has this code. Look at it again in the mail."))
    seo = Seo(title=_("What is left on a gift card"), path=request.path, robots="noindex")
    context = {"form": form, "seo": seo} | (_shown(card) if card is not None else {})
    return page(request, "shop/gift_balance.html", context, status=422 if form.errors else 200)


def _shown(card: GiftCard) -> dict[str, Any]:
    return {
        "card": card,
        "issuer": card.issuer,
        "is_over": queries.is_over(card),
        "uses": list(queries.spends_of(card)[:USES]),
    }


def card_page(request: HttpRequest, card: GiftCard) -> HttpResponse:
    """The order of a card, as its payer reads it."""
    order = card.order
    context = _shown(card) | {
        "order": order,
        "may_go_back": queries.may_go_back(card, timezone.localdate()),
        "until": queries.back_until(card),
        "pay_url": order_path(order, "order-pay"),
        "back_url": order_path(order, "gift-give-back"),
        "seo": Seo(title=_("Your gift card"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/gift_order.html", context)


@public
@require_POST
@same_origin_post
@throttled("withdraw")
def gift_give_back(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The second step of the withdrawal: confirmed, the money goes back."""
    order = find_order(public_id, token)
    card = queries.card_of(order) if order is not None else None
    if order is None or card is None or card.state == GiftCardState.WAITING:
        raise Http404
    try:
        give_card_back(order=order, by=visitor(request))
    except GiftCardStateError:
        messages.error(request, _("This card can no longer go back: it was used, or its 14 days are over."))
    else:
        messages.success(request, _("You withdrew. The money goes back to your means of payment; a mail tells you so."))
    return HttpResponseRedirect(order_path(order))
