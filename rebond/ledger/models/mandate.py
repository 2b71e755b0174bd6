"""What lets an operator make a seller's invoices, and how the seller contests one (rules.md F7)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.models import Organisation


class InvoiceMandate(models.Model):
    """Accepted by a manager of the seller, with the very words that were shown (`text`); ended, never deleted."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="invoice_mandates")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveSmallIntegerField()
    text = models.TextField()
    contest_days = models.PositiveSmallIntegerField()
    accepted_at = models.DateTimeField(default=timezone.now)
    accepted_by_id = models.CharField(max_length=40, blank=True)
    accepted_by = models.CharField(max_length=160)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=160, blank=True)

    objects: ClassVar[models.Manager["InvoiceMandate"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "operator"], condition=Q(ended_at__isnull=True), name="ledger_mandate_one_in_force"
            ),
            models.CheckConstraint(condition=~Q(seller=F("operator")) & ~Q(text=""), name="ledger_mandate_between_two"),
        ]

    def __str__(self) -> str:
        return f"{self.seller} → {self.operator}"
