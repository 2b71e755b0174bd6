"""What a carrier takes on a day: each parcel scanned into its cage, then closed for ever."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.models.carrier import CarrierAccount


class ManifestQuerySet(models.QuerySet["Manifest"]):
    def visible_to(self, user: Any) -> "ManifestQuerySet":
        return self.filter(perms.visible_places(user))


class Manifest(models.Model):
    """`units` and `grams` are written when it is closed; before, its parcels are counted."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="manifests")
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="manifests")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    units = models.PositiveIntegerField(default=0)
    grams = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = ManifestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "site"], condition=Q(closed_at__isnull=True), name="manifest_one_open"
            ),
            models.CheckConstraint(condition=Q(closed_at__isnull=True) | Q(units__gt=0), name="manifest_of_something"),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="manifest_list")]

    def __str__(self) -> str:
        return f"{self.account} {self.day:%d/%m/%Y}"
