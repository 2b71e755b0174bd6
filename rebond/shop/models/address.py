"""Where a buyer has parcels sent: kept in the account, chosen when ordering."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id


class SavedAddress(models.Model):
    """An order keeps its own copy: what is changed here changes no order. At most one is proposed first."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="addresses")
    name = models.CharField(max_length=120)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200)
    postal_code = models.CharField(max_length=5)
    city = models.CharField(max_length=80)
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["SavedAddress"]] = models.Manager()

    class Meta:
        ordering = ["-is_default", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="address_one_default"),
            models.UniqueConstraint(
                fields=["user", "name", "address", "postal_code", "city"], name="address_saved_once"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id  # the journal names it, and keeps no address
