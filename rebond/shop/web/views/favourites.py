"""Favourites, with or without an account; the personal part of cached pages."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.catalogue.models import Item
from rebond.core.access import public, same_origin_post
from rebond.core.codes import parse_code
from rebond.core.seo import Seo
from rebond.core.templatetags.rebond import hour
from rebond.core.web import page
from rebond.shop.actions.favourite import add_favourite, remove_favourite
from rebond.shop.errors import FavouritesFullError
from rebond.shop.queries.cards import Card, cards_of, kept_cards, shown_items
from rebond.shop.queries.keeper import COOKIE, MAX_AGE, Keeper, keeper_of, new_visitor, signed
from rebond.shop.queries.params import MAX_PAGE

SIZE = 24


def _item(request: HttpRequest, keeper: Keeper | None = None) -> Item:
    """What the form names: of the shop, or among the favourites of `keeper`."""
    code = parse_code(request.POST.get("code", "")[:40])
    found: Item | None = Item.objects.public().filter(code=code).first() if code else None
    if found is None and code and keeper is not None:
        kept = keeper.favourites().select_related("item").filter(item__code=code).first()
        found = kept.item if kept is not None else None
    if found is None:
        raise Http404
    return found


def _wants_json(request: HttpRequest) -> bool:
    return "application/json" in request.headers.get("Accept", "")


def _answer(request: HttpRequest, keeper: Keeper, sentence: str) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"count": keeper.favourites().count()})
    messages.success(request, sentence)
    return HttpResponseRedirect(reverse("shop:favourites"))


@public
@require_POST
@same_origin_post
def add(request: HttpRequest) -> HttpResponse:
    item = _item(request)
    keeper = keeper_of(request)
    keeper = keeper if keeper.is_known else new_visitor()
    try:
        add_favourite(keeper=keeper, item=item)
    except FavouritesFullError:
        if _wants_json(request):
            return JsonResponse({"error": "full"}, status=409)
        messages.error(request, _("Your list is full: 20,000 objects. Take some out first."))
        return HttpResponseRedirect(reverse("shop:favourites"))
    response = _answer(request, keeper, _("“%(title)s” is in your favourites.") % {"title": item.title})
    if keeper.visitor:
        secure = request.is_secure()
        response.set_cookie(COOKIE, signed(keeper.visitor), MAX_AGE, httponly=True, samesite="Lax", secure=secure)
    return response


@public
@require_POST
@same_origin_post
def remove(request: HttpRequest) -> HttpResponse:
    """Also what left the shop meanwhile: it is listed, so it may be taken out."""
    keeper = keeper_of(request)
    item = _item(request, keeper)
    remove_favourite(keeper=keeper, item=item)
    return _answer(request, keeper, _("“%(title)s” is no longer in your favourites.") % {"title": item.title})


@public
@require_safe
@never_cache
def favourites(request: HttpRequest) -> HttpResponse:
    keeper = keeper_of(request)
    rows = keeper.favourites().order_by("-pk").values_list("item_id", flat=True)
    number = request.GET.get("page", "1")[:6]
    shown = Paginator(rows, SIZE).get_page(min(int(number), MAX_PAGE * 2) if number.isdecimal() else 1)
    cards = kept_cards(shown.object_list)
    context: dict[str, Any] = {
        "page": shown,
        "cards_shown": cards,
        "gone": sum(card.state != "on_sale" for card in cards),
        "count": shown.paginator.count,
        "seo": Seo(title=_("My favourites"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/favourites.html", context)


@public
@require_safe
@never_cache
def me(request: HttpRequest) -> HttpResponse:
    """Which of the page's hearts are full, how many favourites, the first name, what the basket keeps: some bytes."""
    keeper = keeper_of(request)
    codes = [c for c in request.GET.get("codes", "")[:2_000].split(",") if c][:120]
    if not keeper.is_known:
        return JsonResponse({"kept": [], "count": 0, "name": "", "basket": 0, "held": {}})
    mine = keeper.favourites()
    kept = list(mine.filter(item__code__in=codes).order_by("pk").values_list("item__code", flat=True)) if codes else []
    name = keeper.user.get_short_name() if keeper.user is not None else ""
    lines = keeper.lines().kept(timezone.now()).order_by("pk").values_list("item__code", "quantity", "ends_at")
    held = {code: hour(timezone.localtime(ends)) for code, _n, ends in lines}
    return JsonResponse(
        {
            "kept": kept,
            "count": mine.count(),
            "name": name,
            "basket": sum(n for _code, n, _ends in lines),
            "held": held,
        }
    )


@public
@require_safe
@never_cache
def seen(request: HttpRequest) -> HttpResponse:
    """Cards of the objects that the browser remembers; nothing is kept here."""
    codes = [code for raw in request.GET.get("codes", "")[:600].split(",")[:24] if (code := parse_code(raw))]
    found: dict[str, Card] = {}
    if codes:
        found = {card.code: card for card in cards_of(shown_items().filter(code__in=codes).order_by())}
    return page(request, "shop/_seen.html", {"rows": [found[code] for code in dict.fromkeys(codes) if code in found]})
