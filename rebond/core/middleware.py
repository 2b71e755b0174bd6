"""Language of the page."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

LANGUAGE_COOKIE = "langue"


_CODES = frozenset(code for code, _ in settings.LANGUAGES)


def language_of(request: HttpRequest) -> str:
    """The page's language: the address (`?langue=en`), else the visitor's choice (cookie), else French."""
    wanted = request.GET.get("langue") or request.COOKIES.get(LANGUAGE_COOKIE) or settings.LANGUAGE_CODE
    return wanted if wanted in _CODES else settings.LANGUAGE_CODE


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
