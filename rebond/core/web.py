"""Helpers for views: fragments for htmx, and public media."""

import re
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.static import serve

MEDIA = re.compile(r"^[a-z0-9]{2}/[a-z0-9]{2}/[a-z0-9-]+\.(avif|webp|jpg)$")


def media(request: HttpRequest, path: str, root: str) -> HttpResponseBase:
    """A public rendition; its name is its content, so it may be kept for ever."""
    if not MEDIA.match(path):
        raise Http404
    response = serve(request, path, document_root=root)
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200
) -> HttpResponse:
    """The page, or only its `partial` where htmx asks for it: same URL, same view, same context (rule 32)."""
    htmx = getattr(request, "htmx", None)
    if partial and htmx and not htmx.boosted and not htmx.history_restore_request:
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    if partial:
        response.headers["Vary"] = "HX-Request"
    return response
