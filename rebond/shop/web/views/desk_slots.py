"""The day's appointments at the desk: who collects when, and the round of the seller's own deliveries."""

import datetime
from collections.abc import Callable
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from rebond.catalogue.enums import DeliveryMode
from rebond.core.access import requires
from rebond.core.exports import Column, wanted_export
from rebond.core.web import page
from rebond.shop.actions.handing import call_off, hand_over, miss
from rebond.shop.errors import AppointmentStateError, ContestedStaysError, PartStateError, WithdrawnStaysError
from rebond.shop.models import Agenda, Appointment, OrderLine
from rebond.shop.queries.delays import DAY
from rebond.shop.queries.desk_slots import (
    days_ahead,
    described,
    described_in_turn,
    is_closed_on,
    named_by,
    rows_of_day,
)
from rebond.shop.slot_enums import SLOT_MODES
from rebond.shop.web.acting import act_and_say

SIZE = 100  # of one day
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


COLUMNS = [
    Column(gettext_lazy("Hour"), lambda one: f"{timezone.localtime(one.row.slot.starts_at):%H:%M}"),
    Column(gettext_lazy("Buyer"), lambda one: one.row.parcel.order.name or one.row.parcel.order.email),
    Column(gettext_lazy("Phone"), lambda one: one.row.parcel.order.phone if one.is_open else ""),
    Column(gettext_lazy("Address"), lambda one: one.row.parcel.order.address if one.is_open else ""),
    Column(gettext_lazy("Postal code"), "row.parcel.order.postal_code"),
    Column(gettext_lazy("Town"), "row.parcel.order.city"),
    Column(gettext_lazy("Orders"), lambda one: ", ".join(part.public_id for part in one.parts)),
    Column(gettext_lazy("Parcel"), lambda one: ", ".join(_units(line) for line in one.lines)),
    Column(gettext_lazy("Code"), lambda one: one.row.code.upper()),
    Column(pgettext_lazy("appointment", "State"), lambda one: one.row.get_state_display()),
]


def _units(line: OrderLine) -> str:
    return f"{line.title} × {line.quantity}" if line.quantity > 1 else line.title


def _day(request: HttpRequest, today: datetime.date) -> datetime.date:
    try:
        asked = parse_date(request.GET.get("jour", "")[:10])
    except ValueError:
        return today
    near = datetime.timedelta(days=3_660)
    return asked if asked is not None and abs(asked - today) < near else today


def _address(day: datetime.date, mode: str) -> str:
    return f"{reverse('shop:slot-day')}?genre={mode}&jour={day:%Y-%m-%d}"


def _modes(request: HttpRequest, agendas: list[Agenda]) -> tuple[list[tuple[str, Any]], str]:
    """The ways of handing over that these agendas have, and the one that is shown."""
    modes = [(mode, label) for mode, label in SLOT_MODES if any(row.mode == mode for row in agendas)]
    asked = request.GET.get("genre", "")
    return modes, asked if any(asked == known for known, _label in modes) else (modes[0][0] if modes else "")


@requires(VIEW)
@never_cache
@require_safe
def day(request: HttpRequest) -> HttpResponseBase:
    """One day, hour by hour; with `q`, the code that a buyer shows."""
    access: Any = request.access  # type: ignore[attr-defined]
    rows = Agenda.objects.visible_to(request.user).filter(organisation=access.organisation)
    agendas = list(rows.select_related("site").order_by("mode", "name", "pk"))
    modes, mode = _modes(request, agendas)
    shown = [row for row in agendas if row.mode == mode]
    now = timezone.now()
    today = timezone.localdate(now)
    when, words = _day(request, today), request.GET.get("q", "")[:40]
    first = today if today <= when < today + 7 * DAY else when
    awaited = rows_of_day(shown, when)
    if (download := wanted_export(request, described_in_turn(awaited, now), COLUMNS, f"{when:%Y-%m-%d}")) is not None:
        return download
    pages = Paginator(awaited, SIZE).get_page(request.GET.get("page", "1")[:6])
    found = named_by(agendas, words, now) if words.strip() else described(list(pages), now)
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
        "page": pages,
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
