"""What a person says is wrong in their file (GDPR art. 16), and what became of it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.people.enums import CorrectionState
from rebond.people.models.person import Person


class Correction(models.Model):
    """One request, answered within a month (`due_on`, GDPR art. 12(3)); words of both sides are sealed."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="corrections", db_index=False)
    state = models.CharField(max_length=9, choices=CorrectionState, default=CorrectionState.ASKED)
    words = EncryptedTextField()
    answer = EncryptedTextField(blank=True)
    asked_on = models.DateField()
    due_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Correction"]] = models.Manager()

    class Meta:
        ordering = ["-asked_on", "-pk"]
        indexes = [models.Index(fields=["person", "-asked_on", "-id"], name="correction_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="asked", answered_on=None) | ~Q(state="asked") & Q(answered_on__isnull=False),
                name="correction_answered_has_its_day",
            )
        ]

    def __str__(self) -> str:
        return self.person.first_name

    @property
    def is_open(self) -> bool:
        return self.state == CorrectionState.ASKED
