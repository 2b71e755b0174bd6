"""An appointment that did not take place: its buyer chooses another one, by the order's link."""

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rebond.core.seo import absolute
from rebond.journal.actions.mail import queue_mail
from rebond.shop.models import Appointment
from rebond.shop.queries.appointments import slot_path
from rebond.shop.slot_enums import AppointmentState


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
