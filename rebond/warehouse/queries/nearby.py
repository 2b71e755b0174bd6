"""What lies where an object should be, and around: shown to who does not find it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from rebond.catalogue.models import Item
from rebond.warehouse.enums import PickState, PlaceKind
from rebond.warehouse.models import Holding, PickLine, Place

HERE, AROUND = 12, 4  # objects shown of the place itself, and of each one around
SIDE, INSIDE = 2, 6  # places looked at on each side, and boxes that stand in it


@dataclass(frozen=True, slots=True)
class Nearby:
    """Some of the objects that lie in a place, `is_more` where there are others."""

    place: Place
    items: Sequence[Item]
    is_more: bool


def nearby(line: PickLine) -> list[Nearby]:
    """Its place first, the boxes in it, then the next places by label and the levels above and below: seven queries.

    Objects on the shelf, and those that are sold and not taken yet. Places where nothing lies are left out.
    """
    place = line.place
    if place is None:
        return []
    places = {one.pk: one for one in [place, *_around(place)]}
    others = [pk for pk in places if pk != place.pk]
    found: dict[int, dict[int, Item]] = {pk: {} for pk in places}
    held = Holding.objects.exclude(item=line.item_id).select_related("item")
    for row in [*held.filter(place=place).order_by("-pk")[: HERE + 1], *_some(held, others)]:
        found[row.place_id][row.item_id] = row.item
    sold = PickLine.objects.filter(state=PickState.TO_PICK).exclude(pk=line.pk).select_related("item")
    for one in [*sold.filter(place=place).order_by("-pk")[: HERE + 1], *_some(sold, others)]:
        found[one.place_id or 0][one.item_id] = one.item
    made = []
    for pk, items in found.items():
        most = HERE if pk == place.pk else AROUND
        if items:
            made.append(Nearby(places[pk], list(items.values())[:most], len(items) > most))
    return made


def _some(rows: Any, places: Sequence[int]) -> Any:
    """The latest of each place, one more than is shown."""
    nth = Window(RowNumber(), partition_by=F("place"), order_by="-pk")
    return rows.filter(place__in=places).annotate(nth=nth).filter(nth__lte=AROUND + 1).order_by("place", "-pk")


def _around(place: Place) -> list[Place]:
    """Boxes in it; those beside it by label; bins of the same name on the other levels of its bay."""
    if not place.is_storage or place.kind == PlaceKind.WAITING:
        return []
    rows = Place.objects.storage().filter(site=place.site_id).exclude(pk=place.pk)
    inside = rows.filter(parent=place).order_by("label", "pk")[:INSIDE]
    before = rows.filter(label__lt=place.label).order_by("-label", "-pk")[:SIDE]
    after = rows.filter(label__gt=place.label).exclude(parent=place).order_by("label", "pk")[:SIDE]
    found = [*inside, *reversed(before), *after]
    if place.kind == PlaceKind.BIN and place.parent_id:
        bay = Place.objects.filter(pk=place.parent_id).values("parent")
        found += rows.filter(parent__parent__in=bay, kind=PlaceKind.BIN, name=place.name).order_by("label")[:INSIDE]
    return list(dict.fromkeys(found))
