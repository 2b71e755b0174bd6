"""News of somebody who left: when they are asked, and each thing that was said (decision 64)."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.insertion.enums import HowAsked, JobContract, Moment, Situation
from rebond.insertion.models.exit import Exit
from rebond.network.models import Organisation


class FollowUp(models.Model):
    """One of the four of an exit. `next_on` is when to ask next; once `closed_on` is written nothing is due.

    `situation` is what was said last ("" where nothing was).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    exit = models.ForeignKey(Exit, on_delete=models.CASCADE, related_name="follow_ups", db_index=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+", db_index=False)
    moment = models.CharField(max_length=7, choices=Moment)
    due_on = models.DateField()
    next_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)
    situation = models.CharField(max_length=11, choices=Situation, blank=True)

    objects: ClassVar[models.Manager["FollowUp"]] = models.Manager()

    class Meta:
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["organisation", "next_on", "id"], condition=Q(closed_on=None), name="news_by_urgency"),
        ]
        constraints = [models.UniqueConstraint(fields=["exit", "moment"], name="news_once_a_moment")]

    def __str__(self) -> str:
        return f"{self.exit.person.first_name}, {self.get_moment_display()}"


class FollowUpAnswer(models.Model):
    """What was said, or that nobody answered. It never changes: a correction is another one, and the last counts.

    `described_on` is the day whose situation it tells; `proof_id` a private file's public id, "" without.
    """

    follow_up = models.ForeignKey(FollowUp, on_delete=models.CASCADE, related_name="answers")
    situation = models.CharField(max_length=11, choices=Situation)
    contract = models.CharField(max_length=9, choices=JobContract, blank=True)
    described_on = models.DateField(null=True, blank=True)
    again_on = models.DateField(null=True, blank=True)
    how = models.CharField(max_length=7, choices=HowAsked)
    employer = EncryptedTextField(blank=True)
    note = EncryptedTextField(blank=True)
    proof_id = models.CharField(max_length=12, blank=True)
    said_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["FollowUpAnswer"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(situation="employed") | Q(contract=""), name="news_contract_of_a_job"),
            models.CheckConstraint(
                condition=Q(situation__in=["not_reached", "refused"]) | Q(described_on__isnull=False),
                name="news_describe_a_day",
            ),
        ]

    def __str__(self) -> str:
        return self.get_situation_display()
