"""The sorting table: each thing, or batch of the same, and where it goes."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from rebond.catalogue.enums import Condition
from rebond.catalogue.models import Category, Item
from rebond.core.ids import public_id
from rebond.intake.data.flows import flow
from rebond.intake.enums import OUTCOME_ICONS, Outcome
from rebond.intake.models.donation import Donation, VisibleQuerySet
from rebond.network.models import Organisation, Site


class SortingQuerySet(VisibleQuerySet):
    def kept(self) -> "SortingQuerySet":
        """Those that nobody took back."""
        return self.filter(cancelled_on__isnull=True)


class Sorting(models.Model):
    """`weight_g` is of the whole batch of `quantity`. `from_flow` is where its grams were weighed (`mixed`): they
    change flow. `suggested` and `gain_cents` are what the screen said then, kept as said; NULL where it said nothing.
    `condition` is what the sorter saw, "" where nobody said.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operation_id = models.UUIDField(unique=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="sortings")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="sortings")
    donation = models.ForeignKey(Donation, on_delete=models.PROTECT, null=True, blank=True, related_name="sortings")
    day = models.DateField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    category_label = models.CharField(max_length=80)
    flow = models.CharField(max_length=20)
    from_flow = models.CharField(max_length=20, blank=True)
    quantity = models.PositiveSmallIntegerField(default=1)
    weight_g = models.PositiveIntegerField()
    condition = models.CharField(max_length=12, choices=Condition, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome)
    suggested = models.CharField(max_length=10, choices=Outcome, blank=True)
    gain_cents = models.IntegerField(null=True, blank=True)
    item = models.ForeignKey(Item, on_delete=models.SET_NULL, null=True, blank=True, related_name="sortings")
    cancelled_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = SortingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(weight_g__gt=0), name="sorting_weighs_something"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="sorting_has_things"),
        ]
        indexes = [
            models.Index(fields=["site", "day"], name="sorting_site_day"),
            models.Index(fields=["organisation", "-day", "-id"], name="sorting_desk"),
        ]

    def __str__(self) -> str:
        return self.category_label if self.quantity == 1 else f"{self.quantity} × {self.category_label}"

    @property
    def icon(self) -> str:
        return OUTCOME_ICONS[Outcome(self.outcome)][0]

    @property
    def flow_label(self) -> str:
        return flow(self.flow).label
