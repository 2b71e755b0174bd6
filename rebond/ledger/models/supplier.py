"""Invoices that an organisation received from its suppliers, as machines read them."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.storage import private_storage
from rebond.ledger import perms
from rebond.network.models import Organisation


def _supplier_path(row: "SupplierInvoice", filename: str) -> str:
    """Named by its public identifier: no name of a supplier on the disk."""
    return f"suppliers/{row.public_id[:2]}/{row.public_id}"


class SupplierInvoiceQuerySet(models.QuerySet["SupplierInvoice"]):
    def visible_to(self, user: Any) -> "SupplierInvoiceQuerySet":
        return self.filter(perms.visible_supplier_invoices(user))


class SupplierInvoice(models.Model):
    """The file as it came, and what it says (`ledger.received.Received`); the columns are for the list."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    file = models.FileField(storage=private_storage, upload_to=_supplier_path)
    name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    number = models.CharField(max_length=80)
    issued_on = models.DateField(null=True, blank=True)
    supplier = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=18, decimal_places=2)
    is_credit_note = models.BooleanField(default=False)
    adds_up = models.BooleanField()
    data: Any = models.JSONField()
    added_at = models.DateTimeField(default=timezone.now)
    added_by = models.CharField(max_length=160)

    objects: ClassVar[Any] = SupplierInvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "sha256"], name="ledger_supplier_file_once"),
        ]
        indexes = [models.Index(fields=["organisation", "-id"], name="ledger_supplier_list")]

    def __str__(self) -> str:
        return f"{self.supplier} {self.number}"
