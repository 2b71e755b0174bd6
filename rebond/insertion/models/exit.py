"""Why people leave, and their exits: what is true now, and each version of it (decision 64)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.insertion.enums import Counting, ExitCategory, StructureKind
from rebond.network.models import Organisation
from rebond.people.models import Person, Status


class ExitReason(models.Model):
    """One reason on some days (both included). A change is another row of the same code: a row says what it said."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    code = models.SlugField(max_length=40, db_index=False)
    category = models.CharField(max_length=10, choices=ExitCategory)
    label = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["ExitReason"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="exit_reason_once_a_day"),
            models.UniqueConstraint(fields=["code"], condition=Q(valid_to=None), name="exit_reason_open_once"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="exit_reason_in_order"
            ),
            models.CheckConstraint(
                condition=Q(category__in=ExitCategory.values) & ~Q(label=""), name="exit_reason_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Leaving(models.Model):
    """What is said of an exit. `category` and `words` are the reason's on the day it was written."""

    left_on = models.DateField()
    reason = models.ForeignKey(ExitReason, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=10, choices=ExitCategory)
    words = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=StructureKind, blank=True)  # "": no insertion contract
    hours_in_year = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    hours_in_all = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    employer = EncryptedTextField(blank=True)
    note = EncryptedTextField(blank=True)

    class Meta:
        abstract = True


class Exit(Leaving):
    """As it is told now. `status_ended_on` is the end that the status had before, put back where it is cancelled.

    `first_on` and `days` are of all stays with the structure since the exit before: `counting` hangs on them.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="exits")
    status = models.ForeignKey(Status, on_delete=models.CASCADE, related_name="exits", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    status_ended_on = models.DateField(null=True, blank=True)
    first_on = models.DateField()
    days = models.PositiveIntegerField()
    counting = models.CharField(max_length=12, choices=Counting)
    version = models.PositiveIntegerField(default=1)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Exit"]] = models.Manager()

    class Meta:
        ordering = ["-left_on", "-pk"]
        indexes = [
            models.Index(
                fields=["organisation", "-left_on", "-id"], condition=Q(cancelled_at=None), name="exits_by_day"
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["status"], condition=Q(cancelled_at=None), name="exit_once_for_a_status"),
            models.CheckConstraint(condition=Q(left_on__gte=F("first_on"), days__gte=1), name="exit_in_order"),
        ]

    def __str__(self) -> str:
        return self.person.first_name


class ExitVersion(Leaving):
    """One of the things that were said, the first one included, with why it was corrected. It never changes."""

    exit = models.ForeignKey(Exit, on_delete=models.CASCADE, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    why = EncryptedTextField(blank=True)
    written_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["ExitVersion"]] = models.Manager()

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["exit", "number"], name="exit_version_once")]

    def __str__(self) -> str:
        return str(self.number)
