"""Parcels given to carriers: where each is, its label, what to do where nothing moves."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.paging import key_in, page_before
from rebond.core.web import page, private_file
from rebond.journal.actions.files import open_file
from rebond.warehouse.actions.label import cancel_label
from rebond.warehouse.carriers.contract import CarrierError, Proof
from rebond.warehouse.enums import OVER_SHIPMENTS, ShipmentState
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Shipment
from rebond.warehouse.orders import order_page
from rebond.warehouse.queries import shipments as queries
from rebond.warehouse.queries.staying import why_stays, words_of
from rebond.warehouse.web.exports import SHIPMENTS

VIEW, CHANGE = "warehouse.shipment.view", "warehouse.shipment.change"


def _load(request: HttpRequest, shipment_id: str) -> Shipment:
    """A parcel of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Shipment.objects.visible_to(request.user).filter(organisation=organisation)
    rows = rows.select_related("account", "organisation", "pdf", "zpl", "manifest__site", "manifest__organisation")
    found: Shipment = get_object_or_404(rows, public_id=shipment_id)
    return found


@requires(VIEW)
@never_cache
@require_safe
def shipment_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    state, words = request.GET.get("etat", ""), request.GET.get("q", "")[:40]
    rows = queries.shipments_of(organisation, state=state, words=words)
    if (download := wanted_export(request, rows, SHIPMENTS, _("parcels"))) is not None:
        return download
    key = key_in(request.GET.get("avant", ""))
    found, next_key = page_before(rows, key, queries.PAGE)
    numbers = queries.awaited_numbers(organisation)
    context = {
        "rows": [(one, words_of(getattr(one, "stays", ""))) for one in found],
        "next_key": next_key,
        "is_first": key is None,
        "state": state,
        "words": words,
        "tabs": [("", pgettext("shipments", "All"), None)]
        + [(one.value, one.label, numbers.get(one.value)) for one in queries.TABS]
        + [(queries.STAYS, pgettext("shipments", "To keep here"), numbers[queries.STAYS])],
    }
    return page(request, "warehouse/desk/shipment_list.html", context, partial="results")


@requires(VIEW)
@never_cache
@require_safe
def shipment_detail(request: HttpRequest, shipment_id: str) -> HttpResponse:
    shipment = _load(request, shipment_id)
    access: Any = request.access  # type: ignore[attr-defined]
    context = {
        "shipment": shipment,
        "is_over": shipment.state in OVER_SHIPMENTS,
        "after": queries.label_after(shipment),
        "order_url": order_page(shipment.subject, access),
        "why_stays": why_stays(shipment),
        "events": list(shipment.events.order_by("-at", "-pk")),
        "can_change": access.can(CHANGE),
        "may_cancel": shipment.state in {ShipmentState.QUEUED, ShipmentState.READY},
        "has_proof": shipment.state == ShipmentState.DELIVERED and shipment.account.kind.has_tracking,
    }
    return page(request, "warehouse/desk/shipment_detail.html", context)


@requires(VIEW)
@never_cache
@require_safe
def shipment_label(request: HttpRequest, shipment_id: str, ending: str) -> HttpResponseBase:
    """The label as it came: a PDF to print, or the ZPL that a label printer takes."""
    shipment = _load(request, shipment_id)
    stored = {"pdf": shipment.pdf, "zpl": shipment.zpl}.get(ending)
    if stored is None:
        raise Http404
    file = open_file(stored=stored, by=request.user, organisation=shipment.organisation)
    kind = "application/pdf" if ending == "pdf" else "application/octet-stream"
    return private_file(file, name=f"{shipment}.{ending}", content_type=kind, is_download=ending != "pdf")


@requires(CHANGE)
@require_POST
def shipment_cancel(request: HttpRequest, shipment_id: str) -> HttpResponse:
    shipment = _load(request, shipment_id)
    try:
        cancel_label(shipment=shipment, by=request.user)
    except (WarehouseError, CarrierError) as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The label is cancelled: take it off the parcel."))
    return redirect("warehouse-desk:shipment-detail", shipment_id)


@requires(VIEW)
@never_cache
@require_safe
def shipment_proof(request: HttpRequest, shipment_id: str) -> HttpResponse:
    """What the carrier shows of the hand-over: asked when it is wanted, kept nowhere."""
    shipment = _load(request, shipment_id)
    found: Proof | None = None
    why: Any = _("The carrier gives no proof for this parcel.")
    try:
        found = shipment.account.connect().proof(shipment.number, shipment.delivered_at or shipment.created_at)
    except CarrierError as refused:
        why = refused
    if found is None:
        messages.error(request, str(why))
        return redirect("warehouse-desk:shipment-detail", shipment_id)
    headers = {"Content-Disposition": f'attachment; filename="{shipment}.txt"'}
    return HttpResponse("\n".join([*found.lines, ""]), content_type="text/plain; charset=utf-8", headers=headers)
