"""Language of the page, and a clear page where the disk is full or the database is locked."""

import errno
import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from rebond.core.failures import unavailable

logger = logging.getLogger("rebond")
LANGUAGE_COOKIE = "langue"


class LanguageMiddleware:
    """French unless the visitor chose another language (cookie), or the address says so (`?langue=en`).

    Not the browser's header: a cached page must not depend on it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.codes = {code for code, _ in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = request.GET.get("langue") or request.COOKIES.get(LANGUAGE_COOKIE) or settings.LANGUAGE_CODE
        code = wanted if wanted in self.codes else settings.LANGUAGE_CODE
        with translation.override(code):
            request.LANGUAGE_CODE = code
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", code)
        if request.GET.get("langue") == code:
            response.set_cookie(LANGUAGE_COOKIE, code, max_age=31_536_000, samesite="Lax", secure=settings.HTTPS)
        return response


class FailureMiddleware:
    """Turn a full disk, a locked or absent database into a page that says so (503), with a code to read aloud."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.failure_code = secrets.token_hex(3).upper()  # type: ignore[attr-defined]
        try:
            return self.get_response(request)
        except (OperationalError, OSError) as error:
            return self._answer(request, error)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return self._answer(request, exception) if self._is_known(exception) else None

    def _answer(self, request: HttpRequest, error: Exception) -> HttpResponse:
        if not self._is_known(error):
            raise error
        logger.error("%s %s: %s [%s]", request.method, request.path, error, request.failure_code)  # type: ignore[attr-defined]
        return unavailable(request, error)

    @staticmethod
    def _is_known(error: Exception) -> bool:
        if isinstance(error, OSError):
            return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
        return isinstance(error, OperationalError)
