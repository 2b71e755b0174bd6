"""Paying later: the buyer chooses a transfer or the seller's counter, reads what to do, or gives the order up."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.shop.actions.by_hand import give_up, pay_later
from rebond.shop.actions.trial_bank import ARRIVALS, arrive
from rebond.shop.errors import OrderChangedError, TooManyUnpaidError
from rebond.shop.models import Order, Payment
from rebond.shop.money_enums import TRANSFER
from rebond.shop.queries.by_hand import bought_for, place_of, received_cents, reference_of, ways_for
from rebond.shop.queries.orders import find_order, order_page, order_path


def by_hand_page(request: HttpRequest, order: Order, payment: Payment) -> HttpResponse:
    """What to do, how much, until when."""
    part = order.parts.select_related("seller").order_by("pk").first()
    is_transfer = payment.provider == TRANSFER
    came = received_cents(payment) if is_transfer else 0
    context = {
        "order": order,
        "payment": payment,
        "shown": order_page(order),
        "is_transfer": is_transfer,
        "reference": reference_of(payment),
        "iban": settings.TRANSFER_IBAN,
        "bic": settings.TRANSFER_BIC,
        "holder": settings.TRANSFER_HOLDER,
        "came": came,
        "left": payment.amount_cents - came,
        "seller": part.seller if part is not None else None,
        "site": place_of(part.seller) if part is not None else None,
        "give_up_url": order_path(order, "order-give-up"),
        "arrive_url": order_path(order, "order-arrive") if is_transfer and settings.PAYMENT_PROVIDER == "test" else "",
        "arrivals": ARRIVALS,
        "seo": Seo(title=_("Payment"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/pay_by_hand.html", context)


def _load(public_id: str, token: str) -> Order:
    order = find_order(public_id, token)
    if order is None:
        raise Http404
    return order


@public
@never_cache
@require_POST
@same_origin_post
@throttled("basket")
def choose(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Pay this order later: by transfer or at the counter, where this person may."""
    order, way = _load(public_id, token), request.POST.get("way", "")
    organisation: Any = request.access.organisation  # type: ignore[attr-defined]
    if way not in ways_for(order, request.user, organisation):
        raise Http404
    try:
        pay_later(order=order, provider=way, by=request.user, organisation=bought_for(order, way, organisation))
    except OrderChangedError:
        messages.error(request, _("Your objects are no longer kept: put them in the basket and order again."))
    except TooManyUnpaidError:
        messages.error(request, _("Five orders wait for their payment already: pay one first, or give one up."))
    return HttpResponseRedirect(order_path(order, "order-pay"))


@public
@never_cache
@require_POST
@same_origin_post
@throttled("basket")
def leave(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """The buyer no longer wants it: the objects are free for others at once."""
    order = _load(public_id, token)
    by = visitor(request)
    try:
        give_up(order=order, by=by, reason=str(_("The buyer gave it up")))
    except OrderChangedError:
        messages.error(request, _("This order is paid or over: nothing was changed."))
    return HttpResponseRedirect(order_path(order))


@public
@never_cache
@require_POST
@same_origin_post
@throttled("basket")
def arrive_for_trial(request: HttpRequest, public_id: str, token: str) -> HttpResponse:
    """Trial only: the transfer is on the account, whole or not."""
    order = _load(public_id, token)
    payment = order.payments.filter(provider=TRANSFER).order_by("pk").last()
    if settings.PAYMENT_PROVIDER != "test" or payment is None:
        raise Http404
    arrive(payment=payment, how=request.POST.get("how", ""))
    return HttpResponseRedirect(order_path(order, "order-pay"))
