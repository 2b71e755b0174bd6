"""What the operator pays to its suppliers by a file for its bank (pain.001): its own debts, never money of sellers."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger import perms
from rebond.ledger.enums import BatchState
from rebond.ledger.models.supplier import SupplierInvoice
from rebond.ledger.pain001 import in_fours
from rebond.network.models import Organisation


class PaymentBatchQuerySet(models.QuerySet["PaymentBatch"]):
    def visible_to(self, user: Any) -> "PaymentBatchQuerySet":
        return self.filter(perms.visible_batches(user))


class PaymentBatch(models.Model):
    """Invoices chosen by one person and granted by another: one file, made once, the same bytes whenever it is read."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=BatchState, default=BatchState.ASKED)
    execute_on = models.DateField()
    cents = models.PositiveBigIntegerField()
    number = models.PositiveIntegerField()
    holder = models.CharField(max_length=70)  # who pays, and from which account: as the file says
    iban = models.CharField(max_length=34)
    bic = models.CharField(max_length=11, blank=True)
    document = models.TextField(blank=True)
    asked_by_id = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField(default=timezone.now)
    decided_by = models.CharField(max_length=160, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # the file was downloaded: it may be at the bank since
    sent_by = models.CharField(max_length=160, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = PaymentBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0, number__gt=0), name="ledger_batch_of_something"),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "refused"]) | ~Q(document=""), name="ledger_batch_granted_has_its_file"
            ),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="ledger_batch_list")]

    def __str__(self) -> str:
        return self.reference

    @property
    def iban_shown(self) -> str:
        return in_fours(self.iban)

    @property
    def reference(self) -> str:
        """As the bank writes it."""
        return f"LOT{self.public_id.upper()}"


class SupplierPayment(models.Model):
    """One invoice in one file. `is_dropped`: the batch or the bank refused it, it may be chosen again."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="lines")
    invoice = models.ForeignKey(SupplierInvoice, on_delete=models.PROTECT, related_name="payments")
    cents = models.PositiveBigIntegerField()
    name = models.CharField(max_length=70)
    iban = models.CharField(max_length=34)
    text = models.CharField(max_length=140)
    is_dropped = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)
    paid_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["SupplierPayment"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["invoice"], condition=Q(is_dropped=False), name="ledger_invoice_paid_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_payment_of_something"),
            models.CheckConstraint(
                condition=Q(is_dropped=False) | Q(paid_on__isnull=True), name="ledger_payment_dropped_is_not_paid"
            ),
        ]

    def __str__(self) -> str:
        return str(self.invoice)

    @property
    def iban_shown(self) -> str:
        return in_fours(self.iban)

    @property
    def reference(self) -> str:
        """As the bank writes it."""
        return f"DEP{self.public_id.upper()}"
