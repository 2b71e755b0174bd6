"""Invoices and credit notes: numbered without a gap, written once, never changed (guards.py)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.storage import private_storage
from rebond.ledger import perms
from rebond.ledger.enums import InvoiceKind, PaidBy
from rebond.ledger.invoicing import Document, document_from
from rebond.ledger.models.entry import Entry
from rebond.ledger.models.mandate import InvoiceMandate
from rebond.ledger.models.sale import Sale
from rebond.ledger.models.service import BilledService
from rebond.network.enums import VatRegime
from rebond.network.models import Organisation


class BilledSale(models.Model):
    """What the shop told of the buyer of a sale, until its invoice is made and after: `words` by key of line.

    `held` says why no invoice is made yet: keys of `enums.InvoiceHeld`.
    """

    sale = models.OneToOneField(Sale, on_delete=models.PROTECT, primary_key=True, related_name="billing")
    buyer: Any = models.JSONField(default=dict)
    delivery: Any = models.JSONField(default=dict, blank=True)
    words: Any = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=5, default="fr")
    means = models.CharField(max_length=10, choices=PaidBy, default=PaidBy.ONLINE)
    is_invoiced = models.BooleanField(default=False)
    held: Any = models.JSONField(default=list, blank=True)
    erased_on = models.DateField(null=True, blank=True)  # the buyer's name and addresses went, ten years later

    objects: ClassVar[models.Manager["BilledSale"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["sale"], condition=Q(is_invoiced=False), name="ledger_billed_waiting"),
            models.Index(fields=["sale"], condition=Q(erased_on__isnull=True), name="ledger_billed_named"),
        ]

    def __str__(self) -> str:
        return str(self.sale)


class InvoiceSeries(models.Model):
    """The numbers of one seller in one year. Its row is held from the number to the invoice: one transaction."""

    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)
    last_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["InvoiceSeries"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "year"], name="ledger_series_once")]

    def __str__(self) -> str:
        return f"{self.seller} {self.year}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def visible_to(self, user: Any) -> "InvoiceQuerySet":
        return self.filter(perms.visible_invoices(user))


class Invoice(models.Model):
    """`data` is all that is printed (`ledger.invoicing.Document`); the columns are for lists and sums.

    It is of a sale, or of a service that the operator bills. `entry` is theirs, or the one of what a credit note
    follows; none where an invoice is corrected (its credit note, and the invoice that `replaces` it). Invoices and
    credit notes share the seller's numbers.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=12, choices=InvoiceKind)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    mandate = models.ForeignKey(InvoiceMandate, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=30)
    issued_on = models.DateField()
    issued_at = models.DateTimeField(default=timezone.now)
    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices")
    service = models.ForeignKey(BilledService, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices")
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, null=True, blank=True, related_name="invoice")
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes")
    replaces = models.OneToOneField("self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by")
    order_id = models.CharField(max_length=40)
    buyer_name = models.CharField(max_length=200)
    regime = models.CharField(max_length=16, choices=VatRegime)
    net_cents = models.PositiveBigIntegerField()
    vat_cents = models.PositiveBigIntegerField()
    total_cents = models.PositiveBigIntegerField()
    data: Any = models.JSONField()

    objects: ClassVar[Any] = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["seller", "year", "sequence"], name="ledger_invoice_sequence_once"),
            models.UniqueConstraint(fields=["number"], name="ledger_invoice_number_once"),
            models.CheckConstraint(
                condition=Q(total_cents__gt=0, total_cents=F("net_cents") + F("vat_cents")),
                name="ledger_invoice_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(kind="invoice", corrects__isnull=True) | Q(kind="credit_note", corrects__isnull=False),
                name="ledger_credit_note_corrects",
            ),
            models.CheckConstraint(
                condition=Q(mandate__isnull=False) | Q(seller=F("operator")), name="ledger_invoice_has_mandate"
            ),
            models.CheckConstraint(condition=Q(sequence__gt=0), name="ledger_invoice_counts_from_one"),
            models.CheckConstraint(
                condition=Q(sale__isnull=False, service__isnull=True)
                | Q(sale__isnull=True, service__isnull=False, seller=F("operator")),
                name="ledger_invoice_of_one",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="ledger_invoice_seller"),
            models.Index(fields=["operator", "-id"], name="ledger_invoice_operator"),
            models.Index(fields=["seller", "issued_on"], name="ledger_invoice_day"),
            models.Index(fields=["operator", "issued_on"], name="ledger_invoice_op_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def document(self) -> Document:
        return document_from(self.data)

    @property
    def is_credit_note(self) -> bool:
        return self.kind == InvoiceKind.CREDIT_NOTE

    @property
    def signed_cents(self) -> int:
        return -self.total_cents if self.is_credit_note else self.total_cents


class InvoiceTax(models.Model):
    """What one rate is of an invoice, for sums over a period (e-reporting, rules.md F7)."""

    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="taxes")
    category = models.CharField(max_length=2)
    vat_bp = models.PositiveIntegerField()
    net_cents = models.PositiveBigIntegerField()
    vat_cents = models.PositiveBigIntegerField()

    objects: ClassVar[models.Manager["InvoiceTax"]] = models.Manager()

    class Meta:
        ordering = ["-vat_bp"]
        constraints = [models.UniqueConstraint(fields=["invoice", "vat_bp"], name="ledger_tax_once")]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.vat_bp}"


class InvoiceRest(models.Model):
    """What credit notes have given back of an invoice: never more than it. Its row is locked by each of them."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, primary_key=True, related_name="rest")
    total_cents = models.PositiveBigIntegerField()
    credited_cents = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[models.Manager["InvoiceRest"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(credited_cents__lte=F("total_cents")), name="ledger_credit_not_exceeded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice}: {self.total_cents - self.credited_cents}"


def _invoice_path(file: "InvoiceFile", filename: str) -> str:
    return f"invoices/{file.invoice.year}/{file.invoice.public_id[:2]}/{file.invoice.public_id}.pdf"


class InvoiceFile(models.Model):
    """The paper, drawn when it is first asked for and the same bytes ever after (`sha256`)."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, primary_key=True, related_name="file")
    file = models.FileField(storage=private_storage, upload_to=_invoice_path)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    made_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["InvoiceFile"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.invoice)


class InvoiceContest(models.Model):
    """A seller says within the mandate's delay what is wrong with its invoice; the treasurer answers, once."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, primary_key=True, related_name="contest")
    reason = models.CharField(max_length=500)
    at = models.DateTimeField(default=timezone.now)
    by_id = models.CharField(max_length=40, blank=True)
    by = models.CharField(max_length=160)
    is_upheld = models.BooleanField(null=True, blank=True)
    answer = models.CharField(max_length=500, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=160, blank=True)

    objects: ClassVar[models.Manager["InvoiceContest"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(is_upheld__isnull=True, answered_at__isnull=True)
                | Q(is_upheld__isnull=False, answered_at__isnull=False) & ~Q(answer=""),
                name="ledger_contest_answered_with_words",
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(answered_at__isnull=True), name="ledger_contest_open"),
        ]

    def __str__(self) -> str:
        return str(self.invoice)
