"""What was sold, what was taken from it, what was given back: the frozen lines of the books."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from rebond.core.ids import public_id
from rebond.ledger.enums import Base, Part, SaleKind
from rebond.ledger.models.account import Account
from rebond.ledger.models.entry import Entry
from rebond.ledger.models.rule import FeeRule
from rebond.network.models import Agreement, Organisation


class Sale(models.Model):
    """One seller's part of a paid order. What is refunded and disputed together never passes the total.

    `voucher_cents` of the total were paid by the operator (decision 35): only the rest may go back to the buyer.
    `payable_on`: the first day on which its money may be paid out (None: nobody has said yet).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=60)
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="sale")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=12, choices=SaleKind)
    on = models.DateField()
    total_cents = models.PositiveBigIntegerField()
    refunded_cents = models.PositiveBigIntegerField(default=0)
    disputed_cents = models.PositiveBigIntegerField(default=0)
    gift_cents = models.PositiveBigIntegerField(default=0)  # of the total, paid with gift cards
    gift_refunded_cents = models.PositiveBigIntegerField(default=0)
    issuer = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    voucher_cents = models.PositiveBigIntegerField(default=0)
    voucher_refunded_cents = models.PositiveBigIntegerField(default=0)
    payable_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["Sale"]] = models.Manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_sale_once"),
            models.CheckConstraint(
                condition=Q(total_cents__gte=F("refunded_cents") + F("disputed_cents")), name="ledger_sale_not_exceeded"
            ),
            models.CheckConstraint(
                condition=Q(gift_cents__lte=F("total_cents")) & Q(gift_refunded_cents__lte=F("gift_cents")),
                name="ledger_sale_gift_not_exceeded",
            ),
            models.CheckConstraint(
                condition=Q(voucher_refunded_cents__lte=F("voucher_cents"))
                & Q(
                    total_cents__gte=F("voucher_cents")
                    - F("voucher_refunded_cents")
                    + F("refunded_cents")
                    + F("disputed_cents")
                ),
                name="ledger_sale_voucher_not_exceeded",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "seller", "payable_on"], name="ledger_sale_payable"),
            models.Index(fields=["operator", "payable_on"], name="ledger_sale_due"),
            models.Index(fields=["operator"], condition=Q(disputed_cents__gt=0), name="ledger_sale_disputed"),
            models.Index(fields=["operator", "on"], name="ledger_sale_day"),
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def left_cents(self) -> int:
        """What may still be refunded to the buyer, or disputed: of what the buyer paid."""
        bought = self.total_cents - self.refunded_cents - self.disputed_cents
        return bought - (self.voucher_cents - self.voucher_refunded_cents)

    @property
    def provider_left_cents(self) -> int:
        """Of that, what no gift card paid: a bank takes no more, and refunds go back on the card first."""
        return self.left_cents - (self.gift_cents - self.gift_refunded_cents)

    @property
    def buyer_cents(self) -> int:
        """What the buyer paid of it, by any means."""
        return self.total_cents - self.voucher_cents


class SaleLine(models.Model):
    """One object, or the shipping (`is_shipping`); what is refunded of it never passes its price.

    The operator paid `voucher_cents` of it, and has `voucher_refunded_cents` of `refunded_cents` back.
    """

    sale = models.ForeignKey(Sale, on_delete=models.PROTECT, related_name="lines")
    number = models.PositiveSmallIntegerField()
    key = models.CharField(max_length=60)
    label = models.CharField(max_length=200, blank=True)
    category = models.CharField(max_length=200, blank=True)
    is_shipping = models.BooleanField(default=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")  # who has the price
    cents = models.PositiveBigIntegerField()
    refunded_cents = models.PositiveBigIntegerField(default=0)
    voucher_cents = models.PositiveBigIntegerField(default=0)
    voucher_refunded_cents = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[models.Manager["SaleLine"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sale", "key"], name="ledger_line_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_line_not_zero"),
            models.CheckConstraint(condition=Q(refunded_cents__lte=F("cents")), name="ledger_line_not_exceeded"),
            models.CheckConstraint(
                condition=Q(voucher_cents__lt=F("cents"))
                & Q(voucher_refunded_cents__lte=F("voucher_cents"))
                & Q(voucher_refunded_cents__lte=F("refunded_cents")),
                name="ledger_line_voucher_not_exceeded",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.key

    @property
    def part(self) -> str:
        return Part.SHIPPING if self.is_shipping else Part.GOODS

    @property
    def buyer_cents(self) -> int:
        """What the buyer paid of it."""
        return self.cents - self.voucher_cents

    @property
    def buyer_back_cents(self) -> int:
        """What the buyer has back of that."""
        return self.refunded_cents - self.voucher_refunded_cents

    @property
    def buyer_left_cents(self) -> int:
        return self.buyer_cents - self.buyer_back_cents


class FeeLine(models.Model):
    """Frozen: what one rule took from one line. `cents` is taken from the seller, `vat_cents` of it is VAT.

    `base_cents` is the line's price; `fixed_cents` its part of the rule's fixed amount, floor or cap (what is not
    the rate). `rule` is empty where the terms are the agreement's own.
    """

    line = models.ForeignKey(SaleLine, on_delete=models.PROTECT, related_name="fees")
    number = models.PositiveSmallIntegerField()
    part = models.CharField(max_length=12, choices=Part)
    rule = models.ForeignKey(FeeRule, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    rule_label = models.CharField(max_length=80, blank=True)
    base = models.CharField(max_length=8, choices=Base)
    base_cents = models.PositiveBigIntegerField()
    rate_bp = models.PositiveIntegerField()
    fixed_cents = models.BigIntegerField(default=0)
    cents = models.PositiveBigIntegerField()
    vat_bp = models.PositiveIntegerField(default=0)
    vat_cents = models.PositiveBigIntegerField(default=0)
    is_refunded = models.BooleanField(default=True)
    payer = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["line", "number"]
        constraints = [
            models.UniqueConstraint(fields=["line", "number"], name="ledger_fee_once"),
            models.CheckConstraint(condition=Q(vat_cents__lte=F("cents")), name="ledger_fee_vat_lte_fee"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_label}: {self.cents}"


class RefundLine(models.Model):
    """Frozen: what one entry gave back of one line; `voucher_cents` of it to the operator, the rest to the buyer."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="refunds")
    line = models.ForeignKey(SaleLine, on_delete=models.PROTECT, related_name="refunds")
    cents = models.PositiveBigIntegerField()
    voucher_cents = models.PositiveBigIntegerField(default=0)

    objects: ClassVar[models.Manager["RefundLine"]] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["entry", "line"], name="ledger_refund_once"),
            models.CheckConstraint(condition=Q(cents__gt=0), name="ledger_refund_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.cents}"
