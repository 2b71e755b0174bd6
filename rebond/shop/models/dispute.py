"""A payment that the buyer's bank contests: what it took, from whose sale, until when to answer, what was answered."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.journal.models import StoredFile
from rebond.shop import perms
from rebond.shop.models.order import SellerOrder
from rebond.shop.models.payment import Payment
from rebond.shop.money_enums import (
    OPEN_ANSWERS,
    OPEN_DISPUTES,
    DisputeAnswerState,
    DisputeChoice,
    DisputeMoney,
    DisputeState,
    ProofKind,
)


class DisputeQuerySet(models.QuerySet["Dispute"]):
    def visible_to(self, user: Any) -> "DisputeQuerySet":
        return self.filter(perms.visible_reconciliations(user))

    def open(self) -> "DisputeQuerySet":
        return self.filter(state__in=sorted(OPEN_DISPUTES))


class Dispute(models.Model):
    """`money` says where it is; `excess_cents` of it fits no sale (given back before the bank took it).

    `told_at` is the provider's hour of the state that is here: an older message changes nothing of it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    provider = models.CharField(max_length=20)
    provider_id = models.CharField(max_length=80)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.TO_ANSWER)
    money = models.CharField(max_length=6, choices=DisputeMoney, default=DisputeMoney.KEPT)
    reason = models.CharField(max_length=60, blank=True)  # the bank's word
    cents = models.PositiveIntegerField()
    excess_cents = models.PositiveIntegerField(default=0)
    fee_cents = models.PositiveIntegerField(default=0)  # what the provider takes for it
    due_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[Any] = DisputeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["provider", "provider_id"], name="dispute_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="dispute_of_something"),
            models.CheckConstraint(condition=Q(excess_cents__lte=models.F("cents")), name="dispute_excess_lte_cents"),
            models.CheckConstraint(
                condition=Q(state__in=sorted(OPEN_DISPUTES), closed_at__isnull=True)
                | ~Q(state__in=sorted(OPEN_DISPUTES)) & Q(closed_at__isnull=False),
                name="dispute_closed_has_its_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="dispute_state"),
            models.Index(fields=["money", "-id"], name="dispute_money"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_DISPUTES


class DisputeShare(models.Model):
    """What the bank took of one seller's part: the books hold it until the bank decides."""

    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="shares")
    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="disputes")
    cents = models.PositiveIntegerField()

    objects: ClassVar[models.Manager["DisputeShare"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute", "part"], name="dispute_share_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="dispute_share_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute}: {self.cents}"


class DisputeAnswer(models.Model):
    """What one person prepared for the bank, and another one sent. One at a time; `operation` is the form's own."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="answers")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    choice = models.CharField(max_length=6, choices=DisputeChoice)
    text = models.TextField(max_length=20_000, blank=True)
    state = models.CharField(max_length=8, choices=DisputeAnswerState, default=DisputeAnswerState.ASKED)
    asked_by_id = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=160, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)  # why it was refused

    objects: ClassVar[models.Manager["DisputeAnswer"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["dispute"], condition=Q(state__in=sorted(OPEN_ANSWERS)), name="dispute_answer_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="dispute_answer_sent_has_its_hour",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute} {self.choice}"


class DisputeProof(models.Model):
    """A private file of an answer; `provider_file` is the provider's name of it once it was sent."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    answer = models.ForeignKey(DisputeAnswer, on_delete=models.PROTECT, related_name="proofs")
    kind = models.CharField(max_length=10, choices=ProofKind)
    stored = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    provider_file = models.CharField(max_length=80, blank=True)

    objects: ClassVar[models.Manager["DisputeProof"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["answer", "kind"], name="dispute_proof_once_a_kind")]

    def __str__(self) -> str:
        return self.stored.name
