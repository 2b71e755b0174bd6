"""What is where: an append-only ledger of movements, and its sums as a cache that can be rebuilt."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.network.models import Organisation
from rebond.warehouse.enums import MoveReason
from rebond.warehouse.models.place import Place
from rebond.workshop.models import Step


class Movement(models.Model):
    """`units` of an item went from a place to another; no place before: they came in; no place after: they left.

    Append only. `grams` are those of all the units, where the weight was known. `operation_id` is made by the
    device that sent the act, so the same act sent twice is one movement; what the catalogue tells has none.
    The item's row may be gone (an import undone): its key and code stay. Where hours are forbidden `at` is the
    day's midnight and `is_day_only` says so (rules.md B9).
    """

    operation_id = models.UUIDField(unique=True, null=True, blank=True)
    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING, db_constraint=False, related_name="movements")
    item_code = models.CharField(max_length=12)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False, related_name="+")
    units = models.PositiveIntegerField()
    grams = models.PositiveBigIntegerField(null=True, blank=True)
    from_place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    to_place = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="+"
    )
    reason = models.CharField(max_length=9, choices=MoveReason)
    step = models.ForeignKey(
        Step, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="movements"
    )
    at = models.DateTimeField(default=timezone.now)
    is_day_only = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Movement"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="movement_moves_something"),
            models.CheckConstraint(
                condition=Q(from_place__isnull=False) | Q(to_place__isnull=False), name="movement_has_a_place"
            ),
            models.CheckConstraint(
                condition=Q(from_place__isnull=True) | Q(to_place__isnull=True) | ~Q(from_place=F("to_place")),
                name="movement_goes_elsewhere",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.item_code}"


class Holding(models.Model):
    """How many units of an item lie in a place: the sum of its movements, never below zero. No row for none."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False, related_name="holdings")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="holdings")
    units = models.PositiveIntegerField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["item", "place"], name="holding_once"),
            models.CheckConstraint(condition=Q(units__gte=0), name="holding_never_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.item_id} @ {self.place_id}"
