"""A parcel given to a carrier: its label, its number, what happened to it. It knows no order, only a reference."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.journal.models import StoredFile
from rebond.network.models import Organisation
from rebond.warehouse import perms
from rebond.warehouse.carriers.contract import Step
from rebond.warehouse.enums import OVER_SHIPMENTS, ShipmentState
from rebond.warehouse.models.carrier import CarrierAccount
from rebond.warehouse.models.manifest import Manifest
from rebond.warehouse.models.parcel import Parcel


class ShipmentQuerySet(models.QuerySet["Shipment"]):
    def visible_to(self, user: Any) -> "ShipmentQuerySet":
        return self.filter(perms.visible_places(user))

    def alive(self) -> "ShipmentQuerySet":
        """Not refused, not cancelled, not replaced by the label it left again with: one at most for a parcel."""
        return self.exclude(state__in=OVER_SHIPMENTS)


class Shipment(models.Model):
    """`reference` is the parcel's, of the room that asked; `parcel` is what leaves with it, None where no site
    prepared it, or several did. `next_at` is when the carrier is asked again, None: never.

    `wanted` (sealed) holds both addresses while the label is awaited, and nothing after, but for a carrier whose list
    says whom each parcel is for: as long as the label, which is a private file that is deleted with its day. `cents` is
    what the carrier asks; no money moves by it.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="shipments")
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="shipments")
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, null=True, blank=True, related_name="shipments")
    reference = models.CharField(max_length=40)
    subject = models.CharField(max_length=40)  # what it is called where it was asked: an order's number
    mode = models.CharField(max_length=10)
    postal_code = models.CharField(max_length=5, blank=True)  # where it goes, for the lists
    state = models.CharField(max_length=9, choices=ShipmentState, default=ShipmentState.QUEUED)
    number = models.CharField(max_length=40, blank=True)
    grams = models.PositiveIntegerField()
    cents = models.PositiveIntegerField(null=True, blank=True)
    pdf = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    zpl = models.ForeignKey(StoredFile, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    wanted = EncryptedTextField(blank=True, default="")
    said = models.CharField(max_length=300, blank=True)  # why it was refused, or waits
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    labelled_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField(null=True, blank=True)  # of its last event
    delivered_at = models.DateTimeField(null=True, blank=True)
    manifest = models.ForeignKey(Manifest, on_delete=models.PROTECT, null=True, blank=True, related_name="shipments")
    scanned_at = models.DateTimeField(null=True, blank=True)  # into the carrier's cage
    late_at = models.DateTimeField(null=True, blank=True)  # since when it is said to be late, once

    objects: ClassVar[Any] = ShipmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["reference"],
                condition=~Q(state__in=["refused", "cancelled", "again"]),
                name="shipment_one_alive",
            ),
            models.CheckConstraint(condition=Q(grams__gt=0), name="shipment_weighs"),
            models.CheckConstraint(
                condition=~Q(state="delivered") | Q(delivered_at__isnull=False), name="shipment_delivered_has_its_hour"
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "-id"], name="shipment_all"),
            models.Index(fields=["organisation", "created_at"], name="shipment_made"),
            models.Index(
                fields=["organisation", "delivered_at"],
                condition=Q(delivered_at__isnull=False),
                name="shipment_delivered",
            ),
            models.Index(fields=["organisation", "state", "-id"], name="shipment_list"),
            models.Index(fields=["next_at"], condition=Q(next_at__isnull=False), name="shipment_due"),
            models.Index(fields=["account", "state", "id"], name="shipment_account"),
            models.Index(fields=["number"], name="shipment_number"),
            models.Index(fields=["reference"], name="shipment_reference"),
            models.Index(fields=["subject"], name="shipment_subject"),
        ]

    def __str__(self) -> str:
        return self.number or self.public_id


class TrackingEvent(models.Model):
    """What a carrier told, once, for ever: told again, or in another order, it is the same row."""

    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="events")
    carrier_id = models.CharField(max_length=80)
    step = models.CharField(max_length=10, choices=Step)
    at = models.DateTimeField()
    words = models.CharField(max_length=200, blank=True)
    place = models.CharField(max_length=120, blank=True)
    told_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager["TrackingEvent"]] = models.Manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shipment", "carrier_id"], name="tracking_event_once")]

    def __str__(self) -> str:
        return f"{self.shipment} {self.step}"
