"""What carrying a parcel costs: one table of an agreement for each carrier and way (rules.md A2: never express)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.enums import CarriageMode
from rebond.network.models.agreement import Agreement


class Carriage(models.Model):
    """`zone` holds beginnings of postal codes; empty, the carrier goes everywhere in metropolitan France.

    Sizes are of the whole parcel, in millimetres: its longest side, and its three sides added.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    agreement = models.ForeignKey(Agreement, on_delete=models.CASCADE, related_name="carriages")
    mode = models.CharField(max_length=10, choices=CarriageMode)
    carrier = models.CharField(max_length=60)
    zone = models.JSONField(default=list, blank=True)
    max_length_mm = models.PositiveIntegerField(null=True, blank=True)
    max_sum_mm = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=160, blank=True)  # where the prices come from: a contract, an example
    updated_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Carriage"]] = models.Manager()

    class Meta:
        ordering = ["mode", "carrier", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(max_length_mm__isnull=True)
                | Q(max_sum_mm__isnull=True)
                | Q(max_sum_mm__gte=F("max_length_mm")),
                name="carriage_sum_gte_length",
            ),
        ]

    def __str__(self) -> str:
        return self.carrier


class CarriageStep(models.Model):
    """Up to `up_to_g` grams the parcel costs `cents`; above the last step the carrier does not take it."""

    carriage = models.ForeignKey(Carriage, on_delete=models.CASCADE, related_name="steps")
    up_to_g = models.PositiveIntegerField()
    cents = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["CarriageStep"]] = models.Manager()

    class Meta:
        ordering = ["up_to_g"]
        constraints = [
            models.UniqueConstraint(fields=["carriage", "up_to_g"], name="carriage_step_once"),
            models.CheckConstraint(condition=Q(up_to_g__gt=0), name="carriage_step_of_a_weight"),
        ]

    def __str__(self) -> str:
        return f"{self.up_to_g} g: {self.cents}"
