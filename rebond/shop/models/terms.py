"""General terms of sale of a seller, or of the operator: a draft, then versions that nobody changes."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation


class TermsDraft(models.Model):
    """What is being written; `version` tells two people at once."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="terms_draft")
    text = models.TextField()
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)
    updated_by = models.CharField(max_length=160, blank=True)

    objects: ClassVar[models.Manager["TermsDraft"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.organisation}, draft"


class TermsVersion(models.Model):
    """Published: both databases refuse that it changes or goes (`shop.guards`). `number` counts from 1."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField()
    text = models.TextField()
    note = models.CharField(max_length=200, blank=True)  # what changes, in its author's words
    published_at = models.DateTimeField(default=timezone.now)
    published_by_id = models.CharField(max_length=40, blank=True)
    published_by = models.CharField(max_length=160)

    objects: ClassVar[models.Manager["TermsVersion"]] = models.Manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "number"], name="terms_number_once"),
            models.CheckConstraint(condition=Q(number__gt=0) & ~Q(text=""), name="terms_say_something"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.number}"

    @property
    def plain(self) -> str:
        """As a mail shows it: a heading is a line of its own, without its mark."""
        return "\n".join(line.removeprefix("# ") for line in self.text.splitlines())
