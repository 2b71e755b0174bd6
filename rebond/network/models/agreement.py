"""How an organisation is tied to a platform's operator (rules.md 0.9, architecture.md "Agreement")."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.network.enums import AgreementKind
from rebond.network.models.organisation import Organisation


class Agreement(models.Model):
    """Rates are in hundredths of a percent (basis points): 1200 is 12 %. Commission and levy are two things."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="agreements")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=AgreementKind)
    scope = models.JSONField(
        default=dict
    )  # {"photo": "seller"|"operator", "storage": …, "shipping": …, "aftersales": …}
    commission_bp = models.PositiveIntegerField(default=0)
    solidarity_bp = models.PositiveIntegerField(default=0)
    monthly_fee_cents = models.PositiveIntegerField(default=0)
    entry_fee_cents = models.PositiveIntegerField(default=0)
    shipping = models.JSONField(default=dict, blank=True)  # {"relay_cents": 490, "home_cents": 690, …}
    brand = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    document_given_on = models.DateField(null=True, blank=True)  # franchise: at least 20 days before signature
    signed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[models.Manager["Agreement"]] = models.Manager()

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="agreement_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(commission_bp__lte=10_000) & Q(solidarity_bp__lte=10_000),
                name="agreement_rates_lte_100",
            ),
            models.UniqueConstraint(fields=["organisation", "operator", "starts_on"], name="agreement_one_start"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.kind}"
