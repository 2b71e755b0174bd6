"""What a person is for the organisation, from when to when."""

import datetime
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from rebond.core.ids import public_id
from rebond.people.enums import StatusKind
from rebond.people.models.person import Person


class StatusQuerySet(models.QuerySet["Status"]):
    def on(self, day: datetime.date) -> "StatusQuerySet":
        """Those held that day."""
        return self.filter(Q(ends_on=None) | Q(ends_on__gte=day), starts_on__lte=day)


class Status(models.Model):
    """Both days are included; no end where none is known. `is_exclusive`: no other such status on the same day."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="statuses", db_index=False)
    kind = models.CharField(max_length=13, choices=StatusKind)
    is_exclusive = models.BooleanField()
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects: ClassVar[StatusQuerySet] = StatusQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-starts_on", "-pk"]
        indexes = [models.Index(fields=["person", "starts_on"], name="status_of_person")]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="status_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["volunteer", "learner"], is_exclusive=False)
                | (~Q(kind__in=["volunteer", "learner"]) & Q(is_exclusive=True)),
                name="status_exclusive_by_kind",
            ),
            models.UniqueConstraint(fields=["person", "kind", "starts_on"], name="status_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person.first_name}, {self.get_kind_display()}"
