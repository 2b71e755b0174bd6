"""Whatever the address says, a public page is a page: never a 500."""

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rebond.core.access import PUBLIC, permission_of
from rebond.core.pagecache import clear_pages
from tests.factories.catalogue import ItemFactory

pytestmark = [pytest.mark.page, pytest.mark.django_db]

NAMES = ["q", "rayon", "etat", "livraison", "departement", "vendeur", "marque", "taille", "couleur", "tri", "page"]
NAMES += ["prix_min", "prix_max", "langue", "codes", "a.wood", "a.", "a.x;--", "next", "etape", "format"]
NASTY = [
    "",
    "0",
    "-1",
    "1e9",
    "99999999999999999999",
    "²",
    "٣",
    "NaN",
    "\x00",
    "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "' OR 1=1 --",
    '"><script>alert(1)</script>',
    "{{7*7}}",
    "../../etc/passwd",
    "%",
    "%00",
    "AND OR NOT",
    "title:(",
    '"',
    "*",
    "a" * 5_000,
    "é" * 300,
    "\u202e",
    "🪑",
    "[1 TO 2}",
    "1,5",
    "1.555",
    "meubles",
    "bon-etat",
]
values = st.one_of(st.sampled_from(NASTY), st.text(max_size=40))
pairs = st.lists(st.tuples(st.sampled_from(NAMES), values), max_size=6)
PATHS = [
    "/",
    "/recherche/",
    "/recherche/suggestions/",
    "/rayons/",
    "/rayons/meubles/",
    "/vendeurs/",
    "/vendeurs/ateliers-du-confluent/",
    "/collections/",
    "/favoris/",
    "/favoris/vus/",
    "/moi/",
    "/alertes/",
    "/alertes/nouvelle/",
    "/impact/co2/",
    "/sitemap.xml",
]


@pytest.fixture
def shop(index, chairs, seller):
    ItemFactory(on_sale=True, seller=seller, category=chairs, attributes={"wood": "oak"})
    return index


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(path=st.sampled_from(PATHS), query=pairs, htmx=st.booleans())
def test_any_parameters_give_no_500(shop, path, query, htmx):
    clear_pages()
    headers = {"HX-Request": "true"} if htmx else {}

    response = Client(raise_request_exception=False).get(path, query, headers=headers)

    assert response.status_code < 500, (path, query)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(text=st.text(max_size=60))
def test_any_words_in_the_path_give_no_500(shop, text):
    from urllib.parse import quote

    for prefix in ("/rayons/", "/objet/", "/o/", "/vendeurs/", "/collections/", "/alertes/x/", "/sitemap-objets-"):
        response = Client(raise_request_exception=False).get(f"{prefix}{quote(text, safe='')}/")
        assert response.status_code < 500, (prefix, text)


def _patterns(resolver, prefix=""):
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _patterns(entry, prefix + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield prefix + str(entry.pattern), entry


def test_every_public_address_without_arguments_answers(shop):
    """All rooms' public addresses with every nasty value in every name at once."""
    query = [(name, value) for name in NAMES for value in NASTY[:12]]
    seen = 0
    for path, entry in _patterns(get_resolver()):
        if permission_of(entry.callback) != PUBLIC or "<" in path or "(" in path or "^" in path:
            continue
        response = Client(raise_request_exception=False).get(f"/{path}", query)
        assert response.status_code < 500, path
        seen += 1
    assert seen > 20
