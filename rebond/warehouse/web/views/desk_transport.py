"""Transports at the desk: plan one, let it leave, its slip, what arrived and what did not."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rebond.catalogue.models import Item
from rebond.core.access import requires
from rebond.core.exports import wanted_export
from rebond.core.once import made_once
from rebond.core.pdf import render_pdf
from rebond.core.web import act_of, page
from rebond.warehouse.actions import transport as actions
from rebond.warehouse.actions.loading import take_off_box, take_off_object
from rebond.warehouse.enums import TransportState
from rebond.warehouse.errors import FieldInvalid, WarehouseError
from rebond.warehouse.models import Place, Transport
from rebond.warehouse.queries import transports as queries
from rebond.warehouse.web.exports import TRANSPORT_LINES, TRANSPORTS
from rebond.warehouse.web.forms import TransportForm

VIEW = "warehouse.transport.view"
CHANGE = "warehouse.transport.change"
PER_PAGE = 50
SHOWN = 500
VERBS = {
    "charge": actions.finish_loading,
    "reprise": actions.reopen_loading,
    "depart": actions.leave,
    "annulation": actions.cancel_transport,
    "fin": actions.finish_check,
}


def load_transport(request: HttpRequest, transport_id: str) -> Transport:
    """A transport of the organisation acted for; raise Http404."""
    organisation = request.access.organisation  # type: ignore[attr-defined]
    rows = Transport.objects.visible_to(request.user).filter(organisation=organisation)
    rows = rows.select_related("place", "from_site", "to_site", "organisation")
    found: Transport = get_object_or_404(rows, public_id=transport_id)
    return found


@requires(VIEW)
@require_GET
def transport_list(request: HttpRequest) -> HttpResponseBase:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    state, number = request.GET.get("etat", ""), request.GET.get("page", "1")
    rows = queries.transports_of(organisation, state)
    if (download := wanted_export(request, queries.with_numbers(rows), TRANSPORTS, _("transports"))) is not None:
        return download
    found = Paginator(rows, PER_PAGE).get_page(int(number) if number.isdecimal() else 1)
    cargo = queries.cargo_of(list(found))
    context = {
        "page": found,
        "rows": [(transport, cargo[transport.pk]) for transport in found],
        "state": state,
        "tabs": [("", pgettext("transports", "All")), *TransportState.choices],
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/transport_list.html", context, partial="results")


@requires(CHANGE)
@require_http_methods(["GET", "POST"])
def transport_make(request: HttpRequest) -> HttpResponse:
    organisation = request.access.organisation  # type: ignore[attr-defined]
    form = TransportForm(request.POST or None, organisation=organisation)
    is_sent = request.method == "POST"
    if is_sent and form.is_valid():
        try:
            transport = made_once(
                Transport,
                act_of(request),
                lambda: actions.plan_transport(**form.cleaned_data, by=request.user),
            )
        except FieldInvalid as refused:
            form.add_error(refused.field, str(refused))
        else:
            messages.success(request, _("It is planned. The stations of the site may load it."))
            return redirect("warehouse-desk:transport-detail", transport.public_id)
    has_two = organisation.sites.count() > 1
    context = {"form": form, "has_two": has_two}
    return page(request, "warehouse/desk/transport_make.html", context, status=422 if is_sent else 200)


@requires(VIEW)
@require_GET
def transport_detail(request: HttpRequest, transport_id: str) -> HttpResponseBase:
    transport = load_transport(request, transport_id)
    lines = queries.lines_of(transport)
    if (download := wanted_export(request, lines, TRANSPORT_LINES, _("transport"))) is not None:
        return download
    context = {
        "transport": transport,
        "cargo": queries.cargo_of([transport])[transport.pk],
        "lines": list(lines[:SHOWN]),
        "boxes": list(Place.objects.filter(parent=transport.place_id).order_by("label")),
        "can_change": request.access.can(CHANGE),  # type: ignore[attr-defined]
    }
    return page(request, "warehouse/desk/transport_detail.html", context)


@requires(CHANGE)
@require_POST
def transport_verb(request: HttpRequest, transport_id: str, verb: str) -> HttpResponse:
    """Loaded, opened again, left, cancelled, or all is checked."""
    transport = load_transport(request, transport_id)
    try:
        VERBS[verb](transport=transport, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("%(name)s: it is saved.") % {"name": transport})
    return redirect("warehouse-desk:transport-detail", transport_id)


@requires(CHANGE)
@require_POST
def transport_take_off(request: HttpRequest, transport_id: str) -> HttpResponse:
    """An object or a box that does not leave after all."""
    transport = load_transport(request, transport_id)
    code = request.POST.get("code", "")
    item = Item.objects.filter(code=code, pk__in=transport.lines.values("item_id")).first()
    box = Place.objects.filter(code=code, parent=transport.place_id).first()
    try:
        if item is not None:
            take_off_object(transport=transport, item=item, by=request.user)
        elif box is not None:
            take_off_box(transport=transport, box=box, by=request.user)
    except WarehouseError as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Taken off. Take it out of the vehicle."))
    return redirect("warehouse-desk:transport-detail", transport_id)


@requires(VIEW)
@require_GET
def transport_slip(request: HttpRequest, transport_id: str) -> HttpResponse:
    """The paper that goes with the vehicle."""
    transport = load_transport(request, transport_id)
    data = render_pdf("warehouse/transport_slip", queries.slip_of(transport))
    name = f"transport-{transport.place.name}.pdf"
    return HttpResponse(
        data, content_type="application/pdf", headers={"Content-Disposition": f'inline; filename="{name}"'}
    )
