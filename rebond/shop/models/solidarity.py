"""Projects that buyers may round up for, and what each order gave."""

import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.shop.models.order import Order
from rebond.shop.money_enums import RoundUpState


class ProjectQuerySet(models.QuerySet["SolidarityProject"]):
    def open(self, day: datetime.date) -> "ProjectQuerySet":
        """Proposed to buyers that day."""
        return self.filter(Q(closes_on=None) | Q(closes_on__gte=day), opens_on__lte=day)


class SolidarityProject(models.Model):
    """The operator keeps them. `receiver` is fixed when it is made: the money of its gifts is that organisation's."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=80)
    sentence = models.CharField(max_length=200)
    receiver = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    opens_on = models.DateField(default=timezone.localdate)
    closes_on = models.DateField(null=True, blank=True)  # the last day
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on=None) | Q(closes_on__gte=F("opens_on")), name="project_closes_after_it_opens"
            )
        ]
        indexes = [models.Index(fields=["opens_on", "closes_on"], name="project_open")]

    def __str__(self) -> str:
        return self.name


class RoundUp(models.Model):
    """What the buyer of one order gives. `told` is what stood beside the choice: project, sentence, receiver."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="round_up")
    project = models.ForeignKey(SolidarityProject, on_delete=models.PROTECT, related_name="gifts")
    cents = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=RoundUpState, default=RoundUpState.PROMISED)
    told = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)  # given, or gone back

    objects: ClassVar[models.Manager["RoundUp"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="round_up_of_something"),
            models.CheckConstraint(
                condition=Q(state="promised", settled_at=None) | ~Q(state="promised") & ~Q(settled_at=None),
                name="round_up_settled_has_its_hour",
            ),
        ]
        indexes = [models.Index(fields=["project", "state", "cents"], name="round_up_received")]

    def __str__(self) -> str:
        return str(self.order)
