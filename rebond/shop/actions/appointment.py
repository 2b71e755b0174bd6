"""Places of slots: taken with an order, kept once it is paid, given up with it.

A place is one conditional update under a CHECK: never two buyers on the last one. An order that is not paid keeps it
for a while only, and what is kept beyond its end is free for whoever comes next, even if no worker runs.
"""

import datetime
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.core.ids import ALPHABET
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record, record_transition
from rebond.shop.enums import OrderLineState, OrderState, SellerOrderState
from rebond.shop.errors import AppointmentStateError, SlotFullError, TooLateError
from rebond.shop.models import Agenda, Appointment, Order, OrderLine, OrderParcel, SellerOrder, Slot
from rebond.shop.queries.slots import Offer
from rebond.shop.slot_enums import APPOINTMENT_TRANSITIONS, LIVE_APPOINTMENTS, AppointmentState

HELD_FOR = datetime.timedelta(hours=1)  # an order whose card is being asked
AT_ONCE = 500


def move_appointment(appointment: Appointment, verb: str, by: Any, now: datetime.datetime, **only: Any) -> bool:
    """One conditional move, with its row of transition; whether it was this time. `only` are more conditions."""
    from_states, to_state = APPOINTMENT_TRANSITIONS[verb]
    old = appointment.state
    ended = now if to_state not in LIVE_APPOINTMENTS else None
    rows = Appointment.objects.filter(pk=appointment.pk, state__in=from_states, **only)
    if not rows.update(state=to_state, ended_at=ended, held_until=None):
        return False
    appointment.refresh_from_db(fields=["state", "ended_at", "held_until"])
    owner = appointment.slot.agenda.organisation
    record_transition(
        subject=appointment, verb=verb, from_state=old, to_state=to_state, by=by, organisation=owner, reason=""
    )
    return True


def call_off(appointment: Appointment, by: Any, now: datetime.datetime, *, is_lapsed: bool = False) -> bool:
    """Its place is another's, once, in the caller's transaction; whether it was this time.

    Where only its end is the reason (`is_lapsed`), a payment of the same moment comes first or last, never between.
    """
    verb, only = ("lapse", {"held_until__lte": now}) if is_lapsed else ("free", {})
    if not move_appointment(appointment, verb, by, now, **only):
        return False
    Slot.objects.filter(pk=appointment.slot_id, taken__gt=0).update(taken=F("taken") - 1)
    record("shop.appointment.freed", subject=appointment, by=by, organisation=appointment.slot.agenda.organisation)
    return True


def _row_of(offer: Offer) -> Slot:
    """Its row, written now if nobody took it before."""
    facts = {"ends_at": offer.ends_at, "capacity": offer.agenda.capacity}
    row = Slot(agenda=offer.agenda, starts_at=offer.starts_at, **facts)
    Slot.objects.bulk_create([row], ignore_conflicts=True)
    return Slot.objects.get(agenda=offer.agenda, starts_at=offer.starts_at)


def _lapsed(slot_ids: Iterable[int], now: datetime.datetime) -> list[Appointment]:
    rows = Appointment.objects.filter(slot__in=slot_ids, state=AppointmentState.HELD, held_until__lte=now)
    return list(rows.select_related("slot__agenda__organisation").order_by("slot_id", "pk"))


def _take(slot: Slot, now: datetime.datetime) -> bool:
    """One place more, where there is one: a second time after what is over was freed."""
    free = Slot.objects.filter(pk=slot.pk, taken__lt=F("capacity"), agenda__closed_at=None)
    if free.update(taken=F("taken") + 1):
        return True
    for one in _lapsed([slot.pk], now):
        call_off(one, None, now, is_lapsed=True)
    return bool(free.update(taken=F("taken") + 1))


