"""Parcels at the desk: what has to leave, by when, and what is in each."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.web import page
from rebond.warehouse.actions.parcel import leave_parcel
from rebond.warehouse.enums import ParcelState
from rebond.warehouse.errors import WarehouseError
from rebond.warehouse.models import Parcel
from rebond.warehouse.orders import order_page
from rebond.warehouse.queries import parcels as queries
from rebond.warehouse.queries.packed import label_of
from rebond.warehouse.web.exports import PARCELS

VIEW = "warehouse.parcel.view"
CHANGE = "warehouse.parcel.change"
PER_PAGE = 50


def load_parcel(request: HttpRequest, parcel_id: str) -> Parcel:
    """A parcel of a site of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Parcel.objects.visible_to(request.user).filter(organisation=organisation)
    found: Parcel = get_object_or_404(rows.select_related("site", "organisation", "round"), public_id=parcel_id)
    return found


@requires(VIEW)
@require_GET
def parcel_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    state, words = request.GET.get("etat", queries.OPEN), request.GET.get("q", "")[:80]
    number = request.GET.get("page", "1")
    rows = queries.parcels_of(organisation, state=state, words=words)
    if (download := wanted_export(request, rows, PARCELS, _("parcels"))) is not None:
        return download
    found = Paginator(rows, PER_PAGE).get_page(int(number) if number.isdecimal() else 1)
    contents = queries.contents_of(list(found))
    context = {
        "page": found,
        "rows": [(parcel, contents[parcel.pk], queries.risk_of(parcel)) for parcel in found],
        "state": state,
        "words": words,
        "numbers": queries.numbers_of(organisation),
        "tabs": [
            (queries.OPEN, pgettext("parcels", "That leave")),
            *ParcelState.choices,
            (queries.REFUSED, pgettext("parcels", "Label refused")),
            ("", pgettext("parcels", "All")),
        ],
    }
    return page(request, "warehouse/desk/parcel_list.html", context, partial="results")


@requires(VIEW)
@require_GET
def parcel_detail(request: HttpRequest, parcel_id: str) -> HttpResponse:
    parcel = load_parcel(request, parcel_id)
    context = {
        "parcel": parcel,
        "lines": queries.lines_of(parcel),
        "risk": queries.risk_of(parcel),
        "label": label_of(parcel),
        "order_url": order_page(parcel.order_code, request.access),  # type: ignore[attr-defined]
        "may_leave": parcel.state in {ParcelState.PICKED, ParcelState.PACKED},
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/parcel_detail.html", context)


@requires(CHANGE)
@require_POST
def parcel_leave(request: HttpRequest, parcel_id: str) -> HttpResponse:
    """It leaves with its carrier, or waits for its buyer: the order follows."""
    parcel = load_parcel(request, parcel_id)
    try:
        leave_parcel(parcel=parcel, tracking=request.POST.get("tracking", ""), by=request.user)
        said = _("Noted. The buyer gets a mail once all that they bought from this seller has left, or is ready.")
        messages.success(request, said)
    except WarehouseError as refused:
        messages.error(request, str(refused))
    return redirect("warehouse-desk:parcel-detail", parcel.public_id)
