"""At the counter or at the buyer's door: a parcel is handed over, or nobody was there."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.core.locks import lock_row
from rebond.journal.actions.record import record
from rebond.ledger.actions.sale import set_payable
from rebond.shop import tasks
from rebond.shop.actions.appointment import call_off as free_place
from rebond.shop.actions.appointment import move_appointment
from rebond.shop.actions.part import check_kept, deliver_part, move_part
from rebond.shop.actions.payable import payable_day
from rebond.shop.enums import OrderLineState, OrderState, SellerOrderState
from rebond.shop.errors import AppointmentStateError, PartStateError
from rebond.shop.models import Appointment, OrderLine, SellerOrder
from rebond.shop.slot_enums import AppointmentState


@transaction.atomic
def hand_over(*, appointment: Appointment, by: Any, now: datetime.datetime | None = None) -> Appointment:
    """The buyer has the parcel: each seller's part of which it was the last one is received (rules.md F2).

    Run again, it changes nothing. Raise AppointmentStateError where it is over, or of a day to come; PartStateError
    where its order is not paid, and as `deliver_part`.
    """
    now = now or timezone.now()
    order = lock_row(appointment.parcel.order)
    appointment.refresh_from_db(fields=["state"])
    if appointment.state == AppointmentState.DONE:
        return appointment
    if order.state != OrderState.PAID:
        raise PartStateError
    if appointment.state != AppointmentState.BOOKED or appointment.slot.day > timezone.localdate(now):
        raise AppointmentStateError
    move_appointment(appointment, "hand_over", by, now)
    for part in _parts_over(appointment):
        _receive(part, by, now, is_brought=not appointment.slot.agenda.is_collected)
    record("shop.appointment.kept", subject=appointment, by=by, organisation=appointment.slot.agenda.organisation)
    return appointment


def _parts_over(appointment: Appointment) -> list[SellerOrder]:
    """The parts in the parcel that wait for no other one: the delay counts from the last (L221-18)."""
    parcel = appointment.parcel
    lines = OrderLine.objects.filter(part__order=parcel.order_id, state=OrderLineState.SOLD)
    handed = Appointment.objects.filter(parcel__order=parcel.order_id, state=AppointmentState.DONE)
    numbers = set(handed.values_list("parcel__number", flat=True))
    waits = {line.part_id for line in lines if line.parcel not in numbers}
    here = {line.part_id for line in lines if line.parcel == parcel.number} - waits
    rows = SellerOrder.objects.filter(pk__in=here).exclude(state=SellerOrderState.DELIVERED)
    return list(rows.select_related("order", "seller").order_by("pk"))


def _receive(part: SellerOrder, by: Any, now: datetime.datetime, *, is_brought: bool) -> None:
    """From wherever it waits: nobody is told that it is ready, since it is in the buyer's hands."""
    if part.state != SellerOrderState.TO_PREPARE:
        deliver_part(part=part, by=by, now=now)
        return
    check_kept(part)
    if is_brought:
        move_part(part, "ship", by, shipped_at=now)
        deliver_part(part=part, by=by, now=now)
        return
    part = move_part(part, "hand_over", by, ready_at=now, delivered_at=now)
    set_payable(sale_key=part.public_id, on=payable_day(part, now))
    record("shop.part.delivered", subject=part, by=by, organisation=part.seller, note="")


@transaction.atomic
def miss(*, appointment: Appointment, by: Any, now: datetime.datetime | None = None) -> Appointment:
    """Nobody was there: the parcel waits, and its buyer is asked to choose another day.

    Run again, it changes nothing. Raise AppointmentStateError where it is over, or before its hour.
    """
    now = now or timezone.now()
    lock_row(appointment.parcel.order)
    appointment.refresh_from_db(fields=["state"])
    if appointment.state == AppointmentState.MISSED:
        return appointment
    if appointment.slot.starts_at > now or not move_appointment(appointment, "miss", by, now):
        raise AppointmentStateError
    record("shop.appointment.missed", subject=appointment, by=by, organisation=appointment.slot.agenda.organisation)
    tasks.write_appointment_mail.enqueue(appointment.pk, AppointmentState.MISSED)
    return appointment


@transaction.atomic
def call_off(*, appointment: Appointment, by: Any, now: datetime.datetime | None = None) -> Appointment:
    """The place cannot receive at that hour: its buyer is asked to choose another one.

    Raise AppointmentStateError where it is over.
    """
    now = now or timezone.now()
    lock_row(appointment.parcel.order)
    appointment.refresh_from_db(fields=["state"])
    if not free_place(appointment, by, now):
        raise AppointmentStateError
    tasks.write_appointment_mail.enqueue(appointment.pk, AppointmentState.FREED)
    return appointment
