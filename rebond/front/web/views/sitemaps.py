"""Addresses for search engines: an index of files of 50,000 ids each, streamed by key, no OFFSET.

A file holds the objects whose id lies in its range: it costs one walk of the primary key, whatever the
number of objects, and an object never moves from one file to another.
"""

from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from rebond.catalogue.models import Item
from rebond.core.access import public
from rebond.core.pagecache import cached_page
from rebond.core.seo import absolute
from rebond.network.models import Organisation
from rebond.shop.queries.cards import item_url, shown_items
from rebond.shop.queries.collections import open_collections
from rebond.shop.queries.tree import load_tree

SIZE = 50_000
XML = "application/xml; charset=utf-8"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
PAGES = ("front:home", "shop:aisles", "shop:sellers", "shop:collections", "front:how", "front:impact", "shop:ranking")
CACHE = "public, max-age=3600"


@public
@require_safe
@cached_page
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /bureau/",
        "Disallow: /compte/",
        "Disallow: /alertes/",
        "Disallow: /favoris/",
        "Disallow: /moi/",
        "Disallow: /panier/",
        "Disallow: /commande/",
        "Disallow: /commandes/",
        f"Allow: {reverse('shop:ranking')}",  # the longest rule wins: a public page, in the sitemap
        "Disallow: /recherche/",
        "Disallow: /*/signalement/",
        f"Sitemap: {absolute(reverse('front:sitemap'))}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
@cached_page
def sitemap_index(request: HttpRequest) -> HttpResponse:
    last = Item.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    paths = [reverse("front:sitemap-pages")]
    paths += [reverse("front:sitemap-items", args=[n]) for n in range(1, -(-last // SIZE) + 1)]
    rows = "".join(f"<sitemap><loc>{escape(absolute(path))}</loc></sitemap>\n" for path in paths)
    return _xml(f"{HEAD}<sitemapindex {SPACE}>\n{rows}</sitemapindex>\n")


@public
@require_safe
@cached_page
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    paths = [reverse(name) for name in PAGES]
    paths += [node.url for node in load_tree()]
    paths += [reverse("shop:collection", args=[row.slug]) for row in open_collections()]
    sellers = Organisation.objects.selling().order_by("pk").values_list("slug", flat=True)[:SIZE]
    paths += [reverse("shop:seller", args=[slug]) for slug in sellers]
    rows = "".join(f"<url><loc>{escape(absolute(path))}</loc></url>\n" for path in paths)
    return _xml(f"{HEAD}<urlset {SPACE}>\n{rows}</urlset>\n")


def _xml(text: str) -> HttpResponse:
    return HttpResponse(text, content_type=XML, headers={"Cache-Control": CACHE})


@public
@require_safe
def sitemap_items(request: HttpRequest, number: int) -> StreamingHttpResponse:
    """Objects on sale with an id in ((number − 1) × 50,000, number × 50,000]."""
    last = Item.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    if not 1 <= number <= -(-last // SIZE):
        raise Http404
    rows = shown_items().filter(pk__gt=(number - 1) * SIZE, pk__lte=number * SIZE).order_by("pk")
    values = rows.values_list("slug", "code", "updated_at").iterator(chunk_size=2_000)
    return StreamingHttpResponse(_urls(values), content_type=XML, headers={"Cache-Control": CACHE})


def _urls(values: Iterator[tuple[str, str, object]]) -> Iterator[str]:
    yield f"{HEAD}<urlset {SPACE}>\n"
    for slug, code, changed in values:
        address = escape(absolute(item_url(slug, code)))
        yield f"<url><loc>{address}</loc><lastmod>{changed:%Y-%m-%d}</lastmod></url>\n"
    yield "</urlset>\n"
