"""What the two public figures are made of: sums of finished days, never of a person (rules.md 0.2).

They can be made again from orders, opinions, withdrawals and conversations (`actions/quality.py`).
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from rebond.network.models import Organisation, Site
from rebond.shop.enums import QualityFigure


class QualityDay(models.Model):
    """What one seller's buyers received, answered and asked back on a day; `month` is its first day."""

    seller = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    month = models.DateField()
    delivered = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    score_sum = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["QualityDay"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["seller", "day"], name="quality_day_once")]
        indexes = [  # all that is read of them for the whole network
            models.Index(
                fields=["day", "month", "seller", "delivered", "answers", "score_sum", "requests"],
                name="quality_day_all",
            )
        ]

    def __str__(self) -> str:
        return f"{self.seller_id}, {self.day}"


class QualityCause(models.Model):
    """The same, by place and universe of the objects; a row with a `reason` counts requests, one without the rest."""

    seller = models.ForeignKey(Organisation, on_delete=models.CASCADE, db_index=False, related_name="+")
    day = models.DateField()
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="+")
    universe = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=24, blank=True)
    delivered = models.PositiveIntegerField(default=0)
    answers = models.PositiveIntegerField(default=0)
    score_sum = models.PositiveIntegerField(default=0)
    requests = models.PositiveIntegerField(default=0)

    objects: ClassVar[models.Manager["QualityCause"]] = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["seller", "day"], name="quality_cause_seller"),
            models.Index(fields=["day"], name="quality_cause_day"),
        ]

    def __str__(self) -> str:
        return f"{self.day}, {self.reason or self.universe}"


class QualityAlert(models.Model):
    """A figure crossed its threshold; one is open at a time, closed when the figure is good again.

    `seller`: whose figure; an operator stands for its platform (operators do not sell), none for the whole network.
    The figure on that day: `part` of `whole` (sum of notes and answers, or requests and deliveries).
    """

    seller = models.ForeignKey(
        Organisation, on_delete=models.CASCADE, null=True, blank=True, db_index=False, related_name="quality_alerts"
    )
    figure = models.CharField(max_length=12, choices=QualityFigure)
    part = models.PositiveIntegerField()
    whole = models.PositiveIntegerField()
    opened_on = models.DateField()
    closed_on = models.DateField(null=True, blank=True)

    objects: ClassVar[models.Manager["QualityAlert"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "figure"], condition=Q(closed_on__isnull=True), name="quality_alert_open_once"
            ),
            models.UniqueConstraint(  # a database holds two rows without a seller for different
                fields=["figure"],
                condition=Q(closed_on__isnull=True, seller__isnull=True),
                name="quality_alert_network_once",
            ),
        ]
        indexes = [models.Index(fields=["closed_on", "seller"], name="quality_alert_open")]

    def __str__(self) -> str:
        return f"{self.seller_id or '*'}, {self.figure}"