def _write(parcel: OrderParcel, slot: Slot, state: str, held_until: datetime.datetime | None, by: Any) -> Appointment:
    code = "".join(secrets.choice(ALPHABET) for _ in range(6))
    made = Appointment.objects.create(parcel=parcel, slot=slot, state=state, code=code, held_until=held_until)
    hours = timezone.localtime(slot.starts_at).isoformat(timespec="minutes")
    record("shop.appointment.taken", subject=made, by=by, organisation=slot.agenda.organisation, at=hours)
    return made


@transaction.atomic
def take_slots(*, order: Order, wanted: Mapping[int, Offer], by: Any, now: datetime.datetime) -> None:
    """The places that a new order asks for, by the number of its parcels: all of them, or SlotFullError.

    What an earlier unpaid order of the same basket held is free first: nobody keeps two places by starting again.
    """
    if not wanted:
        return
    parcels = {parcel.number: parcel for parcel in order.parcels.filter(number__in=wanted)}
    chosen = sorted(wanted.items(), key=lambda pair: (pair[1].agenda.pk, pair[1].starts_at, pair[0]))
    slots = {number: _row_of(offer) for number, offer in chosen}
    earlier = _held_by_basket(order)
    touched = {slot.pk for slot in slots.values()} | {one.slot_id for one in earlier}
    lock_rows(Slot.objects.filter(pk__in=touched), no_key=True)
    for one in earlier:
        call_off(one, by, now)
    for number, _offer in chosen:
        if not _take(slots[number], now):
            raise SlotFullError(number)
        _write(parcels[number], slots[number], AppointmentState.HELD, now + HELD_FOR, by)


def _held_by_basket(order: Order) -> list[Appointment]:
    rows = Appointment.objects.filter(
        state=AppointmentState.HELD, parcel__order__basket=order.basket_id, parcel__order__state=OrderState.PLACED
    ).exclude(parcel__order=order)
    return list(rows.select_related("slot__agenda__organisation")) if order.basket_id else []


def keep_until(*, order: Order, until: datetime.datetime) -> None:
    """The order waits longer for its money: so do its places."""
    Appointment.objects.filter(parcel__order=order, state=AppointmentState.HELD).update(held_until=until)


def last_day_of(order: Order) -> datetime.datetime | None:
    """When the last of its appointments ends."""
    rows = Appointment.objects.filter(parcel__order=order, state__in=LIVE_APPOINTMENTS)
    return rows.order_by("-slot__ends_at").values_list("slot__ends_at", flat=True).first()


def book_appointments(*, order: Order, by: Any, now: datetime.datetime) -> None:
    """The order is paid: its places are its own. One that was freed meanwhile is taken again where it is left."""
    rows = Appointment.objects.filter(parcel__order=order).select_related("slot__agenda__organisation", "parcel")
    last = {one.parcel_id: one for one in rows.order_by("pk")}
    alive = set(_sold_parcels(order)) if last else set()
    for one in sorted(last.values(), key=lambda row: row.slot_id):
        if one.parcel.number not in alive:
            call_off(one, by, now)
        elif not move_appointment(one, "book", by, now) and one.slot.starts_at > now and _take(one.slot, now):
            _write(one.parcel, one.slot, AppointmentState.BOOKED, None, by)


def _sold_parcels(order: Order) -> Iterable[int]:
    rows = OrderLine.objects.filter(part__order=order, state=OrderLineState.SOLD)
    return rows.order_by().values_list("parcel", flat=True).distinct()


def release_appointments(*, order: Order, by: Any, now: datetime.datetime | None = None) -> None:
    """Places of parcels in which nothing is bought any more, or of an order that is over; the caller holds it."""
    now = now or timezone.now()
    live = Appointment.objects.filter(parcel__order=order, state__in=LIVE_APPOINTMENTS)
    rows = list(live.select_related("slot__agenda__organisation", "parcel").order_by("slot_id", "pk"))
    alive = set(_sold_parcels(order)) if rows else set()
    for one in rows:
        if one.parcel.number not in alive:
            call_off(one, by, now)


