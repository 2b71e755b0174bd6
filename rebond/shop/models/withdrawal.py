"""A buyer changes their mind (rules.md F2): the declaration, kept as it was sent, and the return that follows it."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.shop import perms
from rebond.shop.enums import ReturnState, ReturnWay, WithdrawalReason
from rebond.shop.models.order import OrderLine, SellerOrder
from rebond.shop.models.payment import Refund


class Withdrawal(models.Model):
    """One declaration for one contract. `said` is its content as acknowledged; `reason` came after, if at all.

    `received_on` and `last_day` are what the delay was computed from; empty before the delivery.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="withdrawals")
    operation = models.UUIDField(default=uuid.uuid4)  # of the form: it may name several contracts
    name = models.CharField(max_length=120)
    email = models.EmailField()
    language = models.CharField(max_length=5, default="fr")
    declared_at = models.DateTimeField(default=timezone.now)
    received_on = models.DateField(null=True, blank=True)
    last_day = models.DateField(null=True, blank=True)
    said = models.JSONField(default=dict)
    reason = models.CharField(max_length=12, choices=WithdrawalReason, blank=True)
    comment = models.TextField(max_length=1_000, blank=True)

    objects: ClassVar[models.Manager["Withdrawal"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["part", "operation"], name="withdrawal_once")]

    def __str__(self) -> str:
        return self.public_id


class WithdrawnLine(models.Model):
    """Each line is withdrawn once, the database sees to it."""

    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.PROTECT, related_name="lines")
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="withdrawn")

    objects: ClassVar[models.Manager["WithdrawnLine"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.line)


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, user: Any) -> "ReturnQuerySet":
        return self.filter(perms.visible_returns(user))


class Return(models.Model):
    """What comes back of one seller order, and by when: `due_on` is the day of whoever has to act.

    Waiting for the parcel it is the buyer's (L221-23), afterwards the seller's to refund (L221-24). The amounts are
    what is owed; they are frozen when the refund is asked.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="returns")
    withdrawal = models.OneToOneField(Withdrawal, on_delete=models.PROTECT, null=True, blank=True, related_name="back")
    state = models.CharField(max_length=10, choices=ReturnState, default=ReturnState.AWAITED)
    way = models.CharField(max_length=10, choices=ReturnWay, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    objects_cents = models.PositiveIntegerField(default=0)
    shipping_cents = models.PositiveIntegerField(default=0)
    surcharge_cents = models.PositiveIntegerField(default=0)  # what the law adds where it was late (L242-4)
    surcharge_base_cents = models.PositiveIntegerField(default=0)  # the refund that it was counted of
    surcharge_rate_bp = models.PositiveIntegerField(null=True, blank=True)  # the legal rate, where it counted
    surcharge_is_provisional = models.BooleanField(default=False)  # the rate of the half-year was not known
    surcharge_paid_cents = models.PositiveIntegerField(default=0)
    surcharge_paid_on = models.DateField(null=True, blank=True)  # by the seller, apart: no provider gives it back
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, blank=True, related_name="back")
    due_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[ReturnQuerySet] = ReturnQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="arrived") | Q(arrived_at__isnull=False), name="return_arrived_has_its_hour"
            ),
            models.CheckConstraint(
                condition=Q(state="closed", closed_at__isnull=False)
                | ~Q(state="closed") & Q(closed_at__isnull=True, refund__isnull=True),
                name="return_closed_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(surcharge_paid_cents__lte=F("surcharge_cents")), name="return_surcharge_paid_once"
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="return_queue"),
            models.Index(fields=["closed_at"], condition=Q(surcharge_rate_bp__isnull=False), name="return_legal_rate"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def cents(self) -> int:
        return self.objects_cents + self.shipping_cents

    @property
    def surcharge_left_cents(self) -> int:
        """What the seller has still to pay of what the law added."""
        return self.surcharge_cents - self.surcharge_paid_cents


class ReturnLine(models.Model):
    """An object comes back once."""

    back = models.ForeignKey(Return, on_delete=models.PROTECT, related_name="lines")
    line = models.OneToOneField(OrderLine, on_delete=models.PROTECT, related_name="coming_back")

    objects: ClassVar[models.Manager["ReturnLine"]] = models.Manager()

    def __str__(self) -> str:
        return str(self.line)
