"""What is paid out to a seller, one at a time; when; and what holds it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger import perms
from rebond.ledger.enums import OPEN_PAYOUTS, PayoutState
from rebond.ledger.models.account import Account
from rebond.network.models import Agreement


class PayoutQuerySet(models.QuerySet["Payout"]):
    def visible_to(self, user: Any) -> "PayoutQuerySet":
        return self.filter(perms.visible_accounts(user, "account__"))

    def open(self) -> "PayoutQuerySet":
        return self.filter(state__in=OPEN_PAYOUTS)


class Payout(models.Model):
    """Money that the provider sends to a seller. The books move when it is sent, and again when it arrives or not.

    `public_id` is the key told to the provider: asked again, it pays once. `reference` is the provider's own.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="payouts")
    cents = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=PayoutState, default=PayoutState.ASKED)
    needs_two = models.BooleanField(default=True)  # somebody else than who asked grants it
    asked_on = models.DateField()
    asked_by_id = models.CharField(max_length=40, blank=True)
    asked_by = models.CharField(max_length=160, blank=True)
    granted_by_id = models.CharField(max_length=40, blank=True)
    granted_by = models.CharField(max_length=160, blank=True)
    reason = models.CharField(max_length=300, blank=True)  # why it was refused, or came back
    reference = models.CharField(max_length=80, blank=True)
    ended_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = PayoutQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(state__in=sorted(OPEN_PAYOUTS)), name="ledger_payout_one_at_a_time"
            ),
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_payout_not_zero"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="ledger_payout_state")]

    def __str__(self) -> str:
        return str(self.account.owner)


class PayoutTerms(models.Model):
    """When an agreement's seller is paid: days of the month, the least amount. Without a row, the usual terms."""

    agreement = models.OneToOneField(Agreement, on_delete=models.CASCADE, related_name="payout_terms")
    days = models.JSONField(default=list)  # days of the month, from 1 to 28
    extra_days = models.PositiveSmallIntegerField(default=0)  # waited for after the withdrawal delay
    min_cents = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["PayoutTerms"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.agreement}: {self.days}"


class PayoutHold(models.Model):
    """Nothing is paid out to this account until it is lifted; its reason is told to the seller."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="holds")
    reason = models.CharField(max_length=300)
    placed_by = models.CharField(max_length=160)
    placed_on = models.DateField(default=timezone.localdate)
    lifted_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["PayoutHold"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(lifted_on__isnull=True), name="ledger_hold_once")
        ]

    def __str__(self) -> str:
        return self.reason
