"""What happened, to what, by whom, for which organisation: append only, no foreign key."""

from typing import ClassVar

from django.db import models
from django.utils import timezone


class Fact(models.Model):
    """Actor, organisation and subject are (kind, public id) with the label that was printed then."""

    at = models.DateTimeField(default=timezone.now)
    is_day_only = models.BooleanField(default=False)  # the actor's status forbids hours: `at` is that day's midnight
    actor_id = models.CharField(max_length=40, blank=True)
    actor_label = models.CharField(max_length=160, blank=True)
    organisation_id = models.CharField(max_length=40, blank=True)
    organisation_label = models.CharField(max_length=200, blank=True)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=40)
    subject_label = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True


class Entry(Fact):
    """One action, with its stable dotted name; the sentence is made when read (rule 26)."""

    action = models.CharField(max_length=80)
    data = models.JSONField(default=dict, blank=True)

    objects: ClassVar[models.Manager["Entry"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "-at"], name="entry_subject"),
            models.Index(fields=["organisation_id", "-at"], name="entry_organisation"),
            models.Index(fields=["-at"], name="entry_at"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.subject_label}"


class Transition(Fact):
    """One move of a state: which verb, from where to where, why."""

    verb = models.CharField(max_length=60)
    from_state = models.CharField(max_length=40, blank=True)
    to_state = models.CharField(max_length=40)
    reason = models.CharField(max_length=500, blank=True)

    objects: ClassVar[models.Manager["Transition"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "-at"], name="transition_subject")]

    def __str__(self) -> str:
        return f"{self.subject_label}: {self.from_state} → {self.to_state}"
