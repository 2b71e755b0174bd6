"""The buyer chooses when a parcel is collected or brought, by the order's signed link; and puts it in a calendar."""

import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from rebond.core.access import public, same_origin_post, visitor
from rebond.core.seo import Seo
from rebond.core.throttle import throttled
from rebond.core.web import page
from rebond.shop.actions.appointment import choose_slot
from rebond.shop.errors import AppointmentStateError, SlotFullError, TooLateError
from rebond.shop.models import Appointment, OrderParcel
from rebond.shop.queries.appointments import calendar_of, choices_for, live_of
from rebond.shop.queries.orders import find_order, order_path
from rebond.shop.queries.slots import by_day
from rebond.shop.web.slot_forms import SlotForm


def _parcel(public_id: str, token: str, number: int) -> OrderParcel:
    order = find_order(public_id, token)
    if order is None:
        raise Http404
    return get_object_or_404(OrderParcel.objects.select_related("order"), order=order, number=number)


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@same_origin_post
@throttled("basket")
def choose(request: HttpRequest, public_id: str, token: str, number: int) -> HttpResponse:
    """The hours that are left, and the one that is agreed; changed until the day before."""
    parcel = _parcel(public_id, token, number)
    now, back = timezone.now(), order_path(parcel.order)
    live = live_of(parcel)
    if live is not None and timezone.localdate(now) >= live.slot.day:
        messages.error(request, _("It is today: call the seller if you cannot come."))
        return HttpResponseRedirect(back)
    days = by_day(choices_for(parcel, now))
    if not days:
        messages.error(request, _("There is no hour to choose for this parcel now."))
        return HttpResponseRedirect(back)
    form = SlotForm(request.POST or None, days=days)
    if request.method == "POST" and form.is_valid():
        try:
            choose_slot(parcel=parcel, offer=form.cleaned_data["slot"], by=visitor(request), now=now)
        except SlotFullError:
            form.days = by_day(choices_for(parcel, now))
            form.add_error("slot", _("Somebody has just taken the last place of this hour. Choose another one."))
        except (TooLateError, AppointmentStateError):
            messages.error(request, _("This parcel has moved on meanwhile. Nothing was changed."))
            return HttpResponseRedirect(back)
        else:
            messages.success(request, _("Your appointment is noted."))
            return HttpResponseRedirect(back)
    context = {
        "order": parcel.order,
        "parcel": parcel,
        "live": live,
        "form": form,
        "back_url": back,
        "seo": Seo(title=_("Choose your appointment"), path=request.path, robots="noindex"),
    }
    return page(request, "shop/slot.html", context, status=422 if form.errors else 200)


@public
@require_safe
@never_cache
def calendar(request: HttpRequest, public_id: str, token: str, number: int) -> HttpResponse:
    """The appointment as a file for calendars (RFC 5545)."""
    live: Appointment | None = live_of(_parcel(public_id, token, number))
    if live is None:
        raise Http404
    stamp: datetime.datetime = live.created_at
    headers = {
        "Content-Disposition": f'attachment; filename="rendez-vous-{live.parcel.order.public_id}.ics"',
        "X-Robots-Tag": "noindex",
    }
    body = calendar_of(live, stamp)
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)
