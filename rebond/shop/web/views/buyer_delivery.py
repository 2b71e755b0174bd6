"""The buyer says when a parcel came, or that it never did, by the order's signed link."""

import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.throttle import throttled
from rebond.core.web import operation_of
from rebond.shop.actions.delivery_said import say_never_came, say_received_on
from rebond.shop.errors import PartStateError, PartStillHereError
from rebond.shop.models import SellerOrder
from rebond.shop.queries.conversations import help_path
from rebond.shop.queries.orders import find_order, order_path
from rebond.shop.web.withdrawal_forms import ReceivedForm


def _part(public_id: str, token: str, part_id: str) -> SellerOrder:
    order = find_order(public_id, token)
    if order is None or order.paid_at is None:
        raise Http404
    return get_object_or_404(
        SellerOrder.objects.filter(order=order).select_related("seller", "order"), public_id=part_id
    )


@public
@require_POST
@same_origin_post
@throttled("message")
def received(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part, form = _part(public_id, token, part_id), ReceivedForm(request.POST)
    by = visitor(request)
    day = form.cleaned_data["day"] if form.is_valid() else datetime.date.max
    try:
        say_received_on(part=part, day=day, by=by)
    except PartStillHereError:
        said = _("Another parcel of this order has not left yet: the order is received with the last one.")
        messages.error(request, said)
    except PartStateError:
        messages.error(request, _("This day does not fit: before the parcel left, still to come, or noted already."))
    else:
        messages.success(request, _("Noted, thank you. Your 14 days to change your mind count from that day."))
    return HttpResponseRedirect(order_path(part.order))


@public
@require_POST
@same_origin_post
@throttled("message")
def missing(request: HttpRequest, public_id: str, token: str, part_id: str) -> HttpResponse:
    part = _part(public_id, token, part_id)
    by = visitor(request)
    try:
        say_never_came(part=part, operation=operation_of(request), by=by)
    except PartStateError:
        messages.error(request, _("This parcel was handed over. Write to the seller: somebody looks into it."))
        return HttpResponseRedirect(order_path(part.order))
    messages.success(request, _("The seller is told, and answers here. No delay runs before the parcel is found."))
    return HttpResponseRedirect(help_path(part))
