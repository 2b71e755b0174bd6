"""Helpers for views: fragments for htmx, operations of forms, and public media."""

import uuid
from typing import Any

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from rebond.core.ids import hash_secret
from rebond.core.images import WIDTHS
from rebond.core.images.store import RENDITION, rendition_name


def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """A public rendition; its name is its content, so it may be kept for ever.

    A width that the worker has not made yet is answered by the nearest one that exists, for a minute:
    pages may name all widths as soon as the first two are there.
    """
    found = RENDITION.match(path)
    if not found:
        raise Http404
    sha256, width, fmt = found[1], int(found[2]), found[3]
    nearest = sorted(WIDTHS, key=lambda w: (w < width, abs(w - width)))
    names = [path, *(rendition_name(sha256, other, fmt) for other in nearest if other != width)]
    for name in names:
        try:
            file = default_storage.open(name)
        except FileNotFoundError:
            continue
        response = FileResponse(file, content_type="image/jpeg" if fmt == "jpg" else f"image/{fmt}")
        is_exact = name == path
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_exact else "public, max-age=60"
        return response
    raise Http404


def private_file(file: Any, *, name: str, content_type: str, is_download: bool = True) -> FileResponse:
    """A file that is not everybody's, sent so that nothing in it can run and no cache keeps it."""
    answer = FileResponse(file, as_attachment=is_download, filename=name, content_type=content_type)
    answer["Cache-Control"] = "private, no-store"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of the page: not a boosted link, nor a page that the history brings back."""
    headers = request.headers
    return "HX-Request" in headers and "HX-Boosted" not in headers and "HX-History-Restore-Request" not in headers


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200
) -> HttpResponse:
    """The page, or only its `partial` where htmx asks for it: same URL, same view, same context (rule 32)."""
    if partial and wants_fragment(request):
        template = f"{template}#{partial}"
    response = render(request, template, context, status=status)
    if partial:
        response.headers["Vary"] = "HX-Request"
    return response


def redirect_whole(request: HttpRequest, target: str) -> HttpResponse:
    """Lead the browser to `target`; where htmx asked for a part of a page, the whole page goes there."""
    if wants_fragment(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def operation_of(request: HttpRequest) -> uuid.UUID:
    """The operation that the form carries: sent twice it is one act. A form without one acts anew each time."""
    try:
        return uuid.UUID(request.POST.get("operation", ""))
    except ValueError:
        return uuid.uuid4()


def act_of(request: HttpRequest, *besides: str) -> str:
    """The same 64 signs for the same form with the same words, by the same person, at the same address.

    Words that were changed (a page brought back, filled for another object) are another act; `besides` are names
    that say nothing of what is made: the buttons.
    """
    words = [pair for pair in request.POST.lists() if pair[0] not in {"csrfmiddlewaretoken", *besides}]
    files = [(name, file.name, file.size) for name, sent in request.FILES.lists() for file in sent]
    return hash_secret(repr((operation_of(request), request.path, request.user.pk, sorted(words), sorted(files))))
