"""What has to leave a site: a paid parcel of an order, and the objects to be picked for it."""

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.core.ids import public_id
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.enums import OPEN_PARCELS, ParcelState, PickState
from rebond.warehouse.models.place import Place
from rebond.warehouse.models.stock import Movement
from rebond.warehouse.models.wave import Round, Wave


class ParcelQuerySet(models.QuerySet["Parcel"]):
    def visible_to(self, user: Any) -> "ParcelQuerySet":
        return self.filter(perms.visible_places(user))

    def open(self) -> "ParcelQuerySet":
        return self.filter(state__in=OPEN_PARCELS)


class Parcel(models.Model):
    """Parcel `number` of order `order_code`, prepared at one site, whoever sells what is in it.

    The order's own room is above and tells what is known here: no name and no address of a buyer. `leave_by` is the
    hour at which what carries it leaves; `promised_on` the last day on which its buyer was told to have it, None where
    nothing was told (collected, by appointment). It is in one wave and on one cart at most: one column each holds it,
    so two persons never pick one order. `weight_g` is what its objects weigh together, None where one is not known.
    """

    public_id = models.CharField(max_length=12, unique=True, default=public_id, editable=False)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="parcels")  # of the site
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="parcels")
    order_code = models.CharField(max_length=12)
    number = models.PositiveSmallIntegerField()
    mode = models.CharField(max_length=10, choices=DeliveryMode, blank=True)
    carrier = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=9, choices=ParcelState, default=ParcelState.ASKED)
    weight_g = models.PositiveIntegerField(null=True, blank=True)
    leave_by = models.DateTimeField()
    promised_on = models.DateField(null=True, blank=True)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, null=True, blank=True, related_name="parcels")
    round = models.ForeignKey(
        Round, on_delete=models.PROTECT, null=True, blank=True, db_index=False, related_name="parcels"
    )
    slot = models.PositiveSmallIntegerField(null=True, blank=True)  # of the round's cart, from 1
    created_at = models.DateTimeField(default=timezone.now)
    ended_on = models.DateField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = ParcelQuerySet.as_manager()

    class Meta:
        ordering = ["leave_by", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["order_code", "number", "site"], name="parcel_asked_once"),
            models.UniqueConstraint(fields=["round", "slot"], name="parcel_slot_once"),
            models.CheckConstraint(
                condition=Q(round__isnull=True, slot__isnull=True) | Q(wave__isnull=False, slot__isnull=False),
                name="parcel_on_a_cart_has_its_slot",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["left", "cancelled"], ended_on__isnull=False)
                | ~Q(state__in=["left", "cancelled"]) & Q(ended_on__isnull=True),
                name="parcel_ended_has_its_day",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state", "leave_by", "id"], name="parcel_list"),
            models.Index(fields=["organisation", "leave_by", "id"], name="parcel_all"),
            models.Index(fields=["site", "state", "leave_by", "id"], name="parcel_site"),
            models.Index(fields=["organisation", "ended_on"], condition=Q(ended_on__isnull=False), name="parcel_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.order_code}-{self.number}"


class PickLine(models.Model):
    """`units` of an object to pick for a parcel, from where they lay when they were sold (`place`, None: not known).

    `movement` is the sale's own in the ledger: no other line takes its units. `owner` sells it.
    """

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="lines")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="pick_lines")
    item_code = models.CharField(max_length=12)
    title = models.CharField(max_length=150)
    owner = models.ForeignKey(Organisation, on_delete=models.PROTECT, db_index=False, related_name="+")
    units = models.PositiveIntegerField(default=1)
    grams = models.PositiveIntegerField(null=True, blank=True)  # of all the units
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="pick_lines")
    movement = models.OneToOneField(Movement, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    turn = models.PositiveSmallIntegerField(null=True, blank=True)  # in the walk of its round, from 1
    slot = models.PositiveSmallIntegerField(null=True, blank=True)  # of the cart, where its parcel's is full
    skips = models.PositiveSmallIntegerField(default=0)  # put off: it comes after those with fewer
    state = models.CharField(max_length=7, choices=PickState, default=PickState.TO_PICK)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(units__gt=0), name="pick_line_units")]

    def __str__(self) -> str:
        return self.title

    @property
    def cart_slot(self) -> int:
        """Where it goes on the cart: the slot of its parcel, or the second one; 0 on no cart."""
        return self.slot or self.parcel.slot or 0
