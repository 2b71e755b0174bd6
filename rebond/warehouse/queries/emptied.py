"""What a round leaves behind: bins that should be empty, slots of the cart that are free."""

from collections.abc import Collection

from rebond.warehouse.enums import OPEN_PARCELS, PickState, PlaceKind
from rebond.warehouse.models import Holding, Parcel, PickLine, Place, Round

NO_BIN = (PlaceKind.WAITING, PlaceKind.LOST)


def left_empty(places: Collection[int], taken: Collection[int]) -> set[int]:
    """Which of these places (keys) should hold nothing once these lines (keys) are taken: four queries.

    Not those where things stand that were never placed, nor those with boxes in them.
    """
    bins = set(Place.objects.filter(pk__in=places).exclude(kind__in=NO_BIN).values_list("pk", flat=True))
    bins -= set(Holding.objects.filter(place__in=bins).order_by().values_list("place_id", flat=True))
    bins -= set(Place.objects.filter(parent__in=bins).order_by().values_list("parent_id", flat=True))
    awaited = PickLine.objects.filter(place__in=bins, state=PickState.TO_PICK, parcel__state__in=OPEN_PARCELS)
    return bins - set(awaited.exclude(pk__in=taken).values_list("place_id", flat=True))


def emptied_by(line_id: object) -> Place | None:
    """The place that should be empty now that this line (its key, of a step) was taken; None where it is not."""
    line = PickLine.objects.filter(pk=line_id, state=PickState.PICKED).select_related("place").first()
    if line is None or line.place is None or line.place_id not in left_empty([line.place_id], [line.pk]):
        return None
    found: Place = line.place
    return found


def free_slots(one: Round) -> list[int]:
    """Slots of its cart in which nothing is, nor is meant to be."""
    used = set(Parcel.objects.filter(round=one).values_list("slot", flat=True))
    used |= set(PickLine.objects.filter(parcel__round=one, slot__isnull=False).values_list("slot", flat=True))
    return [slot for slot in range(1, one.wave.slots + 1) if slot not in used]
