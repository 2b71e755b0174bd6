"""A day as the provider lists it, beside the same day here: what differs is a gap, for a person to look at."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rebond.core.ids import public_id
from rebond.shop import perms
from rebond.shop.enums import GapKind, MovementKind


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def visible_to(self, user: Any) -> "ReconciliationQuerySet":
        return self.filter(perms.visible_reconciliations(user))


class Reconciliation(models.Model):
    """One day with one provider; done again, it is the same row. Sums are those of the provider's list."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    provider = models.CharField(max_length=20)
    day = models.DateField()
    ran_at = models.DateTimeField(default=timezone.now)
    paid = models.PositiveIntegerField(default=0)  # payments of the provider's list
    paid_cents = models.PositiveBigIntegerField(default=0)
    refunded = models.PositiveIntegerField(default=0)
    refunded_cents = models.PositiveBigIntegerField(default=0)
    payouts = models.PositiveIntegerField(default=0)
    payouts_cents = models.PositiveBigIntegerField(default=0)
    reversals = models.PositiveIntegerField(default=0)  # taken back from sellers' accounts
    reversals_cents = models.PositiveBigIntegerField(default=0)
    disputes = models.PositiveIntegerField(default=0)  # taken by banks; what they gave back is counted beside
    disputes_cents = models.PositiveBigIntegerField(default=0)
    reinstated = models.PositiveIntegerField(default=0)
    reinstated_cents = models.PositiveBigIntegerField(default=0)
    fee_cents = models.PositiveBigIntegerField(default=0)
    others = models.PositiveIntegerField(default=0)  # what the provider lists and the books do not follow
    open_gaps = models.PositiveIntegerField(default=0)  # those that nothing mended

    objects: ClassVar[Any] = ReconciliationQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "day"], name="reconciliation_once_a_day")]
        indexes = [models.Index(fields=["-day", "-id"], name="reconciliation_day")]

    def __str__(self) -> str:
        return f"{self.provider} {self.day}"

    @property
    def provider_name(self) -> Any:
        """As people call it: the trial's short name says nothing to them."""
        return {"test": _("the trial payments"), "stripe": "Stripe"}.get(self.provider, self.provider)


class ReconciliationGap(models.Model):
    """One difference. Cents are empty on the side that knows nothing of it; `is_mended`: what was lost is applied."""

    reconciliation = models.ForeignKey(Reconciliation, on_delete=models.CASCADE, related_name="gaps")
    kind = models.CharField(max_length=14, choices=GapKind)
    what = models.CharField(max_length=10, choices=MovementKind)
    reference = models.CharField(max_length=40, blank=True)
    provider_id = models.CharField(max_length=120, blank=True)
    here_cents = models.PositiveBigIntegerField(null=True, blank=True)
    there_cents = models.PositiveBigIntegerField(null=True, blank=True)
    is_mended = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["ReconciliationGap"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["reconciliation", "is_mended", "id"], name="reconciliation_gap_list")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.reference or self.provider_id}"
