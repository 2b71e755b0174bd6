"""What comes back, looked at: what it is, its photos, what becomes of it, what the buyer did (rules.md F2)."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q

from rebond.catalogue.enums import Condition
from rebond.core.ids import public_id
from rebond.journal.models import StoredFile
from rebond.network.models import Site
from rebond.shop.enums import CheckState, Fate, Found, PartRequestState
from rebond.shop.models.withdrawal import Return, ReturnLine


class ReturnCheck(models.Model):
    """The look at one object that came back: one for each, whoever begins it. Days only: no hour of anybody's work.

    `found` is what came, `fate` what becomes of it; a repair is decided again once it is done.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    returned = models.OneToOneField(ReturnLine, on_delete=models.PROTECT, related_name="check_in")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=8, choices=CheckState, default=CheckState.OPEN)
    found = models.CharField(max_length=8, choices=Found)
    fate = models.CharField(max_length=8, choices=Fate, blank=True)
    condition = models.CharField(max_length=12, choices=Condition, blank=True)  # where it changed
    flow = models.CharField(max_length=20, blank=True)
    weight_g = models.PositiveIntegerField(null=True, blank=True)  # of what is recycled
    note = models.CharField(max_length=300, blank=True)
    operation = models.UUIDField(null=True, blank=True, unique=True)  # of the last decision
    opened_by = models.CharField(max_length=160)
    opened_on = models.DateField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["ReturnCheck"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", fate="", decided_on__isnull=True)
                | ~Q(state="open") & ~Q(fate="") & Q(decided_on__isnull=False),
                name="return_check_decided_has_its_fate",
            ),
            models.CheckConstraint(
                condition=~Q(fate="recycle") | Q(weight_g__gt=0) & ~Q(flow=""), name="return_check_recycled_has_weight"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class CheckPhoto(models.Model):
    """A picture of what came, made again by us, kept privately."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    check_in = models.ForeignKey(ReturnCheck, on_delete=models.PROTECT, related_name="photos")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[models.Manager["CheckPhoto"]] = models.Manager()

    def __str__(self) -> str:
        return self.stored.name


class ReturnLoss(models.Model):
    """What the refund is lowered by: the buyer did more than try the object (L221-23). Somebody else grants it."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    back = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="losses")
    check_in = models.ForeignKey(ReturnCheck, on_delete=models.PROTECT, related_name="losses")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    cents = models.PositiveIntegerField()
    reason = models.CharField(max_length=250)  # told to the buyer
    state = models.CharField(max_length=8, choices=PartRequestState, default=PartRequestState.ASKED)
    asked_by_id = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    asked_on = models.DateField()
    decided_by = models.CharField(max_length=160, blank=True)
    decided_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["ReturnLoss"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0) & ~Q(reason=""), name="return_loss_has_its_reason"),
            models.UniqueConstraint(
                fields=["check_in"], condition=~Q(state="refused"), name="return_loss_once_an_object"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", decided_on__isnull=True) | ~Q(state="asked") & Q(decided_on__isnull=False),
                name="return_loss_decided_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id
