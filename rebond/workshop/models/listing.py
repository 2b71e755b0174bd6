"""What a reviewer changed in somebody's listing, for the writer to read."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.workshop.models.task import Subject
from rebond.workshop.models.worker import Worker


class ReviewNote(Subject):
    """The words of before and after, until the writer has read them: then it is deleted (rules.md F8: no file of
    mistakes). The changes themselves stay in the object's own history.

    `changes` are {field, old, new}: `field` is a column of the item, old and new are its words.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    writer = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="review_notes")
    reviewer = models.ForeignKey(Worker, on_delete=models.CASCADE, related_name="+")
    changes = models.JSONField(default=list)
    day = models.DateField(default=timezone.localdate)

    objects: ClassVar[models.Manager[Any]] = models.Manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.subject_label
