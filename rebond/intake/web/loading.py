"""What the kiosk's and the desk's views share."""

import contextlib
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from rebond.core.web import page
from rebond.intake.models import Donation
from rebond.intake.queries.donations import by_flow, weighed_g
from rebond.network.models import Site
from rebond.workshop.actions.step import Hands
from rebond.workshop.models import Worker


def kiosk_page(request: HttpRequest, template: str, context: dict[str, Any], **more: Any) -> HttpResponse:
    """A page of the kiosk, never kept by the device."""
    floor = request.floor  # type: ignore[attr-defined]
    response = page(request, template, {"floor": floor, "operation": uuid.uuid4(), **context}, **more)
    response.headers["Cache-Control"] = "no-store"
    return response


def somebody(request: HttpRequest) -> tuple[Worker, Site]:
    """Who works here, at which site; raise Http404 without a person or a place."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.worker is None or floor.site is None:
        raise Http404
    return floor.worker, floor.site


def hands_of(request: HttpRequest, worker: Worker) -> Hands:
    """The person, the place, and the operation that the form carries: the same form sent twice is one act."""
    floor = request.floor  # type: ignore[attr-defined]
    operation_id = uuid.uuid4()
    with contextlib.suppress(ValueError):
        operation_id = uuid.UUID(request.POST.get("operation", ""))
    return Hands(worker=worker, station=floor.station, device=floor.device, operation_id=operation_id)


def own_donation(worker: Worker, public_id: str) -> Donation:
    """A donation of the person's organisation; raise Http404."""
    rows = Donation.objects.filter(organisation_id=worker.organisation_id).select_related("site", "organisation")
    found: Donation = get_object_or_404(rows, public_id=public_id)
    return found


def slip_of(donation: Donation, back: str) -> dict[str, Any]:
    """What the slip prints."""
    return {
        "donation": donation,
        "weights": by_flow([donation]),
        "total_g": weighed_g(donation),
        "organisation": donation.organisation,
        "back": back,
    }
