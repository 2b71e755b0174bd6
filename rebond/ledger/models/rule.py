"""What is taken from a sale, by which rule."""

import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger import perms
from rebond.ledger.enums import FEE_PARTS, Base, SaleKind
from rebond.network.enums import AgreementKind
from rebond.network.models import Agreement, Organisation


class FeeRuleQuerySet(models.QuerySet["FeeRule"]):
    def visible_to(self, user: Any) -> "FeeRuleQuerySet":
        return self.filter(perms.visible_books(user))

    def in_force(self, day: datetime.date) -> "FeeRuleQuerySet":
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=day), valid_from__lte=day)


class FeeRule(models.Model):
    """For each part, the rule of the highest priority that fits a line counts; between equals the newest.

    A scope left empty fits all: `agreement`, `agreement_kind`, `category` (a path and what is under it), `sale_kind`.
    The fee is `rate_bp` hundredths of a percent of the base plus `fixed_cents` a sale, between `min_cents` and
    `max_cents`, VAT of `vat_bp` included; `payee` has it (empty: the operator). Terms are never changed: a rule is
    stopped and another one is set, so a frozen fee line keeps the rule it came from.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    part = models.CharField(max_length=12, choices=[(part.value, part.label) for part in FEE_PARTS])
    priority = models.PositiveSmallIntegerField(default=100)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agreement_kind = models.CharField(max_length=12, choices=AgreementKind, blank=True)
    category = models.CharField(max_length=200, blank=True)
    sale_kind = models.CharField(max_length=12, choices=SaleKind, blank=True)
    base = models.CharField(max_length=8, choices=Base, default=Base.GOODS)
    rate_bp = models.PositiveIntegerField(default=0)
    fixed_cents = models.PositiveIntegerField(default=0)
    min_cents = models.PositiveIntegerField(default=0)
    max_cents = models.PositiveIntegerField(null=True, blank=True)
    vat_bp = models.PositiveIntegerField(default=0)
    is_refunded = models.BooleanField(default=True)  # given back with what is refunded
    payee = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    valid_from = models.DateField(default=timezone.localdate)
    valid_to = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = FeeRuleQuerySet.as_manager()

    class Meta:
        ordering = ["part", "-priority", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(rate_bp__lte=10_000), name="ledger_rule_rate_lte_100"),
            models.CheckConstraint(condition=Q(vat_bp__lte=10_000), name="ledger_rule_vat_lte_100"),
            models.CheckConstraint(
                condition=Q(max_cents__isnull=True) | Q(max_cents__gte=F("min_cents")), name="ledger_rule_cap_gte_floor"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="ledger_rule_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(part__in=[part.value for part in FEE_PARTS]), name="ledger_rule_part_is_a_fee"
            ),
        ]
        indexes = [models.Index(fields=["operator", "valid_from"], name="ledger_rule_operator")]

    def __str__(self) -> str:
        return self.name
