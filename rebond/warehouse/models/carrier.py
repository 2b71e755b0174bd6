"""An organisation's account at a carrier: its credentials sealed, and how it answered last."""

import json
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.network.models import Organisation
from rebond.warehouse import perms
from rebond.warehouse.carriers.contract import Carrier, Kind
from rebond.warehouse.carriers.registry import kind_of, open_carrier
from rebond.warehouse.enums import Health


class CarrierAccountQuerySet(models.QuerySet["CarrierAccount"]):
    def visible_to(self, user: Any) -> "CarrierAccountQuerySet":
        return self.filter(perms.visible_places(user))


class CarrierAccount(models.Model):
    """`credentials` is sealed JSON, never shown again. After failures it is left alone until `open_until`."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="carrier_accounts")
    carrier = models.CharField(max_length=20)  # a key of carriers.registry
    credentials = EncryptedTextField(blank=True, default="")
    is_active = models.BooleanField(default=True)
    health = models.CharField(max_length=7, choices=Health, default=Health.UNKNOWN)
    health_said = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)  # in a row
    open_until = models.DateTimeField(null=True, blank=True)  # nobody asks it anything before
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = CarrierAccountQuerySet.as_manager()

    class Meta:
        ordering = ["carrier"]
        constraints = [models.UniqueConstraint(fields=["organisation", "carrier"], name="carrier_account_once")]

    def __str__(self) -> str:
        return str(self.kind.label)

    @property
    def kind(self) -> Kind:
        return kind_of(self.carrier)

    @property
    def secrets(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.credentials) if self.credentials else {}
        return found

    def connect(self) -> Carrier:
        """The carrier with these credentials; nothing is asked of it yet."""
        return open_carrier(self.carrier, self.secrets)
