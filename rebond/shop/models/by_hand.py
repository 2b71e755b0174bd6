"""Payments that people see arrive: bank transfers, read from statements, and money taken at a seller's counter."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger.models import BilledService
from rebond.network.models import Organisation
from rebond.shop import perms
from rebond.shop.models.payment import Payment
from rebond.shop.money_enums import BankLineState, WhoPaysThere


class SellerPayOption(models.Model):
    """Whether a seller takes money at its counter, and from whom."""

    organisation = models.OneToOneField(Organisation, on_delete=models.CASCADE, related_name="pay_option")
    at_collection = models.CharField(max_length=6, choices=WhoPaysThere, default=WhoPaysThere.NOBODY)

    objects: ClassVar[models.Manager["SellerPayOption"]] = models.Manager()

    def __str__(self) -> str:
        return f"{self.organisation}: {self.at_collection}"


class Statement(models.Model):
    """A bank statement that was read: the same file twice is one."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    read_by = models.CharField(max_length=160)
    read_at = models.DateTimeField(default=timezone.now)
    lines_new = models.PositiveIntegerField(default=0)
    lines_known = models.PositiveIntegerField(default=0)
    lines_used = models.PositiveIntegerField(default=0)  # matched by reference and amount

    objects: ClassVar[models.Manager["Statement"]] = models.Manager()

    def __str__(self) -> str:
        return self.name


class BankLineQuerySet(models.QuerySet["BankLine"]):
    def visible_to(self, user: Any) -> "BankLineQuerySet":
        return self.filter(perms.visible_bank_lines(user))


class BankLine(models.Model):
    """Money that came to the account where transfers are paid. `key` is the bank's name of it: read twice, it is one.

    `payment` is what it is for, or might be. `owed_cents` of it pay nothing and go back to whoever sent them.
    With an `operator`: it came to that operator's own account, for a billed `service` or for one that is not found
    (decision 43); all of it is owed until a service takes it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=80, unique=True)
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    booked_on = models.DateField()
    cents = models.PositiveIntegerField()
    payer = models.CharField(max_length=140, blank=True)
    text = models.CharField(max_length=500, blank=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_lines")
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    service = models.ForeignKey(
        BilledService, on_delete=models.PROTECT, null=True, blank=True, related_name="bank_lines"
    )
    state = models.CharField(max_length=8, choices=BankLineState, default=BankLineState.OPEN)
    owed_cents = models.PositiveIntegerField(default=0)
    asked_by_id = models.CharField(max_length=40, blank=True)
    asked_by = models.CharField(max_length=160, blank=True)
    decided_by = models.CharField(max_length=160, blank=True)
    returned_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = BankLineQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="bank_line_of_something"),
            models.CheckConstraint(condition=Q(owed_cents__lte=F("cents")), name="bank_line_owed_lte_cents"),
            models.CheckConstraint(
                condition=~Q(state__in=["asked", "used"]) | Q(payment__isnull=False) | Q(service__isnull=False),
                name="bank_line_used_for_something",
            ),
            models.CheckConstraint(
                condition=Q(operator__isnull=True, service__isnull=True)
                | Q(operator__isnull=False, payment__isnull=True),
                name="bank_line_of_one_account",
            ),
            models.CheckConstraint(
                condition=Q(state="returned", returned_on__isnull=False)
                | ~Q(state="returned") & Q(returned_on__isnull=True),
                name="bank_line_returned_has_its_day",
            ),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="bank_line_state")]

    def __str__(self) -> str:
        return f"{self.booked_on}: {self.cents}"
