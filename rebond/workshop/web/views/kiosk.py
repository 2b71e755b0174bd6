"""The kiosk's first page: badge, then my task."""

from django.http import HttpRequest, HttpResponse

from rebond.core.access import public
from rebond.core.web import page


@public
def kiosk(request: HttpRequest) -> HttpResponse:
    """What the device shows: how to enrol it, the badge reader, or the person's task."""
    return page(request, "workshop/kiosk.html", {"floor": request.floor})  # type: ignore[attr-defined]
