"""The numbers under which an operator's accountant wants to see the accounts."""

from typing import ClassVar

from django.db import models

from rebond.ledger.enums import AccountKind
from rebond.network.models import Organisation


class ChartLine(models.Model):
    """Number and name of one kind of account in the exports; without a row, the usual ones (`queries.fec.CHART`)."""

    operator = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=AccountKind)
    number = models.CharField(max_length=20)
    label = models.CharField(max_length=80)

    objects: ClassVar[models.Manager["ChartLine"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "kind"], name="ledger_chart_once")]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"
