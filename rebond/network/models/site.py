"""A place that an organisation runs."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rebond.core.ids import public_id
from rebond.network.models.organisation import Organisation


class SiteKind(models.TextChoices):
    SHOP = "shop", _("Shop")
    WORKSHOP = "workshop", _("Workshop")
    WAREHOUSE = "warehouse", _("Warehouse")
    OFFICE = "office", _("Office")


class Site(models.Model):
    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="sites")
    kind = models.CharField(max_length=12, choices=SiteKind, default=SiteKind.SHOP)
    name = models.CharField(max_length=120)
    siret = models.CharField(max_length=14, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=5)
    city = models.CharField(max_length=80)
    commune = models.CharField(max_length=5, blank=True)  # INSEE code
    department = models.CharField(max_length=3)
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True, blank=True)
    hours = models.CharField(max_length=200, blank=True)
    is_pickup_point = models.BooleanField(default=False)
    is_main = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Site"]] = models.Manager()

    class Meta:
        ordering = ["-is_main", "name"]
        indexes = [models.Index(fields=["department"], name="site_department")]
        constraints = [
            models.UniqueConstraint(fields=["organisation"], condition=Q(is_main=True), name="site_one_main"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__isnull=False, longitude__isnull=False),
                name="site_both_coordinates",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def place(self) -> str:
        return f"{self.city} ({self.department})"
