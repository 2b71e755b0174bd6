"""What the mass balance needs beside donations and sortings: counts of the stock, exits by hand, the editable flows."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from rebond.catalogue.models import Category
from rebond.intake.data.flows import flow
from rebond.intake.enums import ExitKind
from rebond.intake.models.donation import VisibleQuerySet
from rebond.network.models import Organisation, Site


class StockCount(models.Model):
    """The stock of one flow as it was weighed or estimated at the end of a day. The last of a day counts."""

    operation_id = models.UUIDField(unique=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="stock_counts")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stock_counts")
    flow = models.CharField(max_length=20)
    day = models.DateField()
    weight_g = models.PositiveBigIntegerField()
    is_estimate = models.BooleanField(default=False)

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["site", "flow", "-day", "-id"], name="stock_count_last")]

    def __str__(self) -> str:
        return f"{self.flow_label}: {self.weight_g}"

    @property
    def flow_label(self) -> str:
        return flow(self.flow).label


class Exit(models.Model):
    """What left without the sorting table, with the number of its slip where there is one."""

    operation_id = models.UUIDField(unique=True, default=uuid.uuid4)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="exits")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="exits")
    flow = models.CharField(max_length=20)
    kind = models.CharField(max_length=10, choices=ExitKind)
    day = models.DateField()
    weight_g = models.PositiveBigIntegerField()
    reference = models.CharField(max_length=60, blank=True)

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["site", "day"], name="exit_site_day")]
        constraints = [models.CheckConstraint(condition=Q(weight_g__gt=0), name="exit_weighs_something")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.flow_label}"

    @property
    def flow_label(self) -> str:
        return flow(self.flow).label


class PartSale(models.Model):
    """Units of a batch that were sold while others stayed: the item's row no longer counts them.

    `weight_g` is of the units sold, as the item's weight was then; `is_estimated` where nobody had weighed it.
    """

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)  # of the object
    day = models.DateField()
    quantity = models.PositiveIntegerField()
    weight_g = models.PositiveBigIntegerField()
    is_estimated = models.BooleanField(default=False)

    objects: ClassVar[Any] = VisibleQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["site", "day"], name="part_sale_site_day"),
            models.Index(fields=["organisation", "code"], name="part_sale_object"),
        ]
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="part_sale_of_something")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.code}"


class CategoryFlow(models.Model):
    """The flow that an organisation gives to a category (and to all below it), instead of the file's."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="category_flows")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, related_name="+")
    flow = models.CharField(max_length=20)

    objects: ClassVar[models.Manager["CategoryFlow"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "category"], name="category_flow_once")]

    def __str__(self) -> str:
        return f"{self.category_id}: {self.flow}"


class FlowName(models.Model):
    """The body that an organisation reports a flow to, and that body's own word for it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="flow_names")
    flow = models.CharField(max_length=20)
    body = models.CharField(max_length=60, blank=True)
    nomenclature = models.CharField(max_length=60, blank=True)

    objects: ClassVar[models.Manager["FlowName"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "flow"], name="flow_name_once")]

    def __str__(self) -> str:
        return f"{self.flow}: {self.nomenclature}"


class MonthGap(models.Model):
    """Which flows of a site do not close in a month that is over: read by the desk, written again every night.

    `flows` holds their keys in the order of the file, empty where all counted ones close. The balance's own page
    reckons anew; this is only what the supervisor is told.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    month = models.DateField()  # its first day
    flows = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager["MonthGap"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "month"], name="month_gap_once")]

    def __str__(self) -> str:
        return f"{self.site_id}, {self.month:%Y-%m}: {', '.join(self.flows)}"
