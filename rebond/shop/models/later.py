"""What a buyer put aside from the basket: no hold, others may take it."""

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.shop.models.basket import Basket


class LaterLine(models.Model):
    """One row for a basket and an item; `price_cents` is of one unit, on the day it was put aside: a change is told."""

    basket = models.ForeignKey(Basket, on_delete=models.CASCADE, related_name="later")
    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="+")
    price_cents = models.PositiveIntegerField()
    saved_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["LaterLine"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["basket", "item"], name="later_once")]

    def __str__(self) -> str:
        return str(self.item_id)
