"""Appointments: where and when a place hands parcels over, or brings them, and who comes when."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.dates import WEEKDAYS

from rebond.catalogue.enums import DeliveryMode
from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.shop import perms
from rebond.shop.models.parcel import OrderParcel
from rebond.shop.slot_enums import LIVE_APPOINTMENTS, SLOT_MODES, AppointmentState, SlotLength


class AgendaQuerySet(models.QuerySet["Agenda"]):
    def visible_to(self, user: Any) -> "AgendaQuerySet":
        return self.filter(perms.visible_agendas(user))

    def open(self) -> "AgendaQuerySet":
        return self.filter(closed_at=None)


class Agenda(models.Model):
    """The weekly openings of a site where buyers collect, or of a zone (of postal codes) where a seller delivers.

    `lead_days` are of preparation: no slot before them. `ahead_days` is how far it may be chosen. `slot_min` are
    minutes, 0 for one slot by opening; `capacity` is of each slot. Once `closed_at`, nothing new is offered.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="agendas")
    mode = models.CharField(max_length=10, choices=SLOT_MODES)
    site = models.OneToOneField(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="agenda")
    name = models.CharField(max_length=60, blank=True)
    zone = models.JSONField(default=list, blank=True)
    slot_min = models.PositiveSmallIntegerField(choices=SlotLength, default=SlotLength.HALF)
    capacity = models.PositiveSmallIntegerField(default=2)
    lead_days = models.PositiveSmallIntegerField(default=1)
    ahead_days = models.PositiveSmallIntegerField(default=14)
    closed_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = AgendaQuerySet.as_manager()

    class Meta:
        ordering = ["mode", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(mode=DeliveryMode.PICKUP, site__isnull=False)
                | Q(mode=DeliveryMode.LOCAL, site__isnull=True) & ~Q(name=""),
                name="agenda_of_a_site_or_a_zone",
            ),
            models.CheckConstraint(condition=Q(capacity__gt=0), name="agenda_receives_somebody"),
        ]

    def __str__(self) -> str:
        return self.site.name if self.site is not None else self.name

    @property
    def is_collected(self) -> bool:
        return self.mode == DeliveryMode.PICKUP


class AgendaWindow(models.Model):
    """One opening of a weekday (0 is Monday), in hours of Paris."""

    agenda = models.ForeignKey(Agenda, on_delete=models.CASCADE, related_name="windows")
    weekday = models.PositiveSmallIntegerField()
    starts = models.TimeField()
    ends = models.TimeField()

    objects: ClassVar[models.Manager["AgendaWindow"]] = models.Manager()

    class Meta:
        ordering = ["weekday", "starts"]
        constraints = [
            models.UniqueConstraint(fields=["agenda", "weekday", "starts"], name="agenda_window_once"),
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="agenda_window_ends_after_start"),
            models.CheckConstraint(condition=Q(weekday__lte=6), name="agenda_window_of_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts}–{self.ends}"

    @property
    def day_name(self) -> Any:
        return WEEKDAYS[self.weekday]


class Slot(models.Model):
    """One slot of a day, written when somebody first takes it. `taken` moves by conditional updates only."""

    agenda = models.ForeignKey(Agenda, on_delete=models.PROTECT, related_name="slots")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    capacity = models.PositiveSmallIntegerField()
    taken = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[models.Manager["Slot"]] = models.Manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["agenda", "starts_at"], name="slot_once"),
            models.CheckConstraint(condition=Q(taken__lte=F("capacity")), name="slot_taken_lte_capacity"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"),
        ]

    def __str__(self) -> str:
        return f"{self.agenda}, {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def day(self) -> datetime.date:
        return timezone.localdate(self.starts_at)


class Appointment(models.Model):
    """A place of a slot, for one parcel of an order. While it waits for a payment it is kept until `held_until` only.

    `code` is what the buyer shows: no identity is asked.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    parcel = models.ForeignKey(OrderParcel, on_delete=models.PROTECT, related_name="appointments")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="appointments")
    state = models.CharField(max_length=8, choices=AppointmentState, default=AppointmentState.HELD)
    code = models.CharField(max_length=6)
    held_until = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Appointment"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["parcel"], condition=Q(state__in=sorted(LIVE_APPOINTMENTS)), name="appointment_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="held", held_until__isnull=False) | ~Q(state="held"),
                name="appointment_held_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["slot", "state"], name="appointment_of_slot"),
            models.Index(fields=["code"], name="appointment_code"),
            models.Index(fields=["held_until"], condition=Q(state="held"), name="appointment_held"),
        ]

    def __str__(self) -> str:
        return self.code.upper()
