"""Vouchers: a code that lowers the price of objects, at the expense of a seller or of the network (decision 35)."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue.models import Category
from rebond.core.ids import public_id
from rebond.network.models import Organisation
from rebond.shop import perms
from rebond.shop.models.order import Order
from rebond.shop.money_enums import VoucherState, VoucherUseState


class VoucherQuerySet(models.QuerySet["Voucher"]):
    def visible_to(self, user: Any) -> "VoucherQuerySet":
        return self.filter(perms.visible_vouchers(user))


class Voucher(models.Model):
    """`seller` None: the network's own, which the operator pays. What it gives and to whom never changes once made.

    It gives `amount_cents`, or `percent` of the objects it is for, `ceiling_cents` at most; from `floor_cents` of them
    on; `uses_max` times in all and `buyer_max` times for one buyer, from its first day to its last. `used` counts the
    orders that have it, `used_cents` what they have of it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    amount_cents = models.PositiveIntegerField(null=True, blank=True)
    percent = models.PositiveSmallIntegerField(null=True, blank=True)
    floor_cents = models.PositiveIntegerField(default=0)
    ceiling_cents = models.PositiveIntegerField(null=True, blank=True)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField()  # the last day
    uses_max = models.PositiveIntegerField()
    buyer_max = models.PositiveIntegerField(default=1)
    used = models.PositiveIntegerField(default=0)
    used_cents = models.PositiveBigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=VoucherState, default=VoucherState.ACTIVE)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = VoucherQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(used__lte=F("uses_max")), name="voucher_uses_not_exceeded"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, percent=None, ceiling_cents=None)
                | Q(amount_cents=None, percent__gte=1, percent__lte=100),
                name="voucher_amount_or_percent",
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="voucher_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(uses_max__gt=0, buyer_max__gt=0) & (Q(ceiling_cents=None) | Q(ceiling_cents__gt=0)),
                name="voucher_of_something",
            ),
        ]
        indexes = [models.Index(fields=["seller", "-id"], name="voucher_of_seller")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_network(self) -> bool:
        return self.seller_id is None

    @property
    def most_cents(self) -> int | None:
        """What one use gives at most; None where nothing limits a percentage."""
        return self.ceiling_cents if self.amount_cents is None else self.amount_cents

    @property
    def uses_left(self) -> int:
        return self.uses_max - self.used


class VoucherUse(models.Model):
    """What one order has of a voucher: `cents` over its lines. `told` is what stood beside the total."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="uses")
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="voucher_use")
    cents = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=VoucherUseState, default=VoucherUseState.TAKEN)
    told = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    back_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["VoucherUse"]] = models.Manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="voucher_use_of_something"),
            models.CheckConstraint(
                condition=Q(state="back", back_at__isnull=False) | ~Q(state="back") & Q(back_at=None),
                name="voucher_use_back_has_its_hour",
            ),
        ]
        indexes = [
            models.Index(fields=["voucher", "-id"], name="voucher_use_page"),
            models.Index(fields=["voucher", "state"], name="voucher_use_counted"),
        ]

    def __str__(self) -> str:
        return str(self.order)
