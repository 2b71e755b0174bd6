"""Sellers and collections."""

from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.pagecache import cached_page
from rebond.core.seo import Seo, absolute, breadcrumb
from rebond.core.web import page
from rebond.network.models import Organisation
from rebond.shop.queries.collections import collection_cards, first_cards, open_collections, title_of
from rebond.shop.queries.labels import current_seller, department_label
from rebond.shop.queries.params import MAX_PAGE, clean
from rebond.shop.queries.sellers import (
    SellerPage,
    find_sellers,
    map_points,
    on_sale_counts,
    seller_departments,
    seller_page,
)
from rebond.shop.queries.terms import current_terms

COLLECTIONS_PER_PAGE = 12


def page_number(request: HttpRequest) -> int:
    number = request.GET.get("page", "1")[:6]
    return min(int(number), MAX_PAGE) if number.isascii() and number.isdigit() else 1


def _numbered(request: HttpRequest, number: int) -> str:
    """The one address of a page of a list: each page has its own."""
    return f"{request.path}?page={number}" if number > 1 else request.path


@public
@require_safe
@cached_page
def sellers(request: HttpRequest) -> HttpResponse:
    words, department = clean(request.GET.get("q", ""), 80), clean(request.GET.get("departement", ""), 3)
    rows = find_sellers(words, department)
    shown = Paginator(rows, settings.PAGE_SIZE).get_page(page_number(request))
    counts = on_sale_counts(shown.object_list)
    title = ngettext("Our %(count)s seller", "Our %(count)s sellers", shown.paginator.count)
    departments = [(code, department_label(code), n) for code, n in seller_departments()]
    is_plain = not words and not department
    context = {
        "page": shown,
        "rows": [(row, row.main_sites[0] if row.main_sites else None, counts.get(row.pk, 0)) for row in shown],  # type: ignore[attr-defined]
        "points": map_points(rows),
        "words": words,
        "department": department,
        "departments": departments,
        "heading": title % {"count": shown.paginator.count},
        "crumbs": [(_("Our sellers"), "")],
        "seo": Seo(
            title=_("Our sellers near you"),
            path=_numbered(request, shown.number),
            description=_("Recycling shops, communities and insertion companies of Rebond on the map of France."),
            robots="" if is_plain else "noindex, follow",
        ),
    }
    return page(request, "shop/sellers.html", context, partial="results")


@public
@require_safe
@cached_page
def seller(request: HttpRequest, slug: str) -> HttpResponse:
    found = Organisation.objects.selling().filter(slug=slug).first()
    if found is None:
        return _renamed(request, slug)
    shown = seller_page(found)
    crumbs = [(_("Our sellers"), "/vendeurs/"), (found.name, "")]
    context = {
        "shown": shown,
        "seller": found,
        "terms": current_terms([found.pk]).get(found.pk),
        "crumbs": crumbs,
        "arts": ("sideboard", "bicycle", "armchair"),
        "seo": Seo(
            title=found.name,
            path=request.path,
            description=" ".join((found.tagline or found.story).split())[:160],
            kind="profile",
            blocks=[_organisation(shown), breadcrumb((_("Home"), "/"), *((n, u or request.path) for n, u in crumbs))],
        ),
    }
    return page(request, "shop/seller.html", context)


def _renamed(request: HttpRequest, slug: str) -> HttpResponse:
    """A seller that was renamed keeps its old address (permanent redirect)."""
    target = current_seller(slug)
    if target == slug:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{reverse('shop:seller', args=[target])}{'?' if query else ''}{query}")


def _organisation(shown: SellerPage) -> dict[str, Any]:
    """schema.org Organization of a seller."""
    seller = shown.seller
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Organization",
        "name": seller.name,
        "url": absolute(f"/vendeurs/{seller.slug}/"),
    }
    if seller.legal_name:
        data["legalName"] = seller.legal_name
    if shown.sites:
        main = shown.sites[0]
        data["address"] = {
            "@type": "PostalAddress",
            "streetAddress": main.address,
            "postalCode": main.postal_code,
            "addressLocality": main.city,
            "addressCountry": "FR",
        }
    return data


@public
@require_safe
@cached_page
def collections(request: HttpRequest) -> HttpResponse:
    title = _("Collections")
    shown = Paginator(open_collections(), COLLECTIONS_PER_PAGE).get_page(page_number(request))
    cards = first_cards(shown.object_list, 5)
    context = {
        "page": shown,
        "rows": [(row, title_of(row), cards[row.pk]) for row in shown.object_list],
        "crumbs": [(title, "")],
        "seo": Seo(title=title, path=_numbered(request, shown.number)),
    }
    return page(request, "shop/collections.html", context)


@public
@require_safe
@cached_page
def collection(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(open_collections(), slug=slug)
    title = title_of(found)
    context = {
        "collection": found,
        "title": title,
        "rows": collection_cards(found),
        "crumbs": [(_("Collections"), "/collections/"), (title, "")],
        "seo": Seo(title=title, path=request.path, description=" ".join(found.introduction.split())[:160]),
    }
    return page(request, "shop/collection.html", context)
