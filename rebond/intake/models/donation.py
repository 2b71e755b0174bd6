"""What comes in: a donation and its weighings. Days and no hours: companions work at the dock (rules.md B9)."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import formats

from rebond.core.ids import public_id
from rebond.intake import perms
from rebond.intake.data.flows import flow
from rebond.intake.enums import SOURCE_ICONS, Source
from rebond.network.models import Organisation, Site


class VisibleQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> "VisibleQuerySet":
        """At the desk: the rows of the organisations where the user reads the chain."""
        return self.filter(perms.visible_rows(user))


class Container(models.Model):
    """A trolley or crate with its own weight, taken off what the scale shows. Never changed: another is made."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="containers")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="containers")
    name = models.CharField(max_length=40)
    tare_g = models.PositiveIntegerField()
    ended_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tare_g__gt=0), name="container_weighs_something"),
            models.UniqueConstraint(
                fields=["site", "name"], condition=Q(ended_on__isnull=True), name="container_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Donation(models.Model):
    """What one person or place brought on one day. Nothing about a person: the note is about the things.

    `place` is the shop, waste site or structure it comes from, `slip` the number of its transport slip, `postcode`
    where it was collected or who brought it lives: what eco-organisations ask by origin (rules.md E2).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="donations")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="donations")
    source = models.CharField(max_length=10, choices=Source)
    day = models.DateField()
    place = models.CharField(max_length=120, blank=True)
    slip = models.CharField(max_length=60, blank=True)
    postcode = models.CharField(max_length=5, blank=True)
    note = models.CharField(max_length=200, blank=True)

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "-day", "-id"], name="donation_desk"),
            models.Index(fields=["site", "day"], name="donation_site_day"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()}, {formats.date_format(self.day, 'j F')}"

    @property
    def icon(self) -> str:
        return SOURCE_ICONS[Source(self.source)][0]

    @property
    def tint(self) -> str:
        return SOURCE_ICONS[Source(self.source)][1]


class WeighingQuerySet(models.QuerySet["Weighing"]):
    def kept(self) -> "WeighingQuerySet":
        """Those that nobody took back."""
        return self.filter(cancelled_on__isnull=True)


class Weighing(models.Model):
    """One reading of the scale, in grams: gross - tare = net. Taken back, it stays with the day it was."""

    operation_id = models.UUIDField(unique=True, default=uuid.uuid4)
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, related_name="weighings")
    flow = models.CharField(max_length=20)
    container = models.ForeignKey(Container, on_delete=models.PROTECT, null=True, blank=True, related_name="weighings")
    gross_g = models.PositiveIntegerField()
    tare_g = models.PositiveIntegerField(default=0)
    net_g = models.PositiveIntegerField()
    is_from_scale = models.BooleanField(default=False)
    cancelled_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = WeighingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(net_g=F("gross_g") - F("tare_g")), name="weighing_net"),
            models.CheckConstraint(condition=Q(net_g__gt=0), name="weighing_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.flow}: {self.net_g}"

    @property
    def flow_label(self) -> str:
        return flow(self.flow).label
