"""A seller's own account at the provider, and what was sent there on its way to the seller's bank."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger.models import Payout
from rebond.network.models import Organisation
from rebond.shop.money_enums import ReversalState, TransferState


class SellerAccount(models.Model):
    """A mirror of what the provider says of it; `missing` are the provider's own words of what it still asks."""

    organisation = models.OneToOneField(Organisation, on_delete=models.PROTECT, related_name="provider_account")
    provider = models.CharField(max_length=20)
    account_id = models.CharField(max_length=80, unique=True)
    is_complete = models.BooleanField(default=False)  # all that was asked was given
    may_be_paid = models.BooleanField(default=False)
    missing = models.JSONField(default=list)
    missing_by = models.DateTimeField(null=True, blank=True)  # after it, payouts stop
    refused_for = models.CharField(max_length=80, blank=True)  # the provider's word, where it closed the account
    told_at = models.DateTimeField(default=timezone.now)  # the provider's hour of what is here

    objects: ClassVar[models.Manager["SellerAccount"]] = models.Manager()

    def __str__(self) -> str:
        return self.account_id


class ProviderTransfer(models.Model):
    """One payout's way: from the operator's account at the provider to the seller's, then from there to its bank.

    `reversed_cents`: what came back of it, whole where the bank's part failed, or in part (`TransferReversal`).
    """

    payout = models.OneToOneField(Payout, on_delete=models.PROTECT, related_name="at_provider")
    transfer_id = models.CharField(max_length=80, unique=True)
    account_id = models.CharField(max_length=80)
    cents = models.PositiveBigIntegerField()
    reversed_cents = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=9, choices=TransferState, default=TransferState.MADE)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["ProviderTransfer"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(reversed_cents__lte=F("cents")), name="transfer_reversed_lte_cents"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="transfer_state")]

    def __str__(self) -> str:
        return self.transfer_id

    @property
    def left_cents(self) -> int:
        return self.cents - self.reversed_cents


class TransferReversal(models.Model):
    """What a seller owes after refunds, taken back from its account at the provider. `public_id` is the key there."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    transfer = models.ForeignKey(ProviderTransfer, on_delete=models.PROTECT, related_name="reversals")
    cents = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=ReversalState, default=ReversalState.ASKED)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["TransferReversal"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="reversal_of_something"),
            models.UniqueConstraint(fields=["transfer"], condition=Q(state="asked"), name="reversal_one_at_a_time"),
        ]
        indexes = [models.Index(fields=["state", "id"], name="reversal_state")]

    def __str__(self) -> str:
        return f"{self.transfer}: {self.cents}"
