"""For the proxy and the monitor: does this process answer, with its database?"""

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from rebond.core.access import public


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
    """RFC 9116: where to report a weakness."""
    lines = [f"Contact: {settings.SITE_URL}/mentions-legales/", "Preferred-Languages: fr, en"]
    expires = "Expires: 2027-12-31T23:00:00.000Z"
    return HttpResponse("\n".join([*lines, expires, ""]), content_type="text/plain; charset=utf-8")
