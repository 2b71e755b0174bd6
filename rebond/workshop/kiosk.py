"""What the screens of the stations share, for the rooms above that have some."""

import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from rebond.core.web import operation_of, page
from rebond.workshop.actions.step import Hands
from rebond.workshop.models import Worker


def kiosk_page(request: HttpRequest, template: str, context: dict[str, Any], **more: Any) -> HttpResponse:
    """A page of the kiosk, never kept by the device; `operation` is a fresh one for its form."""
    floor = request.floor  # type: ignore[attr-defined]
    response = page(request, template, {"floor": floor, "operation": uuid.uuid4(), **context}, **more)
    response.headers["Cache-Control"] = "no-store"
    return response


def worker_of(request: HttpRequest) -> Worker:
    """The person at the station; raise Http404 without one, and for an account that does not work here."""
    worker: Worker | None = request.floor.worker  # type: ignore[attr-defined]
    if worker is None:
        raise Http404
    return worker


def hands_of(request: HttpRequest) -> Hands:
    """Who acts, where, with the operation that the form carries: the same form sent twice is one act.

    Raise Http404 without a person.
    """
    worker, floor = worker_of(request), request.floor  # type: ignore[attr-defined]
    return Hands(worker=worker, station=floor.station, device=floor.device, operation_id=operation_of(request))
