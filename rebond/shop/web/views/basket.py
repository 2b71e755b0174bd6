"""The basket: with or without an account, without JavaScript; every form may be sent twice."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.catalogue.models import Item
from rebond.core.access import public, same_origin_post
from rebond.core.codes import parse_code
from rebond.core.prepared import Prepared
from rebond.core.seo import Seo
from rebond.core.templatetags.rebond import hour
from rebond.core.throttle import address_key, throttled
from rebond.core.web import page
from rebond.shop.actions.basket import prolong_line, remove_line, take_item
from rebond.shop.errors import (
    AddressHoldsTooMuchError,
    BasketFullError,
    HeldLongEnoughError,
    HoldOverError,
    ItemTakenError,
    ShopError,
)
from rebond.shop.queries.basket import basket_page
from rebond.shop.queries.checkout import parcel_prices
from rebond.shop.queries.keeper import COOKIE, MAX_AGE, Keeper, keeper_of, new_visitor, signed
from rebond.shop.queries.later import asides
from rebond.shop.queries.ordering import payment_words, takes_orders
from rebond.shop.queries.similar import similar_cards


@public
@require_safe
@never_cache
def basket(request: HttpRequest) -> HttpResponse:
    keeper = keeper_of(request)
    missed = parse_code(request.GET.get("manque", "")[:20]) or ""
    shown = basket_page(keeper, missed=missed)
    elsewhere = next((lost.item for lost in shown.lost if not lost.is_free), None)
    prices = parcel_prices(shown.parcels)
    context: dict[str, Any] = {
        "shown": shown,
        "refused": missed,  # where the basket keeps it: another number of it than was asked for
        "asked": request.GET.get("n", "")[:4],
        "later": asides(keeper),
        "parcels": [(parcel, prices.get(parcel.number)) for parcel in shown.parcels],
        "near": similar_cards(elsewhere, 5) if elsewhere is not None else [],
        "near_to": elsewhere,
        "may_order": takes_orders(),
        "payment_words": payment_words(),
        "seo": Seo(title=_("Your basket"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/basket.html", context)


@public
@require_POST
@same_origin_post
@throttled("basket")
def add(request: HttpRequest) -> HttpResponse:
    """Take an item. Sent twice, it is one line with the hour it had."""
    item = find_item(request)
    keeper = keeper_of(request)
    keeper = keeper if keeper.is_known else new_visitor()
    number = request.POST.get("n", "")[:4]
    target = reverse("shop:basket")
    try:
        n = int(number) if number.isdecimal() else None  # the button of a page says none
        take_item(keeper=keeper, item=item, n=n, address=address_key(request))
    except ItemTakenError:
        target += f"?manque={item.code}"
        if "n" in request.POST and number.isdecimal():  # the form of a line, which says it again beside its field
            target += f"&n={number}#n-{item.code}"
    except ShopError as error:
        messages.error(request, refusal(error))
    response = HttpResponseRedirect(target)
    if keeper.visitor:
        secure = request.is_secure()
        response.set_cookie(COOKIE, signed(keeper.visitor), MAX_AGE, httponly=True, samesite="Lax", secure=secure)
    return response


def refusal(error: ShopError) -> str:
    if isinstance(error, HeldLongEnoughError):
        return _("It was kept as long as one may. Others come first now; you can keep it again after %(hour)s.") % {
            "hour": hour(timezone.localtime(error.free_at))
        }
    if isinstance(error, BasketFullError):
        return _("A basket keeps 30 objects at most. Take less, or buy first what is in it.")
    if isinstance(error, AddressHoldsTooMuchError):
        return _("Many objects are kept from your connection already. Wait until some are bought or free again.")
    return _("This could not be done. The page shows your basket as it is now.")


@public
@require_POST
@same_origin_post
def remove(request: HttpRequest) -> HttpResponse:
    """Also what left the shop meanwhile: it is listed, so it may be taken out."""
    keeper = keeper_of(request)
    item = find_item(request, keeper)
    if remove_line(keeper=keeper, item=item):
        messages.success(request, _("“%(title)s” is out of your basket.") % {"title": item.title})
    return HttpResponseRedirect(reverse("shop:basket"))


@public
@require_POST
@same_origin_post
def prolong(request: HttpRequest) -> HttpResponse:
    item = find_item(request)
    try:
        prolong_line(keeper=keeper_of(request), item=item)
    except HoldOverError:
        messages.error(request, _("This cannot be kept longer. The page shows your basket as it is now."))
    return HttpResponseRedirect(reverse("shop:basket"))


_PUBLIC: Prepared[Item] = Prepared(lambda code: Item.objects.public().select_related("seller").filter(code=code), "?")


def find_item(request: HttpRequest, keeper: Keeper | None = None) -> Item:
    """What the form names: of the shop, or in the basket of `keeper` or put aside from it."""
    code = parse_code(request.POST.get("code", "")[:40])
    if not code:
        raise Http404
    found = _PUBLIC.first(code)
    if found is None and keeper is not None:
        kept = keeper.lines().shown().filter(item__code=code).values("item_id")
        aside = keeper.later().filter(item__code=code).values("item_id")
        found = Item.objects.select_related("seller").filter(Q(pk__in=kept) | Q(pk__in=aside)).first()
    if found is None:
        raise Http404
    return found
