"""States and choices of appointments: when a buyer comes, or when the seller's own van or bike does."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rebond.catalogue.enums import DeliveryMode

# The ways that a day and an hour are chosen for.
SLOT_MODES = [
    (DeliveryMode.PICKUP.value, pgettext_lazy("agenda", "Collected here")),
    (DeliveryMode.LOCAL.value, pgettext_lazy("agenda", "Delivered by us")),
]


class SlotLength(models.IntegerChoices):
    """In minutes; WHOLE offers each opening as one."""

    WHOLE = 0, _("The whole opening at once")
    QUARTER = 15, _("15 minutes")
    HALF = 30, _("30 minutes")
    HOUR = 60, _("1 hour")
    TWO_HOURS = 120, _("2 hours")


class AppointmentState(models.TextChoices):
    HELD = "held", pgettext_lazy("appointment", "Waits for the payment")
    BOOKED = "booked", pgettext_lazy("appointment", "Awaited")
    DONE = "done", pgettext_lazy("appointment", "Handed over")
    MISSED = "missed", pgettext_lazy("appointment", "Nobody was there")
    FREED = "freed", pgettext_lazy("appointment", "Given up")


LIVE_APPOINTMENTS = frozenset({AppointmentState.HELD, AppointmentState.BOOKED})
# verb: (states it may start from, state it leads to)
APPOINTMENT_TRANSITIONS: dict[str, tuple[frozenset[str], str]] = {
    "book": (frozenset({AppointmentState.HELD}), AppointmentState.BOOKED),
    "hand_over": (frozenset({AppointmentState.BOOKED, AppointmentState.HELD}), AppointmentState.DONE),
    "miss": (frozenset({AppointmentState.BOOKED}), AppointmentState.MISSED),
    "lapse": (frozenset({AppointmentState.HELD}), AppointmentState.FREED),
    "free": (LIVE_APPOINTMENTS, AppointmentState.FREED),
}
