"""What is put aside from the basket: plain forms, each may be sent twice."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebond.core.access import public, same_origin_post
from rebond.core.throttle import address_key, throttled
from rebond.shop.actions.later import LIMIT, forget_later, save_for_later, take_from_later
from rebond.shop.errors import ItemTakenError, LaterFullError, ShopError
from rebond.shop.queries.keeper import keeper_of
from rebond.shop.web.views.basket import find_item, refusal


@public
@require_POST
@same_origin_post
def later(request: HttpRequest) -> HttpResponse:
    """Out of the basket, into the list below: others may take it."""
    keeper = keeper_of(request)
    item = find_item(request, keeper)
    if not keeper.is_known:
        raise Http404
    try:
        save_for_later(keeper=keeper, item=item)
    except LaterFullError:
        text = _("Your list for later keeps %(n)s objects, the most it can. Take some out first.")
        messages.error(request, text % {"n": LIMIT})
    else:
        text = _("“%(title)s” is put aside for later, below your basket. It is no longer kept for you.")
        messages.success(request, text % {"title": item.title})
    return HttpResponseRedirect(reverse("shop:basket"))


@public
@require_POST
@same_origin_post
@throttled("basket")
def take_back(request: HttpRequest) -> HttpResponse:
    """Keep it in the basket again, where it is still free; else it stays in the list."""
    keeper = keeper_of(request)
    item = find_item(request, keeper)
    if not keeper.is_known:
        raise Http404
    try:
        take_from_later(keeper=keeper, item=item, address=address_key(request))
    except ItemTakenError:
        text = _("“%(title)s” is not free: somebody else has it. It stays in your list for later.")
        messages.error(request, text % {"title": item.title})
    except ShopError as error:
        messages.error(request, refusal(error))
    else:
        messages.success(request, _("“%(title)s” is in your basket again.") % {"title": item.title})
    return HttpResponseRedirect(reverse("shop:basket"))


@public
@require_POST
@same_origin_post
def forget(request: HttpRequest) -> HttpResponse:
    """Also what left the shop meanwhile: it is listed, so it may be taken out."""
    keeper = keeper_of(request)
    item = find_item(request, keeper)
    if forget_later(keeper=keeper, item=item):
        messages.success(request, _("“%(title)s” is out of your list for later.") % {"title": item.title})
    return HttpResponseRedirect(reverse("shop:basket"))
