"""Mails of an appointment: reminded the day before; where it did not take place its buyer chooses another one."""

import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from rebond.core.dates import midnight
from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.journal.models import OutgoingMail
from rebond.shop.enums import OrderState
from rebond.shop.models import Appointment
from rebond.shop.money_enums import COLLECTION
from rebond.shop.queries.appointments import place_lines, slot_path
from rebond.shop.slot_enums import LIVE_APPOINTMENTS, AppointmentState

REMINDED_FROM = 9  # o'clock in Paris, the day before
DAY = datetime.timedelta(days=1)


def remind_of_appointments(*, now: datetime.datetime | None = None) -> int:
    """Tell the buyers of tomorrow's appointments, once each, from nine in the morning; return how many were told.

    Whoever chose it today needs no reminder. An appointment that moved is another one, with a reminder of its own.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    if timezone.localtime(now).hour < REMINDED_FROM:
        return 0
    rows = _awaited().filter(
        slot__starts_at__gte=midnight(today + DAY),
        slot__starts_at__lt=midnight(today + 2 * DAY),
        created_at__lt=midnight(today),
    )
    keys = {_reminder_key(name): pk for pk, name in rows.order_by("pk").values_list("pk", "public_id")}
    told = set(OutgoingMail.objects.filter(key__in=list(keys)).values_list("key", flat=True))
    return sum(_remind(pk) for key, pk in keys.items() if key not in told)


def _awaited() -> QuerySet[Appointment]:
    """Of orders that are paid, or are paid when they are collected; not of somebody who was erased."""
    of_order = Q(state=AppointmentState.BOOKED, parcel__order__state=OrderState.PAID)
    at_the_counter = Q(parcel__order__state=OrderState.PLACED, parcel__order__payments__provider=COLLECTION)
    rows = Appointment.objects.filter(of_order | at_the_counter, state__in=LIVE_APPOINTMENTS)
    return rows.exclude(parcel__order__email="")


def _reminder_key(public_id: str) -> str:
    return f"shop.appointment:{public_id}:tomorrow"


@transaction.atomic
def _remind(pk: int) -> bool:
    """One mail; none where the appointment was given up or moved meanwhile."""
    rows = _awaited().select_related("slot__agenda__site", "slot__agenda__organisation", "parcel__order")
    one = rows.filter(pk=pk).first()
    if one is None:
        return False
    order, agenda = one.parcel.order, one.slot.agenda
    with translation.override(order.language):
        queue_mail(
            kind="shop.appointment",
            to=order.email,
            subject=_("Tomorrow: your order %(code)s") % {"code": order.public_id},
            template="shop/mail/appointment_tomorrow",
            context={
                "slot": one.slot,
                "code": one.code.upper(),
                "is_collected": agenda.is_collected,
                "is_paid": order.state == OrderState.PAID,
                "place": place_lines(agenda),
                "address": f"{order.address}, {order.postal_code} {order.city}",
                "name": agenda.organisation.name,
                "url": absolute(slot_path(order, one.parcel.number)),
            },
            key=_reminder_key(one.public_id),
        )
    return True


def write_appointment_mail(*, appointment_id: int, state: str) -> None:
    """One mail for an appointment and a state, whatever the number of times this runs (its key)."""
    rows = Appointment.objects.select_related("slot__agenda__site", "slot__agenda__organisation", "parcel__order")
    one = rows.get(pk=appointment_id)
    order = one.parcel.order
    with translation.override(order.language), transaction.atomic():
        queue_mail(
            kind="shop.appointment",
            to=order.email,
            subject=_("Choose another day: your order %(code)s") % {"code": order.public_id},
            template="shop/mail/appointment",
            context={
                "appointment": one,
                "slot": one.slot,
                "is_missed": state == AppointmentState.MISSED,
                "is_collected": one.slot.agenda.is_collected,
                "name": one.slot.agenda.organisation.name,
                "url": absolute(slot_path(order, one.parcel.number)),
            },
            key=f"shop.appointment:{one.public_id}:{state}",
        )
