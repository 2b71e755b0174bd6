"""What no page of this stack can beat: the same page from memory, 24 rows and a plain template, a constant."""

import os
import threading
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import resolve

from rebond.core import web
from rebond.core.access import public

_kept: dict[str, tuple[str, dict[str, Any]]] = {}

PLAIN = """<!doctype html><html lang="fr"><head><title>Floor</title></head><body><ul>
{% for id, code, slug, title, price, condition, place in rows %}<li><article>
<h3><a href="/objet/{{ slug }}-{{ code }}/">{{ title }}</a></h3>
<p>{{ price }}</p><p>{{ condition }}</p><p>{{ place }}</p></article></li>
{% endfor %}</ul></body></html>"""


def keep_no_fragments() -> None:
    """Every card is built, every facet counted and put in words again at each request."""
    from rebond.catalogue.search import tantivy_index  # noqa: PLC0415 -- the app registry must be ready
    from rebond.shop.queries import results  # noqa: PLC0415 -- the app registry must be ready
    from rebond.shop.templatetags import shop  # noqa: PLC0415 -- the app registry must be ready

    shop.KEPT = results.VIEWS_KEPT = 0
    tantivy_index.KEPT_COUNTS = 0


@public
def memory(request: HttpRequest, address: str) -> HttpResponse:
    """The page at `address`, by its own template, from the values that its view computed once."""
    full = f"/{address}?{request.META['QUERY_STRING']}"
    if full not in _kept:
        _kept[full] = _captured(request, f"/{address}")
    template, context = _kept[full]
    return _render(request, template, context)


_render = web.render
_capture = threading.local()  # several threads answer: what one captures must not take the page of another


def _rendering(request: HttpRequest, template: str, context: dict[str, Any], **kwargs: Any) -> HttpResponse:
    """`web.render`, unless this thread is capturing: then what would be rendered is kept."""
    found = getattr(_capture, "found", None)
    if found is None:
        return _render(request, template, context, **kwargs)
    found.append((template, context))
    return HttpResponse()


web.render = _rendering


def _captured(request: HttpRequest, path: str) -> tuple[str, dict[str, Any]]:
    match = resolve(path)
    request.path = request.path_info = path
    _capture.found = found = []
    try:
        match.func(request, *match.args, **match.kwargs)
    finally:
        _capture.found = None
    template, context = found[0]
    return template, context


@public
def plain(request: HttpRequest) -> HttpResponse:
    """24 rows by a raw cursor, the newest, and the smallest template that shows them."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, code, slug, title, price_cents, condition, place FROM catalogue_item "
            "WHERE state = 'on_sale' ORDER BY published_at DESC, id DESC LIMIT 24"
        )
        rows = cursor.fetchall()
    return HttpResponse(_template().render({"rows": rows}))


_templates: list[Any] = []


def _template() -> Any:
    if not _templates:
        _templates.append(engines["django"].from_string(PLAIN))
    return _templates[0]


BODY = "x" * 2_000


@public
def constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(BODY)


@public
def process(request: HttpRequest) -> HttpResponse:
    """Which of the server's processes answers."""
    return HttpResponse(str(os.getpid()))
