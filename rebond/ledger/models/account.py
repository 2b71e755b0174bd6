"""Accounts of an operator's books, and the cache of what is owed."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.ledger import perms
from rebond.ledger.enums import AccountKind
from rebond.network.models import Organisation


class AccountQuerySet(models.QuerySet["Account"]):
    def visible_to(self, user: Any) -> "AccountQuerySet":
        return self.filter(perms.visible_accounts(user))

    def cached(self) -> "AccountQuerySet":
        """What is owed to sellers and to others than the operator: the balance is kept beside the postings."""
        return self.filter(Q(kind=AccountKind.SELLER) | ~Q(owner_id=F("operator_id")))


class Account(models.Model):
    """One kind of money of one owner in the books of one operator. A balance is the sum of its postings."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accounts")
    kind = models.CharField(max_length=12, choices=AccountKind)
    currency = models.CharField(max_length=3, default="EUR")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = AccountQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["operator", "kind", "owner"], name="ledger_account_once"),
            models.CheckConstraint(condition=Q(currency="EUR"), name="ledger_account_in_euros"),
        ]

    def __str__(self) -> str:
        kind = self.get_kind_display()
        return f"{kind} – {self.owner}" if self.owner_id != self.operator_id else kind

    @property
    def is_cached(self) -> bool:
        return self.kind == AccountKind.SELLER or self.owner_id != self.operator_id


class Balance(models.Model):
    """The sum of an account's postings in cents (debit more than zero), made again by `check-ledger --repair`.

    Kept for the accounts of others than the operator: lists sort by it, payouts begin from it. The operator's own
    accounts take part in every sale; a row that all of them write would make every sale wait for the one before.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="balance")
    cents = models.BigIntegerField(default=0)
    postings = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["Balance"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["cents", "account"], name="ledger_balance_cents")]

    def __str__(self) -> str:
        return f"{self.account}: {self.cents}"

    @property
    def owed_cents(self) -> int:
        """What the operator owes to the owner; less than zero where the owner owes."""
        return -self.cents
