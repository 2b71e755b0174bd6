"""A phone lent to a desk screen as its camera."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.workshop.models.station import Device
from rebond.workshop.models.worker import Worker


class CameraPair(models.Model):
    """`token_hash` is of the QR, read once within two minutes; `secret_hash` is of what the phone then keeps.

    The row is deleted when the person's session ends: nothing of who worked when is left (rules.md B9).
    """

    worker = models.OneToOneField(Worker, on_delete=models.CASCADE, related_name="camera")
    device = models.ForeignKey(Device, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    token_hash = models.CharField(max_length=64, unique=True)  # sha256, hexadecimal
    secret_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()  # of the QR while no phone has read it, then of the pair
    seen_at = models.DateTimeField(default=timezone.now)  # the desk's screen, each half minute

    objects: ClassVar[models.Manager["CameraPair"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.worker)

    @property
    def is_joined(self) -> bool:
        return bool(self.secret_hash)
