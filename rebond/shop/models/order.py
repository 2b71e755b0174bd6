"""An order: one payment, one seller order for each seller, lines that keep what the buyer saw."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.shop import perms
from rebond.shop.enums import OrderLineState, OrderState, SellerOrderState
from rebond.shop.models.basket import Basket
from rebond.shop.models.terms import TermsVersion


class Order(models.Model):
    """`operation` is the form's own: sent twice, it is one order. `basket` keeps its objects until it is paid."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    basket = models.ForeignKey(Basket, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="orders"
    )
    state = models.CharField(max_length=10, choices=OrderState, default=OrderState.PLACED)
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postal_code = models.CharField(max_length=5, blank=True)
    city = models.CharField(max_length=80, blank=True)
    language = models.CharField(max_length=5, default="fr")
    terms = models.ForeignKey(
        TermsVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )  # the site's
    organisation = models.ForeignKey(  # that buys, where it is not a person
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    total_cents = models.PositiveIntegerField()
    pay_by = models.DateTimeField(null=True, blank=True)  # where it is paid later: a transfer, at the counter
    created_at = models.DateTimeField(default=timezone.now)
    paid_at = models.DateTimeField(null=True, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True)  # since then nobody knows whose it was

    objects: ClassVar[models.Manager["Order"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="paid", paid_at__isnull=False) | ~Q(state="paid") & Q(paid_at__isnull=True),
                name="order_paid_has_its_hour",
            ),
            models.CheckConstraint(condition=Q(total_cents__gt=0), name="order_of_something"),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at", "-id"], name="order_user_day"),
            models.Index(Lower("email"), name="order_email"),  # a guest's, found by their address
            models.Index(fields=["state", "created_at"], name="order_state"),
            models.Index(fields=["state", "pay_by"], name="order_pay_by"),
        ]

    def __str__(self) -> str:
        return self.public_id


class SellerOrderQuerySet(models.QuerySet["SellerOrder"]):
    def visible_to(self, user: Any) -> "SellerOrderQuerySet":
        return self.filter(perms.visible_parts(user))


class SellerOrder(models.Model):
    """One seller's part. Its dates stay: the delay to withdraw counts from `delivered_at` (rules.md F2).

    `terms` are the version that the buyer accepted (L111-5): the seller's own, or the network's where it had published
    none; empty where neither had.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="parts")
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seller_orders")
    state = models.CharField(max_length=12, choices=SellerOrderState, default=SellerOrderState.PLACED)
    created_at = models.DateTimeField(default=timezone.now)
    shipped_at = models.DateTimeField(null=True, blank=True)
    ready_at = models.DateTimeField(null=True, blank=True)  # to be collected
    delivered_at = models.DateTimeField(null=True, blank=True)
    presumed_at = models.DateTimeField(null=True, blank=True)  # nobody said that it was missing: taken as received
    presume_refused_at = models.DateTimeField(null=True, blank=True)  # the last time it could not be presumed
    contested_at = models.DateTimeField(null=True, blank=True)  # its buyer said that it never came
    cancelled_at = models.DateTimeField(null=True, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    tracking = models.CharField(max_length=60, blank=True)
    terms = models.ForeignKey(TermsVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects: ClassVar[Any] = SellerOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "seller"], name="seller_order_once"),
            models.CheckConstraint(
                condition=(~Q(state="shipped") | Q(shipped_at__isnull=False))
                & (~Q(state="ready") | Q(ready_at__isnull=False))
                & (~Q(state="delivered") | Q(delivered_at__isnull=False))
                & (~Q(state="cancelled") | Q(cancelled_at__isnull=False)),
                name="seller_order_has_its_hours",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "-id"], name="seller_order_desk"),
            models.Index(fields=["seller", "-id"], name="seller_order_all"),
            models.Index(fields=["state", "shipped_at"], name="seller_order_on_its_way"),
            models.Index(fields=["delivered_at"], name="seller_order_delivered"),
        ]

    def __str__(self) -> str:
        return self.public_id


class OrderLine(models.Model):
    """`seen` is what was shown (rules.md F1: the burden of proof is the professional's), with the hour."""

    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=OrderLineState, default=OrderLineState.PLACED)
    title = models.CharField(max_length=150)
    quantity = models.PositiveIntegerField(default=1)
    unit_cents = models.PositiveIntegerField()
    discount_cents = models.PositiveIntegerField(default=0)  # of the whole line: what a voucher takes from its price
    network_cents = models.PositiveIntegerField(default=0)  # of it, what the network pays the seller in its place
    parcel = models.PositiveSmallIntegerField(default=1)  # of the order: what leaves together
    delivery_mode = models.CharField(max_length=10, choices=DeliveryMode, blank=True)
    carried_by = models.ForeignKey(  # whose site its parcel leaves, where that is not its seller's (decision 56)
        Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    shipping_cents = models.PositiveIntegerField(default=0)  # of the whole parcel, on one line of it that is sold
    extra_shipping_cents = models.PositiveIntegerField(default=0)  # of it, what a dearer way than the standard one adds
    refunded_cents = models.PositiveIntegerField(default=0)  # of what was paid: what was decided, asked or made
    shipping_refunded_cents = models.PositiveIntegerField(default=0)
    seen = models.JSONField(default=dict)

    objects: ClassVar[models.Manager["OrderLine"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["part", "item"], name="order_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="order_line_of_something"),
            models.CheckConstraint(
                condition=Q(refunded_cents__lte=F("unit_cents") * F("quantity") - F("discount_cents")),
                name="order_line_refund_lte_price",
            ),
            models.CheckConstraint(
                condition=Q(discount_cents=0) | Q(discount_cents__lt=F("unit_cents") * F("quantity")),
                name="order_line_keeps_a_cent",
            ),
            models.CheckConstraint(
                condition=Q(network_cents=0) | Q(network_cents=F("discount_cents")), name="order_line_one_voucher"
            ),
            models.CheckConstraint(
                condition=Q(shipping_refunded_cents__lte=F("shipping_cents")), name="order_line_refund_lte_shipping"
            ),
            models.CheckConstraint(
                condition=Q(extra_shipping_cents__lte=F("shipping_cents")), name="order_line_extra_lte_shipping"
            ),
        ]
        indexes = [models.Index(fields=["item", "state"], name="order_line_item")]

    def __str__(self) -> str:
        return self.title

    @property
    def full_cents(self) -> int:
        """Its price, before a voucher."""
        return self.unit_cents * self.quantity

    @property
    def cents(self) -> int:
        """What the buyer pays of it, and the most that goes back (rules.md F2)."""
        return self.full_cents - self.discount_cents

    @property
    def seller_cents(self) -> int:
        """Its price for the seller: the network pays its own vouchers, a seller bears its own (decision 35)."""
        return self.cents + self.network_cents

    @property
    def left_cents(self) -> int:
        """Of what was paid, what was not given back."""
        return self.cents - self.refunded_cents

    @property
    def shipping_left_cents(self) -> int:
        return self.shipping_cents - self.shipping_refunded_cents

    @property
    def standard_left_cents(self) -> int:
        """Of the delivery left, what the standard way would have cost: the extra may be kept (L221-24)."""
        return max(0, self.shipping_left_cents - self.extra_shipping_cents)
