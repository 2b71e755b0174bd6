"""Acts that came from a device's own store, so that each is done once."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from rebond.workshop.models.station import Device
from rebond.workshop.models.worker import Worker


class KeptAct(models.Model):
    """One act that was done, by the operation that the device gave it, and what the device was told.

    Only the day is kept, whoever it is: the hour is the step's matter, where the person's status allows it. A refused
    act leaves nothing. Deleted after 30 days: a device may send for three.
    """

    operation_id = models.UUIDField(unique=True)
    act = models.CharField(max_length=40)
    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    device = models.ForeignKey(Device, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    told = models.JSONField(default=dict)
    day = models.DateField(default=timezone.localdate, db_index=True)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.act} {self.operation_id}"
