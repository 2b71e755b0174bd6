"""A parcel that its carrier brought back, at the desk: its buyer is asked where it goes, then it leaves again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from rebond.core.access import requires
from rebond.shop.actions.again import ask_buyer, send_again
from rebond.shop.errors import StrayStateError
from rebond.shop.queries.again import leaving_again
from rebond.shop.web.stray_forms import AgainForm
from rebond.shop.web.views.desk_strays import CHANGE, load_stray, stray_page
from rebond.warehouse.carriers.contract import CarrierError
from rebond.warehouse.enums import ShipmentState
from rebond.warehouse.errors import WarehouseError


@requires(CHANGE)
@require_POST
def stray_ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """A mail to the buyer, with the link where they say it."""
    stray = load_stray(request, public_id)
    try:
        ask_buyer(stray=stray, by=request.user)
    except StrayStateError:
        messages.error(request, _("This parcel cannot leave again, or its buyer has no mail address."))
    else:
        messages.success(request, _("The buyer is asked by mail. The answer comes on this page."))
    return redirect("shop:stray-detail", public_id)


@requires(CHANGE)
@never_cache
@require_POST
def stray_again(request: HttpRequest, public_id: str) -> HttpResponse:
    """Its new label, for the address that the buyer confirmed."""
    stray = load_stray(request, public_id)
    leaving = leaving_again(stray)
    if stray.part is None or leaving is None or leaving.carried is None or leaving.why_not:
        messages.error(request, _("This parcel cannot leave again: look at what happened meanwhile."))
        return redirect("shop:stray-detail", public_id)
    form = AgainForm(request.POST, stray=stray, part=stray.part, leaving=leaving)
    if not form.is_valid():
        return stray_page(request, stray, again=form)
    sent = {"account": form.chosen, "receiver": form.receiver, "grams": form.cleaned_data["grams"]}
    try:
        shipment = send_again(stray=stray, by=request.user, **sent)
    except CarrierError as refused:
        form.refuse(refused)
        return stray_page(request, load_stray(request, public_id), again=form)
    except (StrayStateError, WarehouseError):
        messages.error(request, _("This parcel cannot leave again: look at what happened meanwhile."))
    else:
        if shipment.state == ShipmentState.READY:
            messages.success(request, _("Its new label is there. Stick it over the old one: the buyer is told."))
    return redirect("shop:stray-detail", public_id)
