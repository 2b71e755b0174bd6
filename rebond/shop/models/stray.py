"""Parcels that came back and that no return announced: noted at the station, cleared up at the desk."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from rebond.core.ids import public_id
from rebond.core.sealed import EncryptedTextField
from rebond.journal.models import StoredFile
from rebond.network.models import Organisation, Site
from rebond.shop import perms
from rebond.shop.models.order import SellerOrder
from rebond.shop.models.withdrawal import Return
from rebond.shop.stray_enums import StrayPicture, StrayState
from rebond.warehouse.models import Shipment


class StrayParcelQuerySet(models.QuerySet["StrayParcel"]):
    def visible_to(self, user: Any) -> "StrayParcelQuerySet":
        return self.filter(perms.visible_strays(user))


class StrayParcel(models.Model):
    """What lies at a site and belongs to nobody yet. Days only: no hour of anybody's work.

    `number` is what was read on it. `shipment` is our own parcel that its carrier could not hand over; then `part` is
    known from the first day. Once its order is found, `back` is the return that goes on in its place.

    Or it leaves again: `asked_on` the buyer was asked where to, `address` (sealed) is what was answered on
    `confirmed_on`, kept until the label is there; `again` is the shipment that it leaves with.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    seller = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="stray_parcels")
    site = models.ForeignKey(Site, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=9, choices=StrayState, default=StrayState.OPEN)
    number = models.CharField(max_length=60, blank=True)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    note = models.CharField(max_length=300, blank=True)
    put_at = models.CharField(max_length=80, blank=True)  # where it was put, as people say it
    part = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, null=True, blank=True, related_name="stray_parcels")
    back = models.ForeignKey(Return, on_delete=models.PROTECT, null=True, blank=True, related_name="stray_parcels")
    asked_on = models.DateField(null=True, blank=True)
    confirmed_on = models.DateField(null=True, blank=True)
    address = EncryptedTextField(blank=True, default="")
    again = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)  # of what became of it
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    noted_by = models.CharField(max_length=160)
    noted_on = models.DateField()
    closed_by = models.CharField(max_length=160, blank=True)
    closed_on = models.DateField(null=True, blank=True)

    objects: ClassVar[StrayParcelQuerySet] = StrayParcelQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_on__isnull=True) | ~Q(state="open") & Q(closed_on__isnull=False),
                name="stray_closed_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(state="tied", part__isnull=False, back__isnull=False)
                | ~Q(state="tied") & Q(back__isnull=True),
                name="stray_tied_has_its_return",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent_back", "sorting", "mistake"]) | ~Q(reason=""),
                name="stray_ended_has_its_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state="again") | Q(part__isnull=False, again__isnull=False, confirmed_on__isnull=False),
                name="stray_again_has_its_label",
            ),
            models.UniqueConstraint(fields=["shipment"], condition=~Q(state="mistake"), name="stray_once_a_shipment"),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "-id"], name="stray_list"),
            models.Index(fields=["seller", "number"], name="stray_number"),
        ]

    def __str__(self) -> str:
        return self.public_id


class StrayPhoto(models.Model):
    """A picture of the parcel or of its label, made again by us, kept privately and for a year."""

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    stray = models.ForeignKey(StrayParcel, on_delete=models.PROTECT, related_name="photos")
    kind = models.CharField(max_length=6, choices=StrayPicture)
    operation = models.UUIDField(unique=True, default=uuid.uuid4)
    stored = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="+")  # the night's sweep

    objects: ClassVar[models.Manager["StrayPhoto"]] = models.Manager()

    def __str__(self) -> str:
        return self.stored.name
