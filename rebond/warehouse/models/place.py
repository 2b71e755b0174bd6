"""Where things are: one tree of places for each site, down to the bin and the box that stands in it."""

from typing import Any, ClassVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.models import Category
from rebond.network.models import Organisation, Site
from rebond.warehouse import perms
from rebond.warehouse.codes import display_place_code
from rebond.warehouse.enums import CONTAINERS, PlaceKind


def _holdings() -> Any:
    return apps.get_model("warehouse", "Holding").objects


class PlaceQuerySet(models.QuerySet["Place"]):
    def visible_to(self, user: Any) -> "PlaceQuerySet":
        return self.filter(perms.visible_places(user))

    def open(self) -> "PlaceQuerySet":
        return self.filter(closed_on__isnull=True)

    def storage(self) -> "PlaceQuerySet":
        """Open places that hold things themselves."""
        return self.open().filter(is_storage=True)

    def with_units(self) -> "PlaceQuerySet":
        """Each with `units`: how many lie in the place itself. Counted for the rows that are read only."""
        held = _holdings().filter(place=OuterRef("pk")).order_by().values("place").annotate(n=Sum("units"))
        return self.annotate(units=Coalesce(Subquery(held.values("n")), 0))

    def used(self, *, is_used: bool = True) -> "PlaceQuerySet":
        """Those where something lies, or those where nothing does."""
        something = Exists(_holdings().filter(place=OuterRef("pk")))
        return self.filter(something if is_used else ~something)

    def under(self, place: "Place") -> "PlaceQuerySet":
        """What stands in `place`, at any depth. The site narrows the search: its places are some thousands."""
        return self.filter(site=place.site_id, path__startswith=place.path).exclude(pk=place.pk)


class Place(models.Model):
    """A zone, an aisle, a bay, a level, a bin, a box or a trolley; `label` is what people read and say (A-03-2).

    `path` is made of the codes from the root down, each followed by a slash. `is_storage`: things lie in it.
    `capacity` counts units (empty: as many as fit); `goods` is what is kept there, with its subcategories.
    Each site has one place of kind `waiting`, where what arrives lies before somebody puts it away; a seller
    without a site has one too. What two people did not find lies in its site's `lost` place, and what a transport
    carries in that transport's `transit` place: neither is storage, nobody puts anything there by a scan.
    """

    code = models.CharField(max_length=8, unique=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="places")
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, blank=True, related_name="places")
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=8, choices=PlaceKind)
    name = models.CharField(max_length=20)
    label = models.CharField(max_length=80)
    path = models.CharField(max_length=120)
    is_storage = models.BooleanField(default=False)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    goods = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    closed_on = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects: ClassVar[Any] = PlaceQuerySet.as_manager()

    class Meta:
        ordering = ["label", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["site", "label"], name="place_label_once"),
            models.UniqueConstraint(fields=["site"], condition=Q(kind="waiting"), name="place_one_waiting"),
            models.UniqueConstraint(fields=["site"], condition=Q(kind="lost"), name="place_one_lost"),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=Q(kind="waiting", site__isnull=True),
                name="place_one_waiting_without_site",
            ),
            models.CheckConstraint(condition=Q(site__isnull=False) | Q(kind="waiting"), name="place_has_site"),
            models.CheckConstraint(condition=Q(capacity__isnull=True) | Q(capacity__gt=0), name="place_capacity"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="place_not_in_itself"),
        ]
        indexes = [
            models.Index(fields=["organisation", "is_storage", "label", "id"], name="place_list"),
            models.Index(fields=["site", "is_storage", "label", "id"], name="place_near"),
            # Few places are kept for something: without this, looking for them reads all those of the site.
            models.Index(fields=["site", "goods", "label"], condition=Q(goods__isnull=False), name="place_kept_for"),
        ]

    def __str__(self) -> str:
        if self.kind == PlaceKind.WAITING:
            return str(_("Waiting for a place"))
        return str(_("Not found at a count")) if self.kind == PlaceKind.LOST else self.label

    @property
    def public_id(self) -> str:
        """The code: a place's identifier, in the journal and on its label."""
        return self.code

    @property
    def display_code(self) -> str:
        return display_place_code(self.code)

    @property
    def is_container(self) -> bool:
        return self.kind in CONTAINERS

    @property
    def is_lost(self) -> bool:
        return self.kind == PlaceKind.LOST

    @property
    def is_waiting(self) -> bool:
        return self.kind == PlaceKind.WAITING
