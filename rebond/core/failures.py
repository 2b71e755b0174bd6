"""Error pages: they need no database and no session, and the 500 carries a code to read aloud."""

import secrets
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rebond.core.access import public


def _page(request: HttpRequest, name: str, status: int, **context: Any) -> HttpResponse:
    code = getattr(request, "failure_code", None) or secrets.token_hex(3).upper()
    return render(request, f"errors/{name}.html", {"failure_code": code, "bare": True} | context, status=status)


@public
def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, "400", 400)


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


@public
def server_error(request: HttpRequest) -> HttpResponse:
    return _page(request, "500", 500)


def unavailable(request: HttpRequest, error: Exception) -> HttpResponse:
    """503 where the database is locked or away, 507 where the disk is full; nothing was half-written."""
    full = isinstance(error, OSError) or "full" in str(error)
    busy = isinstance(error, OperationalError) and not full
    response = _page(request, "503", 503 if busy else 507, is_disk_full=full)
    response["Retry-After"] = "5"
    return response
