"""What a buyer chose for each parcel of an order: who carries it, where it is handed over."""

from typing import ClassVar

from django.db import models

from rebond.catalogue.enums import DeliveryMode
from rebond.shop.models.order import Order


class OrderParcel(models.Model):
    """`number` is the one of its lines. `point` is the pick-up point as it was shown: code, name, address, hours."""

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="parcels")
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=DeliveryMode)
    carrier = models.CharField(max_length=60, blank=True)
    point = models.JSONField(default=dict, blank=True)
    gift = models.CharField(max_length=300, blank=True)  # the buyer's words to whoever opens it; then no price goes in

    objects: ClassVar[models.Manager["OrderParcel"]] = models.Manager()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["order", "number"], name="order_parcel_once")]

    def __str__(self) -> str:
        return f"{self.order}, {self.number}"
