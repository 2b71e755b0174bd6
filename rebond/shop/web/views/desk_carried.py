"""A parcel of an order at its seller's desk: its label by one gesture, and the papers that go with it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.core.access import requires
from rebond.core.exports import Column, stream_export
from rebond.core.pdf import join_pdfs
from rebond.journal.actions.files import open_file
from rebond.shop.actions.carried import label_parcel
from rebond.shop.errors import ShopError
from rebond.shop.models import SellerOrder
from rebond.shop.queries.carried import Carried, parcels_of
from rebond.shop.queries.carrier_claims import claims_of
from rebond.shop.queries.slips import slips_pdf
from rebond.shop.web.carried_forms import LabelForm
from rebond.shop.web.views.desk_parts import load_part, part_page
from rebond.warehouse.carriers.contract import CarrierError
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.errors import WarehouseError

VIEW, CHANGE = "shop.part.view", "shop.part.change"


def _parcel(part: SellerOrder, number: int) -> Carried:
    """One of the part's; raise Http404."""
    found = next((one for one in parcels_of(part) if one.number == number), None)
    if found is None:
        raise Http404
    return found


@requires(CHANGE)
@never_cache
@require_POST
def parcel_label(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Print the label: the PDF of label and slip, or the page that says what the carrier does not want."""
    part = load_part(request, public_id)
    parcel = _parcel(part, number)
    if parcel.shipment is not None:  # asked again: the same label
        return redirect("shop:parcel-papers", public_id, number)
    form = LabelForm(request.POST, part=part, parcel=parcel)
    if not form.is_valid():
        return part_page(request, part, label_form=form)
    try:
        shipment = label_parcel(
            part=part,
            parcel=parcel,
            account=form.chosen,
            receiver=form.receiver,
            grams=form.cleaned_data["grams"],
            by=request.user,
        )
    except CarrierError as refused:
        form.refuse(refused)
        return part_page(request, part, label_form=form)
    except (ShopError, WarehouseError) as refused:
        messages.error(request, str(refused))
        return redirect("shop:part-detail", public_id)
    if shipment.state == ShipmentState.READY:
        return redirect("shop:parcel-papers", public_id, number)
    messages.warning(
        request,
        _("%(carrier)s does not give the label now. It comes by itself: put the parcel aside, we try again.")
        % {"carrier": shipment.account},
    )
    return redirect("shop:part-detail", public_id)


@requires(VIEW)
@never_cache
@require_safe
def parcel_papers(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The carrier's label, then our packing slip, in one PDF."""
    part = load_part(request, public_id)
    shipment = _parcel(part, number).shipment
    if shipment is None or shipment.pdf is None:
        raise Http404
    with open_file(stored=shipment.pdf, by=request.user, organisation=part.seller) as label:
        papers = [label.read()]
    if part.state not in {"delivered", "cancelled"}:
        papers += [slip for slip in [slips_pdf([part], number=number)] if slip]
    headers = {"Content-Disposition": f'inline; filename="{shipment}.pdf"', "X-Robots-Tag": "noindex"}
    return HttpResponse(join_pdfs(papers), content_type="application/pdf", headers=headers)


CLAIMS = [
    Column(gettext_lazy("Carrier"), "shipment.account"),
    Column(gettext_lazy("Tracking number"), "shipment.number"),
    Column(pgettext_lazy("seller", "Order"), "shipment.subject"),
    Column(gettext_lazy("Label printed on"), "shipment.labelled_at", "datetime"),
    Column(gettext_lazy("Last news on"), "shipment.moved_at", "datetime"),
    Column(pgettext_lazy("seller order", "State"), "shipment.get_state_display"),
    Column(gettext_lazy("Late since"), "shipment.late_at", "datetime"),
    Column(gettext_lazy("Postal code"), "shipment.postal_code"),
    Column(gettext_lazy("Weight (kg)"), "shipment.grams", "grams"),
    Column(gettext_lazy("Price of the objects"), "goods_cents", "cents"),
    Column(gettext_lazy("Asked by the carrier"), "shipment.cents", "cents"),
]


@requires(VIEW)
@never_cache
@require_safe
def carrier_claims(request: HttpRequest) -> HttpResponseBase:
    """The file of claims: parcels lost or late, with what was in them, for the carriers’ own forms."""
    rows = claims_of(request.access.organisation)  # type: ignore[attr-defined]
    return stream_export(rows, CLAIMS, "csv", _("claims-to-carriers"))
