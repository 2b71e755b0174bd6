"""What helps to accompany a person, and whom to call: all of it sealed."""

import datetime
from typing import ClassVar

from django.db import models

from rebond.core.sealed import EncryptedTextField
from rebond.people.models.person import Person
from rebond.people.needs import POINTS, NeedKind


class Need(models.Model):
    """What was noted of one kind; a person has one row of each at most, and none where nothing is to be known.

    `points` are codes of `needs.POINTS`, with commas; `review_on` is the day on which it is looked at again.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="needs", db_index=False)
    kind = models.CharField(max_length=10, choices=NeedKind)
    points = EncryptedTextField(blank=True)
    words = EncryptedTextField(blank=True)
    noted_on = models.DateField()
    review_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Need"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "kind"], name="need_once_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.person.first_name}, {self.get_kind_display()}"

    @property
    def codes(self) -> list[str]:
        return [code for code in self.points.split(",") if code in POINTS.get(self.kind, {})]

    @property
    def labels(self) -> list[str]:
        """In the reader's language."""
        return [str(POINTS[self.kind][code]) for code in self.codes]

    def is_old(self, today: datetime.date) -> bool:
        return self.review_on is not None and self.review_on < today


class TrustedContact(models.Model):
    """Whom the person wants to be called when something happens; they choose them, and take them away."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="trusted")
    name = EncryptedTextField()
    link = EncryptedTextField(blank=True)  # sister, neighbour, social worker
    phone = EncryptedTextField()
    noted_on = models.DateField()

    objects: ClassVar[models.Manager["TrustedContact"]] = models.Manager()

    def __str__(self) -> str:
        return self.person.first_name
