"""Where a carrier hands a parcel over: imported from its file, never typed (rules.md A2: most parcels go there)."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class PickupPoint(models.Model):
    """`carrier` is the name of a table of delivery prices; a point that left the carrier's file is closed, not lost."""

    carrier = models.CharField(max_length=60)
    code = models.CharField(max_length=30)  # the carrier's own
    name = models.CharField(max_length=100)
    address = models.CharField(max_length=160)
    postal_code = models.CharField(max_length=5)
    city = models.CharField(max_length=80)
    latitude = models.DecimalField(max_digits=8, decimal_places=5)
    longitude = models.DecimalField(max_digits=8, decimal_places=5)
    hours = models.CharField(max_length=300, blank=True)
    is_open = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["PickupPoint"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["carrier", "code"], name="pickup_point_once")]
        indexes = [models.Index(fields=["carrier", "is_open", "latitude"], name="pickup_point_near")]

    def __str__(self) -> str:
        return self.name
