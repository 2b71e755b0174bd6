"""What a payment provider was asked and what it told. No card data is ever here: the provider alone has it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.shop.enums import PaymentEventKind, PaymentState, RefundReason, RefundState
from rebond.shop.models.order import Order, OrderLine, SellerOrder
from rebond.shop.money_enums import Means


class Payment(models.Model):
    """One attempt to pay an order; `public_id` is the reference that the provider gives back in its events."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=20)
    means = models.CharField(max_length=10, choices=Means, blank=True)  # how it was taken at a counter
    state = models.CharField(max_length=10, choices=PaymentState, default=PaymentState.STARTED)
    amount_cents = models.PositiveIntegerField()
    refunded_cents = models.PositiveIntegerField(default=0)  # what was decided, asked or made
    fee_cents = models.PositiveIntegerField(default=0)  # what the provider kept of it for its service
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Payment"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False) | ~Q(state="paid") & Q(paid_at__isnull=True),
                name="payment_paid_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(refunded_cents__lte=F("amount_cents")), name="payment_refund_lte_amount"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id


class PaymentEvent(models.Model):
    """One message of a provider, kept once however often it comes; `applied_at` where it had its effect."""

    provider = models.CharField(max_length=20)
    event_id = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=PaymentEventKind)
    reference = models.CharField(max_length=40)  # of our payment or refund
    amount_cents = models.PositiveIntegerField()
    fee_cents = models.PositiveIntegerField(default=0)  # what the provider keeps of it for its service
    received_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["PaymentEvent"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider", "event_id"], name="payment_event_once")]
        indexes = [models.Index(fields=["reference"], name="payment_event_reference")]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"


class Refund(models.Model):
    """Money that goes back: of some lines of a seller's part, or a whole payment (`part` empty).

    Several for a line over time, never more than was paid: counters of the lines and of the payment stay within their
    CHECK. `operation` is the act that decided it: sent twice, it is one refund. A gesture of the network has a part and
    no line: nothing is taken from the seller (decision 34).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    state = models.CharField(max_length=10, choices=RefundState, default=RefundState.ASKED)
    reason = models.CharField(max_length=12, choices=RefundReason)
    note = models.CharField(max_length=300, blank=True)  # told to the buyer, in the words of who decided
    asked_by_id = models.CharField(max_length=40, blank=True)  # whoever decided it; "" for the site itself
    amount_cents = models.PositiveIntegerField()
    gift_cents = models.PositiveIntegerField(default=0)  # of it, a round-up: nothing is left of its order
    gesture_cents = models.PositiveIntegerField(default=0)  # all of it, at the operator's own expense
    card_cents = models.PositiveIntegerField(default=0)  # beside it, what goes back on the gift card that paid
    before_cents = models.PositiveIntegerField(default=0)  # of its lines, what a gesture gave before: not given again
    card_before_cents = models.PositiveIntegerField(default=0)  # of its lines, what a gesture put on the card before
    created_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["Refund"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment"], condition=Q(part__isnull=True), name="refund_whole_once"),
            models.CheckConstraint(
                condition=Q(state="asked", made_at__isnull=True) | Q(state="made", made_at__isnull=False),
                name="refund_made_has_its_hour",
            ),
            models.CheckConstraint(
                condition=Q(gesture_cents=0)
                | Q(gesture_cents=F("amount_cents") + F("card_cents"), part__isnull=False)
                & Q(before_cents=0, card_before_cents=0, gift_cents=0),
                name="refund_gesture_is_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="refund_waiting"),
            models.Index(fields=["asked_by_id", "created_at"], name="refund_by_person"),
            models.Index(fields=["-id"], condition=Q(gesture_cents__gt=0), name="refund_gesture"),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def cents(self) -> int:
        """What it counts for, with what goes back on a gift card and what a gesture of the network gave before."""
        return self.amount_cents + self.card_cents + self.before_cents + self.card_before_cents


class RefundLine(models.Model):
    """What one refund gives back of one line: `cents` of its price, `shipping_cents` of its parcel's delivery."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="refunds")
    cents = models.PositiveIntegerField(default=0)
    shipping_cents = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["RefundLine"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["refund", "line"], name="refund_line_once"),
            models.CheckConstraint(condition=Q(cents__gt=0) | Q(shipping_cents__gt=0), name="refund_line_of_something"),
        ]

    def __str__(self) -> str:
        return f"{self.line}: {self.cents}"


class TrialCharge(models.Model):
    """What the embedded provider remembers, as a real one would: charges and refunds, and what it has still to tell.

    `told` is how many times its event was delivered. Nothing else in Rebond reads it.
    """

    reference = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=PaymentEventKind)
    amount_cents = models.PositiveIntegerField()
    event_id = models.CharField(max_length=80, unique=True)
    told = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)  # when it tells by itself; never, where empty
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["TrialCharge"]] = models.Manager()

    class Meta:
        indexes = [models.Index(fields=["told", "due_at"], name="trial_to_tell")]

    def __str__(self) -> str:
        return self.event_id
