"""A count of bins: who counts sees the bin and never what the ledger says of it."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.enums import BinState, CountState, DifferenceReason, DifferenceState
from rebond.warehouse.models.place import Place
from rebond.workshop.models import Worker


class CountQuerySet(models.QuerySet["Count"]):
    def visible_to(self, user: Any) -> "CountQuerySet":
        return self.filter(perms.visible_places(user))

    def open(self) -> "CountQuerySet":
        return self.filter(state=CountState.OPEN)


class Count(models.Model):
    """Opened by a supervisor for an aisle, a bay, a bin: `name` is its label that day."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="counts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="counts")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=6, choices=CountState, default=CountState.OPEN)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    closed_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = CountQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["organisation", "state", "-created_at"], name="count_list")]

    def __str__(self) -> str:
        return self.name


class CountBin(models.Model):
    """One bin of a count. `rounds` are finished; `last_by` finished the last one, so that another person does the next.

    `counting_by` is there now: what they scan belongs to the round `rounds + 1`.
    """

    count = models.ForeignKey(Count, on_delete=models.CASCADE, related_name="bins")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="count_bins")
    state = models.CharField(max_length=7, choices=BinState, default=BinState.TO_COUNT)
    rounds = models.PositiveSmallIntegerField(default=0)
    last_by = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    counting_by = models.ForeignKey(Worker, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["CountBin"]] = models.Manager()

    class Meta:
        ordering = ["place__label", "pk"]
        constraints = [models.UniqueConstraint(fields=["count", "place"], name="count_bin_once")]

    def __str__(self) -> str:
        return str(self.place)


class CountLine(models.Model):
    """An object seen in a bin, in one round. Who saw it is not kept beside it (rules.md F8: no ranking)."""

    bin = models.ForeignKey(CountBin, on_delete=models.CASCADE, related_name="lines")
    round = models.PositiveSmallIntegerField()
    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    item_code = models.CharField(max_length=12)
    title = models.CharField(max_length=150)
    units = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["CountLine"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bin", "round", "item"], name="count_line_once"),
            models.CheckConstraint(condition=Q(units__gt=0), name="count_line_units"),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.item_code}"


class CountDifference(models.Model):
    """Two people found `found` units where the ledger says `expected`. `effect` is what settling it did, to undo it."""

    bin = models.ForeignKey(CountBin, on_delete=models.CASCADE, related_name="differences")
    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    item_code = models.CharField(max_length=12)
    title = models.CharField(max_length=150)
    expected = models.PositiveIntegerField()
    found = models.PositiveIntegerField()
    state = models.CharField(max_length=7, choices=DifferenceState, default=DifferenceState.OPEN)
    reason = models.CharField(max_length=11, choices=DifferenceReason, blank=True)
    note = models.CharField(max_length=200, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    effect = models.JSONField(default=dict, blank=True)

    objects: ClassVar[models.Manager["CountDifference"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bin", "item"], name="count_difference_once"),
            models.CheckConstraint(condition=~Q(expected=models.F("found")), name="count_difference_differs"),
        ]

    def __str__(self) -> str:
        return f"{self.item_code}: {self.expected} → {self.found}"

    @property
    def gap(self) -> int:
        """Units found less units expected: below zero where some are missing."""
        return self.found - self.expected
