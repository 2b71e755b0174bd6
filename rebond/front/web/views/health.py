"""For the proxy and the monitor: does this process answer, with its database?"""

from datetime import timedelta

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import public

SECURITY_DAYS = timedelta(days=182)


@public
@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """200 where the database answers, else 503; nothing about the machine is told."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"ok": False}, status=503)
    return JsonResponse({"ok": True})


@public
@require_safe
def favicon(request: HttpRequest) -> HttpResponsePermanentRedirect:
    """Browsers that ask for /favicon.ico get the mark."""
    return HttpResponsePermanentRedirect(staticfiles_storage.url("rebond/img/icon.svg"))


@public
@require_safe
def security(request: HttpRequest) -> HttpResponse:
    """RFC 9116: where to report a weakness. It expires in half a year (2.5.5: less than one), counted from today."""
    midnight = timezone.now().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {settings.SECURITY_CONTACT or f'{settings.SITE_URL}/mentions-legales/'}",
        f"Expires: {(midnight + SECURITY_DAYS).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        "Preferred-Languages: fr, en",
        f"Canonical: {settings.SITE_URL}{request.path}",
    ]
    return HttpResponse("\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
