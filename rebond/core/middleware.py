"""Addresses without NUL, language of the page, and a page for addresses that only take a form."""

from collections.abc import Callable

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation

from rebond.core.failures import method_not_allowed

LANGUAGE_COOKIE = "langue"
NUL = "\x00"


_CODES = frozenset(code for code, _ in settings.LANGUAGES)


def language_of(request: HttpRequest) -> str:
    """The page's language: the address (`?langue=en`), else the visitor's choice (cookie), else French."""
    wanted = request.GET.get("langue") or request.COOKIES.get(LANGUAGE_COOKIE) or settings.LANGUAGE_CODE
    return wanted if wanted in _CODES else settings.LANGUAGE_CODE


class NulMiddleware:
    """No database's text holds NUL: PostgreSQL refuses it. It is taken out of the query of an address, as if it had
    not been typed; a path with it is that of nothing. First of all, as the kept pages are found by their query.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if NUL in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query or NUL in query:
            query = query.replace("%00", "").replace(NUL, "")
            request.META["QUERY_STRING"] = query
        return self.get_response(request)


class LanguageMiddleware:
    """French unless the visitor chose another language (cookie), or the address says so (`?langue=en`).

    Not the browser's header: a cached page must not depend on it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        code = language_of(request)
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        if request.GET.get("langue") == code:
            response.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, samesite="Lax", secure=settings.HTTPS)
        return response


class MethodPageMiddleware:
    """A bare 405 becomes a page: after signing in, or with the address typed again, people arrive on what only a
    form may ask. htmx and other programs, which do not ask for HTML, get the bare answer.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_bare = response.status_code == 405 and not response.streaming and not response.content
        if is_bare and request.method == "GET" and "text/html" in request.headers.get("Accept", ""):
            return method_not_allowed(request, response.headers.get("Allow", ""))
        return response
