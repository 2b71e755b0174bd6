"""A month's sales, counted at night."""

from typing import Any, ClassVar

from django.db import models

from rebond.network.models import Organisation


class SoldMonth(models.Model):
    """The sales of a month in the operator's books up to a sale and a refund line, as a task counted them.

    A page adds what has a higher number. `parts`: part of the fees → cents. Only shown: no act reads it.
    """

    operator = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    month = models.DateField()  # its first day
    sale = models.PositiveBigIntegerField()  # the last one counted
    refund = models.PositiveBigIntegerField()  # the last line counted
    sales = models.PositiveIntegerField()
    paid_cents = models.PositiveBigIntegerField()
    refunded_cents = models.PositiveBigIntegerField()
    parts: Any = models.JSONField()

    objects: ClassVar[models.Manager["SoldMonth"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "month"], name="ledger_sold_month_once")]

    def __str__(self) -> str:
        return f"{self.operator} {self.month:%Y-%m}"
