"""Results and universe pages: the same for everybody, for a few seconds."""

from typing import Any
from urllib.parse import urlencode

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from rebond.core.access import public
from rebond.core.pagecache import cached_page
from rebond.core.seo import Seo, breadcrumb
from rebond.core.web import page, wants_fragment
from rebond.shop.queries.co2 import BOX_G, PACKAGING_G, SUBSTITUTION_PERCENT, TRANSPORT_G, estimate_co2
from rebond.shop.queries.exact import find_exact
from rebond.shop.queries.filled import filled
from rebond.shop.queries.labels import quoted
from rebond.shop.queries.params import Params, clean, read_params
from rebond.shop.queries.prices import price_range
from rebond.shop.queries.ranking import ranking_page
from rebond.shop.queries.results import Results, criterion, neighbours, search_page, sort_choices, wider_searches
from rebond.shop.queries.suggest import suggestion_rows
from rebond.shop.queries.tree import load_tree


@public
@require_safe
@cached_page
def search(request: HttpRequest) -> HttpResponse:
    params = read_params(request.GET)
    if params.text and params.page == 1 and (exact := find_exact(params.text)):
        return HttpResponseRedirect(exact)
    heading = quoted(params.text) if params.text else _("All objects")
    crumbs = [(_("All aisles"), reverse("shop:aisles")), (params.text or _("All objects"), "")]
    return _results(request, params, heading, crumbs)


@public
@require_safe
@cached_page
def aisle(request: HttpRequest, slug: str) -> HttpResponse:
    node = load_tree().by_slug.get(slug)
    if node is None:
        return _renamed(request, slug)
    params = read_params(request.GET, node)
    crumbs = [(_("All aisles"), reverse("shop:aisles")), *((n.label, n.url) for n in node.path[:-1]), (node.label, "")]
    heading = f"{node.label}, {quoted(params.text)}" if params.text else node.label
    return _results(request, params, heading, crumbs)


def _renamed(request: HttpRequest, slug: str) -> HttpResponse:
    """A universe that was renamed keeps its old address (permanent redirect)."""
    node = load_tree().named(slug)
    if node is None:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    target = reverse("shop:aisle", args=[node.slug])
    return HttpResponsePermanentRedirect(f"{target}?{query}" if query else target)


def _results(request: HttpRequest, params: Params, heading: str, crumbs: list[tuple[str, str]]) -> HttpResponse:
    results = search_page(params)
    if params.page > results.pages and not results.is_unavailable:
        raise Http404
    context = {
        "params": params,
        "results": results,
        "heading": heading,
        "query_text": params.text,
        "crumbs": crumbs,
        "children": filled(params.category.children) if params.category and not params.is_filtered else [],
        "sorts": sort_choices(params),
        "price": price_range(params),
        "criterion": criterion(params),
        "clear_url": Params(text=params.text, category=params.category).url(),
        "alert_url": _alert_url(params),
        "previous_page": params.page - 1,
        "next_page": params.page + 1,
        "is_fragment": wants_fragment(request),
        "seo": _seo(params, results, heading, crumbs),
    } | _nothing(params, results)
    status = 503 if results.is_unavailable and not context["is_fragment"] else 200
    return page(request, "shop/search.html", context, partial="results", status=status)


def _nothing(params: Params, results: Results) -> dict[str, Any]:
    if results.cards or results.is_unavailable:
        return {"wider": [], "near": []}
    return {"wider": wider_searches(params), "near": neighbours(params)}


def _alert_url(params: Params) -> str:
    pairs = params.pairs(with_sort=False)
    if params.category is not None and "category" not in params.filters:
        pairs.append(("rayon", params.category.slug))
    return f"{reverse('shop:alert-create')}?{urlencode(pairs)}"


def _seo(params: Params, results: Results, heading: str, crumbs: list[tuple[str, str]]) -> Seo:
    """Universe pages are indexed; free searches and filtered ones are not (millions of addresses)."""
    is_indexed = params.category is not None and not params.text and not params.is_filtered and not params.sort
    number = f"{results.total:,}".replace(",", "\u00a0")
    counted = ngettext("%(heading)s: %(number)s object", "%(heading)s: %(number)s objects", results.total)
    title = counted % {"heading": heading, "number": number} if results.total else heading
    steps = [(_("Home"), "/"), *((label, url or params.path) for label, url in crumbs)]
    return Seo(
        title=title,
        path=params.url(page=params.page) if is_indexed else params.path,
        description=_("%(heading)s: second-hand objects, sorted and prepared by people who are going back to work.")
        % {"heading": heading},
        robots="" if is_indexed else "noindex, follow",
        blocks=[breadcrumb(*steps)] if is_indexed else [],
    )


@public
@require_safe
@cached_page
def aisles(request: HttpRequest) -> HttpResponse:
    title = _("All aisles")
    context = {
        "roots": [(node, filled(node.children)) for node in filled(load_tree().roots)],
        "crumbs": [(title, "")],
        "seo": Seo(title=title, path=request.path, blocks=[breadcrumb((_("Home"), "/"), (title, request.path))]),
    }
    return page(request, "shop/aisles.html", context)


@public
@require_safe
@cached_page
def ranking(request: HttpRequest) -> HttpResponse:
    title = _("How results are ranked")
    context = ranking_page() | {"crumbs": [(title, "")], "seo": Seo(title=title, path=request.path)}
    return page(request, "shop/ranking.html", context)


@public
@require_safe
@cached_page
def suggestions(request: HttpRequest) -> JsonResponse:
    text = clean(request.GET.get("q", ""), 80)
    rows = suggestion_rows(text) if len(text) > 1 else []
    return JsonResponse({"rows": rows})


@public
@require_safe
@cached_page
def co2(request: HttpRequest) -> HttpResponse:
    title = _("How CO2 is estimated")
    factors = [node for node in load_tree() if node.co2_factor_g]
    context = {
        "factors": sorted(factors, key=lambda node: node.label),
        "substitution": SUBSTITUTION_PERCENT,
        "transport": TRANSPORT_G,
        "packaging": PACKAGING_G,
        "box": BOX_G,
        "example": next(
            (found for node in sorted(factors, key=lambda n: n.key) if (found := estimate_co2(node))), None
        ),
        "crumbs": [(title, "")],
        "seo": Seo(title=title, path=request.path),
    }
    return page(request, "shop/co2.html", context)
