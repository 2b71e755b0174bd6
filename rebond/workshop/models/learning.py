"""What a scan stopped while somebody learns: for one day, so that a mentor knows what to show."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from rebond.workshop.models.worker import Worker


class Caught(models.Model):
    """Today a scan stopped this (`code` of a `learning.Lesson`) at work of `kind` that `worker` learns.

    One row however often it happened, without an hour and without the object: it says what to show, it cannot be
    counted or compared (rules.md B9, F8). The person reads it; it is erased the next day and goes into no journal.
    """

    worker = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="caught")
    kind = models.CharField(max_length=40)
    code = models.CharField(max_length=20)
    day = models.DateField(default=timezone.localdate, db_index=True)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["kind", "code"]
        constraints = [models.UniqueConstraint(fields=["worker", "day", "kind", "code"], name="caught_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.code}"
