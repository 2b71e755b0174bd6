"""What the kiosk's and the desk's views share."""

from typing import Any

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from rebond.intake.models import Donation
from rebond.intake.queries.donations import by_flow, weighed_g
from rebond.network.models import Site
from rebond.workshop.models import Worker


def somebody(request: HttpRequest) -> tuple[Worker, Site]:
    """Who works here, at which site; raise Http404 without a person or a place."""
    floor = request.floor  # type: ignore[attr-defined]
    if floor.worker is None or floor.site is None:
        raise Http404
    return floor.worker, floor.site


def steps_of(organisation: Any) -> list[str]:
    """The screens of an arrival; who brings it is asked where the register is kept."""
    who = [_("Who?")] if organisation.is_register_kept else []
    return [_("Where from?"), _("What?"), _("Weight"), *who, _("Done")]


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
