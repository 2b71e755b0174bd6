"""The day's appointments at the desk: who collects when, and the round of the seller's own deliveries."""

import datetime
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.catalogue.enums import DeliveryMode
from rebond.core.access import requires
from rebond.core.web import page
from rebond.shop.actions.handing import call_off, hand_over, miss
from rebond.shop.errors import AppointmentStateError, ContestedStaysError, PartStateError, WithdrawnStaysError
from rebond.shop.models import Agenda, Appointment
from rebond.shop.queries.delays import DAY
from rebond.shop.queries.desk_slots import day_of, days_ahead, is_closed_on, named_by
from rebond.shop.slot_enums import SLOT_MODES
from rebond.shop.web.acting import act_and_say

VIEW, TAKE, CHANGE = "shop.appointment.view", "shop.appointment.take", "shop.agenda.change"
WORDS: dict[type[Exception], Any] = {
    AppointmentStateError: gettext_lazy("It is not the moment, or it was done meanwhile. Nothing was changed."),
    PartStateError: gettext_lazy("The order is not paid, or has moved on meanwhile: keep the parcel and look at it."),
    WithdrawnStaysError: gettext_lazy(
        "The buyer withdrew from objects of this order. Refund them first, in the returns. Nothing was changed."
    ),
    ContestedStaysError: gettext_lazy(
        "The buyer’s bank contests the payment: keep the objects until it decides. Nothing was changed."
    ),
}


def _day(request: HttpRequest, today: datetime.date) -> datetime.date:
    try:
        asked = parse_date(request.GET.get("jour", "")[:10])
    except ValueError:
        return today
    near = datetime.timedelta(days=3_660)
    return asked if asked is not None and abs(asked - today) < near else today


def _address(day: datetime.date, mode: str) -> str:
    return f"{reverse('shop:slot-day')}?genre={mode}&jour={day:%Y-%m-%d}"


@requires(VIEW)
@never_cache
@require_safe
def day(request: HttpRequest) -> HttpResponse:
    """One day, hour by hour; with `q`, the code that a buyer shows."""
    access: Any = request.access  # type: ignore[attr-defined]
    rows = Agenda.objects.visible_to(request.user).filter(organisation=access.organisation)
    agendas = list(rows.select_related("site").order_by("mode", "name", "pk"))
    modes = [(mode, label) for mode, label in SLOT_MODES if any(row.mode == mode for row in agendas)]
    asked = request.GET.get("genre", "")
    mode = asked if any(asked == known for known, _label in modes) else (modes[0][0] if modes else "")
    shown = [row for row in agendas if row.mode == mode]
    now = timezone.now()
    today = timezone.localdate(now)
    when, words = _day(request, today), request.GET.get("q", "")[:40]
    first = today if today <= when < today + 7 * DAY else when
    found = named_by(agendas, words, now) if words.strip() else day_of(shown, when, now)
    context = {
        "agendas": shown,
        "modes": modes if len(modes) > 1 else [],
        "mode": mode,
        "is_round": mode == DeliveryMode.LOCAL and not words.strip(),
        "day": when,
        "today": today,
        "days": days_ahead(shown, first),
        "before": first - 7 * DAY,
        "after": first + 7 * DAY,
        "rows": found,
        "words": words,
        "is_closed": bool(found) and not words and is_closed_on(access.organisation, when),
        "can_take": access.can(TAKE),
        "can_change": access.can(CHANGE),
    }
    return page(request, "shop/slot_day.html", context)


def _load(request: HttpRequest, public_id: str) -> Appointment:
    """An appointment at a place of the organisation acted for; 404 for any other."""
    rows = Appointment.objects.filter(
        slot__agenda__in=Agenda.objects.visible_to(request.user),
        slot__agenda__organisation=request.access.organisation,  # type: ignore[attr-defined]
    )
    return get_object_or_404(
        rows.select_related("slot__agenda__organisation", "parcel__order__user"), public_id=public_id
    )


def _done(request: HttpRequest, one: Appointment, act: Callable[..., object], said: str) -> HttpResponse:
    act_and_say(request, lambda: act(appointment=one, by=request.user), said, WORDS)
    return HttpResponseRedirect(_address(one.slot.day, one.slot.agenda.mode))


@requires(TAKE)
@require_POST
def hand(request: HttpRequest, public_id: str) -> HttpResponse:
    """The buyer has the parcel."""
    said = _("Handed over: the order is received, and the 14 days to withdraw run from today.")
    return _done(request, _load(request, public_id), hand_over, said)


@requires(TAKE)
@require_POST
def absent(request: HttpRequest, public_id: str) -> HttpResponse:
    """Nobody was there."""
    said = _("Noted. The buyer gets a mail to choose another day; keep the parcel.")
    return _done(request, _load(request, public_id), miss, said)


@requires(TAKE)
@require_POST
def off(request: HttpRequest, public_id: str) -> HttpResponse:
    """The place cannot receive at that hour."""
    said = _("The hour is free again. The buyer gets a mail to choose another one.")
    return _done(request, _load(request, public_id), call_off, said)