def release_deliveries(*, order: Order, parcels: Iterable[int], by: Any, now: datetime.datetime | None = None) -> None:
    """These parcels are collected after all: the van does not go there."""
    rows = Appointment.objects.filter(
        parcel__order=order, parcel__number__in=set(parcels), state__in=LIVE_APPOINTMENTS, slot__agenda__site=None
    )
    for one in rows.select_related("slot__agenda__organisation").order_by("slot_id", "pk"):
        call_off(one, by, now or timezone.now())


def follow_part(part: SellerOrder, by: Any, now: datetime.datetime | None = None) -> None:
    """A part was received: the appointments of its parcels, where every part of theirs is, are over."""
    if part.state != SellerOrderState.DELIVERED:
        return
    live = Appointment.objects.filter(parcel__order=part.order_id, state__in=LIVE_APPOINTMENTS)
    for one in live.select_related("slot__agenda__organisation", "parcel"):
        lines = OrderLine.objects.filter(part__order=part.order_id, parcel=one.parcel.number, state=OrderLineState.SOLD)
        if not lines.exclude(part__state=SellerOrderState.DELIVERED).exists():
            move_appointment(one, "hand_over", by, now or timezone.now())


@transaction.atomic
def choose_slot(*, parcel: OrderParcel, offer: Offer, by: Any, now: datetime.datetime | None = None) -> Appointment:
    """The buyer takes another slot, or a first one; the former place is free at once.

    The same slot again changes nothing. Raise SlotFullError; TooLateError on the day of the appointment or after;
    AppointmentStateError where nothing is to hand over any more.
    """
    now = now or timezone.now()
    order = lock_row(parcel.order)
    rows = Appointment.objects.filter(parcel=parcel, state__in=LIVE_APPOINTMENTS)
    former = rows.select_related("slot__agenda__organisation").first()
    if former is not None and former.slot.agenda_id == offer.agenda.pk and former.slot.starts_at == offer.starts_at:
        return former
    if former is not None and timezone.localdate(now) >= former.slot.day:
        raise TooLateError
    if not is_awaited(parcel, order):
        raise AppointmentStateError
    slot = _row_of(offer)
    lock_rows(Slot.objects.filter(pk__in=[slot.pk, *([former.slot_id] if former else [])]), no_key=True)
    if not _take(slot, now):
        raise SlotFullError(parcel.number)
    state, until = AppointmentState.BOOKED, None
    if former is not None:
        state, until = AppointmentState(former.state), former.held_until
        call_off(former, by, now)
    return _write(parcel, slot, state, until, by)


def is_awaited(parcel: OrderParcel, order: Order) -> bool:
    """Whether the parcel is still to be handed over: paid, or kept until its buyer pays at the counter."""
    lines = OrderLine.objects.filter(part__order=order, parcel=parcel.number)
    if order.state == OrderState.PAID:
        open_states = {SellerOrderState.TO_PREPARE, SellerOrderState.READY, SellerOrderState.SHIPPED}
        return lines.filter(state=OrderLineState.SOLD, part__state__in=open_states).exists()
    return order.state == OrderState.PLACED and order.pay_by is not None


def free_lapsed(*, now: datetime.datetime | None = None) -> int:
    """Places of orders that nobody paid in time, at the periodic sweep. One transaction each."""
    now = now or timezone.now()
    rows = Appointment.objects.filter(state=AppointmentState.HELD, held_until__lte=now)
    found = list(rows.select_related("slot__agenda__organisation").order_by("held_until")[:AT_ONCE])
    for one in found:
        with transaction.atomic():
            call_off(one, None, now, is_lapsed=True)
    return len(found)


def new_capacity(agenda: Agenda, now: datetime.datetime) -> None:
    """Slots to come follow their agenda's number; one where more are awaited already keeps its places."""
    rows = Slot.objects.filter(agenda=agenda, starts_at__gt=now)
    rows.filter(taken__lte=agenda.capacity).update(capacity=agenda.capacity)
    rows.filter(taken__gt=agenda.capacity).update(capacity=F("taken"))
