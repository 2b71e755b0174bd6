"""Services that the operator bills apart from sales: a shop window, tutoring, training (decision 40)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger import perms
from rebond.ledger.enums import PaidHow, ServiceKind
from rebond.ledger.models.entry import Entry
from rebond.network.models import Organisation


class BilledServiceQuerySet(models.QuerySet["BilledService"]):
    def visible_to(self, user: Any) -> "BilledServiceQuerySet":
        return self.filter(perms.visible_services(user))


class BilledService(models.Model):
    """One service, billed once. `cents` holds `vat_cents`. `customer` is a member of the network; none: one outside.

    `entry` is in the books; its invoice is the operator's own. What is credited is credited whole; what is paid by
    transfer is paid when the operator's bank says so (`paid_on`), and given back so (`back_on`). `paid_line` is the
    bank's name of the line that paid it (MATCHED: lines that people matched; "": paid before such names were kept).
    `due_on`: it was to be taken from payouts, and is to be paid by transfer until that day instead (decision 43).
    """

    MATCHED: ClassVar[str] = "matched"

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ServiceKind)
    label = models.CharField(max_length=160)
    customer = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    customer_name = models.CharField(max_length=200)
    paid_how = models.CharField(max_length=8, choices=PaidHow)
    cents = models.PositiveBigIntegerField()
    vat_cents = models.PositiveBigIntegerField()
    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="service")
    billed_at = models.DateTimeField(default=timezone.now)
    billed_by = models.CharField(max_length=160)
    paid_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    paid_line = models.CharField(max_length=80, blank=True)
    credited_at = models.DateTimeField(null=True, blank=True)
    credited_by = models.CharField(max_length=160, blank=True)
    credit_reason = models.CharField(max_length=300, blank=True)
    back_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = BilledServiceQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=F("vat_cents")), name="ledger_service_above_vat"),
            models.CheckConstraint(
                condition=Q(paid_how="transfer") | Q(customer__isnull=False, paid_on__isnull=True),
                name="ledger_service_netted_member",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(paid_how="transfer", customer__isnull=False),
                name="ledger_service_due_of_member",
            ),
            models.CheckConstraint(
                condition=Q(credited_at__isnull=True) | ~Q(credit_reason=""), name="ledger_service_credit_reason"
            ),
            models.CheckConstraint(
                condition=Q(back_on__isnull=True) | Q(paid_on__isnull=False, credited_at__isnull=False),
                name="ledger_service_back_of_paid",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="ledger_service_list"),
            models.Index(fields=["customer", "-id"], name="ledger_service_customer"),
        ]

    def __str__(self) -> str:
        return f"{self.label}, {self.customer_name}"

    @property
    def key(self) -> str:
        """What its invoice names as the order."""
        return self.public_id

    @property
    def seller(self) -> Organisation:
        """Who issues its invoice."""
        return self.operator

    @property
    def is_awaited(self) -> bool:
        """Whether a transfer is awaited."""
        return self.paid_how == PaidHow.TRANSFER and self.paid_on is None and self.credited_at is None

    @property
    def is_owed_back(self) -> bool:
        """Whether it was paid, then credited, and the money has not left."""
        return self.paid_on is not None and self.credited_at is not None and self.back_on is None
