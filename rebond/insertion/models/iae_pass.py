"""The PASS IAE of a person, and what moved its end. Its end and its state are told by the dates (decision 51)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.insertion.enums import StructureKind, SuspensionReason
from rebond.people.models import Person


class Pass(models.Model):
    """As the official service gave it: its number and its start are copied, never made here."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="passes", db_index=False)
    number = models.CharField(max_length=12)
    kind = models.CharField(max_length=4, choices=StructureKind)  # of the structure: some reasons depend on it
    starts_on = models.DateField()
    entered_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["Pass"]] = models.Manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [models.UniqueConstraint(fields=["person", "number"], name="pass_once")]

    def __str__(self) -> str:
        return self.person.first_name

    @property
    def shown_number(self) -> str:
        """`99999 12 34567`, as it is printed."""
        return f"{self.number[:5]} {self.number[5:7]} {self.number[7:]}"


class PassSuspension(models.Model):
    """Both days are suspended."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    iae_pass = models.ForeignKey(Pass, on_delete=models.CASCADE, related_name="suspensions")
    reason = models.CharField(max_length=20, choices=SuspensionReason)
    starts_on = models.DateField()
    ends_on = models.DateField()

    objects: ClassVar[models.Manager["PassSuspension"]] = models.Manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="pass_suspension_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class PassProlongation(models.Model):
    """The reason may tell of health (RQTH): it is sealed."""

    iae_pass = models.ForeignKey(Pass, on_delete=models.CASCADE, related_name="prolongations")
    reason = EncryptedTextField()
    days = models.PositiveIntegerField()
    prescriber = EncryptedTextField(blank=True)  # whose opinion was asked
    decided_on = models.DateField()

    objects: ClassVar[models.Manager["PassProlongation"]] = models.Manager()

    class Meta:
        ordering = ["decided_on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(days__gte=1), name="pass_prolonged_by_days")]

    def __str__(self) -> str:
        return str(self.days)
