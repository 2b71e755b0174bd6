"""What somebody's work shows of what they can do: days of steps, inferred and never judged (decision 59)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rebond.network.models import Organisation
from rebond.people.models import Person
from rebond.workshop.models import Station


class EvidenceDays(models.Model):
    """Up to which day the steps of an organisation were read for its people's logs: no day is read twice."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="evidence_days")
    until = models.DateField()

    objects: ClassVar[models.Manager["EvidenceDays"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.organisation}: {self.until}"


class Evidence(models.Model):
    """One person, one finished day, one kind of step at one station. Append only, in both databases (`guards.py`).

    `done` are the steps; of them, `learning` were done before the kind was noted as known (the learner's mode) and
    `together` with a partner. `universes` are keys of the catalogue. What others found when they read a listing is
    written on the day of their reading: `accepted` as it was, `corrected` by the reader, `returned` to its author.
    No hour, no pace, no sum over people (rules.md B9, F8).
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="evidence", db_index=False)
    day = models.DateField()
    kind = models.CharField(max_length=40)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    done = models.PositiveIntegerField(default=0)
    learning = models.PositiveIntegerField(default=0)
    together = models.PositiveIntegerField(default=0)
    accepted = models.PositiveIntegerField(default=0)
    corrected = models.PositiveIntegerField(default=0)
    returned = models.PositiveIntegerField(default=0)
    universes = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager["Evidence"]] = models.Manager()

    class Meta:
        ordering = ["-day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "day", "kind", "station"], name="evidence_once"),
            models.UniqueConstraint(
                fields=["person", "day", "kind"], condition=Q(station=None), name="evidence_once_without_station"
            ),
            models.CheckConstraint(
                condition=Q(learning__lte=F("done")) & Q(together__lte=F("done")), name="evidence_parts_of_done"
            ),
            models.CheckConstraint(
                condition=Q(done__gt=0) | Q(accepted__gt=0) | Q(corrected__gt=0) | Q(returned__gt=0),
                name="evidence_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person.first_name}, {self.kind}, {self.day}"
