"""An item's page: the code decides, the words of the address may change."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from rebond.catalogue.enums import ItemState
from rebond.catalogue.models import Item
from rebond.core.access import public
from rebond.core.codes import parse_code
from rebond.core.images.markup import picture_url
from rebond.core.pagecache import cached_page
from rebond.core.seo import Seo, absolute, breadcrumb
from rebond.core.web import page
from rebond.shop.queries.basket import availability
from rebond.shop.queries.cards import item_url
from rebond.shop.queries.item_page import ItemPage, find_item, item_page
from rebond.shop.queries.similar import similar_cards
from rebond.shop.queries.tree import Node, load_tree


@public
@require_safe
@cached_page
def item(request: HttpRequest, name: str) -> HttpResponse:
    code = parse_code(name.rpartition("-")[2])
    found = find_item(code) if code else None
    if found is None:
        raise Http404
    if found.state == ItemState.WITHDRAWN or (found.state == ItemState.ON_SALE and not found.seller.is_selling):
        return _gone(request, found)
    url = item_url(found.slug, found.code)
    if request.path != url:
        return HttpResponsePermanentRedirect(url)
    shown = item_page(found)
    context = {
        "shown": shown,
        "item": found,
        "seller": shown.seller,
        "photos": shown.photos,
        "hold": availability(found),
        "crumbs": _crumbs(shown.node),
        "similar": similar_cards(found),
        "seo": _seo(shown, url),
    }
    return page(request, "shop/item.html", context)


@public
@require_safe
def short(request: HttpRequest, code: str) -> HttpResponse:
    """What a QR label holds: `/o/CF4K792TX`."""
    parsed = parse_code(code)
    found = find_item(parsed) if parsed else None
    if found is None:
        raise Http404
    return HttpResponsePermanentRedirect(item_url(found.slug, found.code))


def _gone(request: HttpRequest, found: Item) -> HttpResponse:
    """410: it left the shop without being sold; objects like it are shown."""
    node = load_tree().by_id.get(found.category_id)
    context = {
        "crumbs": _crumbs(node),
        "node": node,
        "similar": similar_cards(found),
        "seo": Seo(title=_("This object is no longer here"), path=request.path, robots="noindex"),
    }
    return render(request, "shop/item_gone.html", context, status=410)


def _crumbs(node: Node | None) -> list[tuple[str, str]]:
    return [(n.label, n.url) for n in node.path] if node else []


def _seo(shown: ItemPage, url: str) -> Seo:
    item = shown.item
    cover = ""
    if item.cover:
        cover = absolute(picture_url(item.cover, 720, "jpg"))
    text = " ".join(item.description.split())[:160]
    return Seo(
        title=f"{item.title}, {shown.condition}",
        path=url,
        description=text or _("%(title)s, sold by %(seller)s.") % {"title": item.title, "seller": shown.seller.name},
        image=cover,
        kind="product",
        blocks=[_product(shown, url, cover), breadcrumb((_("Home"), "/"), *_crumbs(shown.node), (item.title, url))],
    )


def _availability(item: Item) -> str:
    if item.state == ItemState.ON_SALE:
        return "InStock" if item.is_available else "LimitedAvailability"  # in somebody's basket
    return "SoldOut"


def _product(shown: ItemPage, url: str, cover: str) -> dict[str, Any]:
    """schema.org Product with its Offer."""
    item = shown.item
    new = item.condition == "new_unsold"
    offer: dict[str, Any] = {
        "@type": "Offer",
        "url": absolute(url),
        "price": f"{item.price_cents // 100}.{item.price_cents % 100:02d}",
        "priceCurrency": "EUR",
        "availability": f"https://schema.org/{_availability(item)}",
        "itemCondition": f"https://schema.org/{'New' if new else 'Used'}Condition",
        "seller": {
            "@type": "Organization",
            "name": shown.seller.name,
            "url": absolute(f"/vendeurs/{shown.seller.slug}/"),
        },
        "hasMerchantReturnPolicy": {
            "@type": "MerchantReturnPolicy",
            "applicableCountry": "FR",
            "returnPolicyCategory": "https://schema.org/MerchantReturnFiniteReturnWindow",
            "merchantReturnDays": 14,
        },
    }
    product: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Product",
        "name": item.title,
        "description": item.description or item.title,
        "sku": item.code,
        "offers": offer,
    }
    if cover:
        product["image"] = [cover]
    if item.brand:
        product["brand"] = {"@type": "Brand", "name": item.brand}
    if item.gtin:
        product[f"gtin{len(item.gtin)}" if len(item.gtin) in {8, 12, 13, 14} else "gtin"] = item.gtin
    if shown.node:
        product["category"] = " > ".join(n.label for n in shown.node.path)
    return product
