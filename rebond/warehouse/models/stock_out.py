"""What a picker did not find, or found broken: where it was, and what became of it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.enums import DifferenceReason, PickState, StockOutState
from rebond.warehouse.models.parcel import PickLine
from rebond.warehouse.models.place import Place

# Both of PickState, in its words.
MISSED_CHOICES = [(one.value, one.label) for one in (PickState.MISSING, PickState.DAMAGED)]


class StockOutQuerySet(models.QuerySet["StockOut"]):
    def visible_to(self, user: Any) -> "StockOutQuerySet":
        return self.filter(perms.visible_places(user))


class StockOut(models.Model):
    """`units` of an object that was paid and could not be sent: one open row for a line of a parcel.

    `place` is where it was looked for, None: not known. Its order waits while the line is MISSING or DAMAGED; once
    the line is dropped the object may go anywhere. `is_out`: its units left the stock (others of its batch were on
    sale). `why` and `note` say how it was lost. Days only: no hour of anybody's work (rules.md B9).
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="stock_outs")  # of the site
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="stock_outs")
    line = models.ForeignKey(PickLine, on_delete=models.PROTECT, related_name="stock_outs")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="stock_outs")
    reason = models.CharField(max_length=7, choices=MISSED_CHOICES)
    state = models.CharField(max_length=8, choices=StockOutState, default=StockOutState.OPEN)
    units = models.PositiveIntegerField(default=1)
    is_out = models.BooleanField(default=False)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="stock_outs")
    why = models.CharField(max_length=11, choices=DifferenceReason, blank=True)
    note = models.CharField(max_length=200, blank=True)
    missed_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)

    objects: ClassVar[Any] = StockOutQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(state__in=["open", "repair"]), name="stock_out_one_open"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "repair"], ended_on__isnull=True)
                | ~Q(state__in=["open", "repair"]) & Q(ended_on__isnull=False),
                name="stock_out_ended_has_its_day",
            ),
            models.CheckConstraint(condition=~Q(state="lost") | ~Q(why=""), name="stock_out_lost_has_its_reason"),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "-id"], name="stock_out_list"),
            models.Index(fields=["organisation", "-id"], name="stock_out_all"),
        ]

    def __str__(self) -> str:
        return self.line.title

    @property
    def is_awaited(self) -> bool:
        """Whether its order still waits: for the object, or for the refund of it."""
        return self.line.state in {PickState.MISSING, PickState.DAMAGED}
