"""What parcels are packed in: a site's cartons, salvaged or bought, and the ledger of their count."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.enums import CartonReason


class CartonQuerySet(models.QuerySet["Carton"]):
    def visible_to(self, user: Any) -> "CartonQuerySet":
        return self.filter(perms.visible_places(user))

    def open(self) -> "CartonQuerySet":
        """Those that the site still uses."""
        return self.filter(closed_on__isnull=True)


class Carton(models.Model):
    """A kind of carton, bag or envelope of a site, by its inside measures in millimetres, the longest side first.

    `left` is the sum of its moves, never below zero. `tare_g` is what an empty one weighs, `most_g` what it bears,
    `cost_cents` what using one costs (nothing for most salvaged ones). Under `least` the desk says to find more.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="cartons")
    name = models.CharField(max_length=40)
    length_mm = models.PositiveIntegerField()
    width_mm = models.PositiveIntegerField()
    height_mm = models.PositiveIntegerField()
    most_g = models.PositiveIntegerField(null=True, blank=True)
    tare_g = models.PositiveIntegerField(default=0)
    cost_cents = models.PositiveIntegerField(default=0)
    is_salvaged = models.BooleanField(default=False)
    left = models.PositiveIntegerField(default=0)
    least = models.PositiveIntegerField(default=0)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = CartonQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "name"], condition=Q(closed_on__isnull=True), name="carton_name"),
            models.CheckConstraint(
                condition=Q(length_mm__range=(1, 10_000), width_mm__range=(1, 10_000), height_mm__range=(1, 10_000)),
                name="carton_measures",
            ),
            models.CheckConstraint(condition=Q(left__gte=0), name="carton_left_never_negative"),
        ]
        indexes = [models.Index(fields=["organisation", "name", "id"], name="carton_list")]

    def __str__(self) -> str:
        return self.name

    @property
    def inner(self) -> tuple[int, int, int]:
        """Millimetres."""
        return self.length_mm, self.width_mm, self.height_mm

    @property
    def is_low(self) -> bool:
        return self.closed_on is None and self.left < self.least


class CartonMove(models.Model):
    """`number` cartons came (above zero) or went (below). Append only; the same operation is one move."""

    operation_id = models.UUIDField(default=uuid.uuid4)
    carton = models.ForeignKey(Carton, on_delete=models.PROTECT, related_name="moves")
    number = models.IntegerField()
    reason = models.CharField(max_length=8, choices=CartonReason)
    day = models.DateField(default=timezone.localdate)  # no hour: packing is people's work (rules.md B9)

    objects: ClassVar[models.Manager["CartonMove"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["operation_id", "reason"], name="carton_move_once"),
            models.CheckConstraint(condition=~Q(number=0), name="carton_move_moves_something"),
        ]
        indexes = [models.Index(fields=["carton", "-id"], name="carton_moves")]

    def __str__(self) -> str:
        return f"{self.number:+} {self.carton_id}"
