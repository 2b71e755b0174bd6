"""Error pages: they need no database and no session, and the 500 carries a code to read aloud."""

import errno
import logging
import secrets
import sys
from typing import Any

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rebond.core.access import page_of, public

logger = logging.getLogger("rebond")


def _page(request: HttpRequest, name: str, status: int, *, code: str = "", **context: Any) -> HttpResponse:
    context |= {"failure_code": code, "back": _back(request)}
    return render(request, f"errors/{name}.html", context, status=status)


def _back(request: HttpRequest) -> str:
    """Where "try again" leads: an address that only takes a form cannot be opened, its page can."""
    try:
        return page_of(request)
    except DisallowedHost:
        return "/"


def gone(request: HttpRequest) -> HttpResponse:
    """410: what was here is sold or closed for good, and has no page of its own."""
    return _page(request, "410", 410)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400, or 413 where more was sent than a form may hold."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return _page(request, "413", 413)
    return _page(request, "400", 400)


def method_not_allowed(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an address that only takes a form, opened as a page; `allowed` are its methods."""
    response = _page(request, "405", 405)
    response.headers["Allow"] = allowed
    return response


@public
def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "403", 403)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was open for too long, or cookies are off: what was typed is kept by the page (`keep.js`)."""
    return _page(request, "csrf", 403)


@public
def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "404", 404)


def _is_disk_full(error: BaseException | None) -> bool:
    """A full or read-only disk, told by the system or by SQLite."""
    if isinstance(error, OSError):
        return error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}
    return isinstance(error, OperationalError) and ("full" in str(error) or "readonly" in str(error))


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """What the middleware chain caught: a full disk (507), a locked or absent database (503), else our fault (500).

    Django calls it while the exception is being handled, whether a view or a middleware raised it (a session
    that could not be saved); the action's transaction is already rolled back, so nothing is half-written.
    """
    error = sys.exc_info()[1]
    code = secrets.token_hex(3).upper()
    logger.error("%s %s: %s [%s]", request.method, request.path, error, code)
    if _is_disk_full(error):
        return _page(request, "503", 507, code=code, is_disk_full=True)
    if isinstance(error, OperationalError):
        response = _page(request, "503", 503, code=code, is_disk_full=False)
        response["Retry-After"] = "5"
        return response
    return _page(request, "500", 500, code=code)
