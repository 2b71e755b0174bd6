"""What goes from a site to another: loaded by scan, in transit in the ledger, checked by scan where it arrives."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.enums import LineState, TransportState
from rebond.warehouse.models.place import Place


class TransportQuerySet(models.QuerySet["Transport"]):
    def visible_to(self, user: Any) -> "TransportQuerySet":
        return self.filter(perms.visible_places(user))


class Transport(models.Model):
    """`place` holds what is in the vehicle (units loose in it, boxes that stand in it); its code is on the slip."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="transports")
    place = models.OneToOneField(Place, on_delete=models.PROTECT, related_name="transport")
    from_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    to_site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField()
    driver = models.CharField(max_length=80, blank=True)
    vehicle = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=9, choices=TransportState, default=TransportState.PLANNED)
    left_on = models.DateField(null=True, blank=True)
    checked_on = models.DateField(null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = TransportQuerySet.as_manager()

    class Meta:
        ordering = ["-planned_on", "-pk"]
        constraints = [models.CheckConstraint(condition=~Q(from_site=F("to_site")), name="transport_goes_elsewhere")]
        indexes = [
            models.Index(fields=["organisation", "-planned_on", "-id"], name="transport_list"),
            models.Index(fields=["from_site", "state"], name="transport_leaving"),
            models.Index(fields=["to_site", "state"], name="transport_coming"),
        ]

    def __str__(self) -> str:
        return self.place.label


class TransportLine(models.Model):
    """All units of an object in a transport, loose or in a box. `origin`: [[code of a place, units]], to take it off.

    `is_extra`: it was not loaded by a scan, it was there all the same.
    """

    transport = models.ForeignKey(Transport, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.DO_NOTHING, db_constraint=False, related_name="+")
    item_code = models.CharField(max_length=12)
    title = models.CharField(max_length=150)
    units = models.PositiveIntegerField()
    grams = models.PositiveBigIntegerField(null=True, blank=True)
    box = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=7, choices=LineState, default=LineState.LOADED)
    is_extra = models.BooleanField(default=False)
    origin = models.JSONField(default=list, blank=True)

    objects: ClassVar[models.Manager["TransportLine"]] = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["transport", "item"], name="transport_line_once"),
            models.CheckConstraint(condition=Q(units__gt=0), name="transport_line_units"),
        ]

    def __str__(self) -> str:
        return f"{self.units} × {self.item_code}"
