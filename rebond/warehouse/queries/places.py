"""Places: found by their code, told by their parts, listed at the desk; where to put an object."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from rebond.catalogue.models import Item
from rebond.catalogue.queries import categories
from rebond.core.prepared import Prepared
from rebond.network.models import Site
from rebond.warehouse.codes import parse_place_code
from rebond.warehouse.enums import CONTAINERS, PlaceKind
from rebond.warehouse.models import Holding, Place
from rebond.workshop.data.chain import STORE
from rebond.workshop.models import Step
from rebond.workshop.scan import ScanKind, Scanned

TILES = 5  # drawn at most, the last ones of the way: a zone, an aisle, a bay, a level and a bin
LOOKED = (10, 50, 120, 120)  # places looked at in one go for room, from the last one used on
SHOWN = 500  # objects on a place's page


@dataclass(frozen=True, slots=True)
class Tile:
    """One step of the way to a place: what it is called and its letters; `is_last` is where the hand goes."""

    kind: str
    name: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Where an object could go: the place, the way there, and how many more fit (None where nobody counts)."""

    place: Place
    tiles: Sequence[Tile]
    room: int | None


@dataclass(frozen=True, slots=True)
class Lying:
    """How many units of an object lie in a place."""

    place: Place
    units: int


_CODED: Prepared[Place] = Prepared(
    lambda code: Place.objects.filter(code=code).select_related("site").order_by(), "(code)"
)


def read_place(text: str, organisation: Any) -> Scanned | None:
    """The reader of places' codes (workshop.scan); another organisation's place is unknown here."""
    code = parse_place_code(text)
    if code is None:
        return None
    place = _CODED.first(code)
    if place is None or place.organisation_id != organisation.pk:
        return Scanned(ScanKind.UNKNOWN, code, code)
    return Scanned(ScanKind.BOX if place.is_container else ScanKind.PLACE, code, str(place), place)


def way_to(place: Place) -> list[Tile]:
    """The last five steps from the zone to the place; a box shows where it stands, then itself."""
    codes = place.path.rstrip("/").split("/")
    above = Place.objects.filter(code__in=codes[:-1]).order_by("path")
    return _tiles([*above, place] if len(codes) > 1 else [place])


def _tiles(steps: Sequence[Place]) -> list[Tile]:
    shown = steps[-TILES:]
    return [
        Tile(step.get_kind_display(), str(step) if step.is_waiting else step.name, step is shown[-1]) for step in shown
    ]


_UNITS: Prepared[tuple[int]] = Prepared(
    lambda place: Holding.objects.filter(place_id=place).order_by().values_list("place_id").annotate(n=Sum("units")), -1
)


def units_in(place: Place) -> int:
    """How many units lie in the place itself."""
    found = _UNITS.first(place.pk)
    return int(found[-1]) if found else 0


def units_under(place: Place) -> int:
    """How many units lie in the place and in all that stands in it."""
    rows = Holding.objects.filter(place__site_id=place.site_id, place__path__startswith=place.path)
    return int(rows.aggregate(n=Sum("units"))["n"] or 0)


def suggest_place(item: Item, *, site: Site | None, after: str = "") -> Suggestion | None:
    """A place with room near the ones used last at this site: first those kept for such goods, then the others.

    `after` is the label of a place that did not suit: those that follow it come first. None where the site has no
    place yet, or none with room among the 300 nearest.
    """
    if site is None:
        return None
    last = after or _last_label(site)
    is_kept = bool(_KEPT.run(site.pk))
    if not is_kept and (found := _first_with_room(_NEAR.run(site.pk, last), item.quantity, but=after)) is not None:
        return found
    rows = _shelves(site.pk)
    if after:
        rows = rows.exclude(label=after)
    kept = [above.pk for above in categories.ancestors_of(categories.get(item.category_id))] if is_kept else []
    for goods in (Q(goods_id__in=kept), Q(goods__isnull=True)):
        found = _with_room(rows.filter(goods), last, item.quantity)
        if found is not None:
            return found
    return None


def _shelves(site_id: Any) -> Any:
    return Place.objects.storage().filter(site_id=site_id, kind__in=[PlaceKind.SHELF, PlaceKind.BIN, PlaceKind.BAY])


# What nearly every scan of an object asks: whether the site keeps places for some goods, and the next ten places.
_KEPT: Prepared[tuple[int]] = Prepared(
    lambda site: Place.objects.filter(site_id=site, goods__isnull=False).order_by().values_list("pk")[:1], -1
)
_NEAR: Prepared[tuple[int, str, int | None, int]] = Prepared(
    lambda site, last: (
        _shelves(site)
        .filter(goods__isnull=True, label__gte=last)
        .with_units()
        .order_by("label", "pk")
        .values_list("pk", "label", "capacity", "units")[: LOOKED[0]]
    ),
    -1,
    "(label)",
)
_PLACE: Prepared[Place] = Prepared(
    lambda pk: Place.objects.filter(pk=pk).select_related("parent__parent").order_by(), -1
)
_LAST: Prepared[tuple[dict[str, Any]]] = Prepared(
    lambda organisation, day, site: (
        Step.objects.filter(organisation_id=organisation, day=day, kind=STORE, site_id=site)
        .order_by("-pk")
        .values_list("data")[:1]
    ),
    -1,
    datetime.date(1900, 1, 1),
    -2,
)


def _last_label(site: Site) -> str:
    """Where somebody of the site put something last today, or ""."""
    found = _LAST.first(site.organisation_id, timezone.localdate(), site.pk)
    return str(found[0].get("label", "")) if found else ""


def _first_with_room(near: Iterable[tuple[int, str, int | None, int]], needed: int, *, but: str) -> Suggestion | None:
    """The first of these (key, label, capacity, units) with room, but for the place of that label."""
    for pk, label, capacity, units in near:
        room = None if capacity is None else capacity - units
        if label != but and (room is None or room >= needed):
            return _suggested(pk, room)
    return None


def _suggested(pk: int, room: int | None) -> Suggestion | None:
    place = _PLACE.first(pk)
    if place is None:
        return None
    above = [one for one in (place.parent and place.parent.parent, place.parent) if one]
    return Suggestion(place, _tiles([*above, place]), room)


def _with_room(rows: Any, last: str, needed: int) -> Suggestion | None:
    """From the last used on, then from the start: the first with room. Few are looked at first, then more."""
    for side in (rows.filter(label__gte=last), rows.filter(label__lt=last)) if last else (rows,):
        ordered = side.order_by("label", "pk").values_list("pk", "capacity")
        start = 0
        for size in LOOKED:
            some = list(ordered[start : start + size])
            if not some:
                break
            start += size
            held = _units_by_place([pk for pk, _capacity in some])
            for pk, capacity in some:
                room = None if capacity is None else capacity - held.get(pk, 0)
                if room is None or room >= needed:
                    return _suggested(pk, room)
    return None


def _units_by_place(places: Sequence[int]) -> dict[int, int]:
    rows = Holding.objects.filter(place__in=places).order_by().values_list("place_id").annotate(n=Sum("units"))
    return dict(rows)


_LYING: Prepared[Holding] = Prepared(
    lambda item: Holding.objects.filter(item_id=item).select_related("place").order_by("place__label", "pk"), -1
)


def lying(item: Item) -> list[Lying]:
    """Where the units of an object are."""
    return [Lying(row.place, row.units) for row in _LYING.run(item.pk)]


MOST = 1_000
_WAITING: Prepared[tuple[int]] = Prepared(
    lambda site: (
        Holding.objects.filter(place__site_id=site, place__kind=PlaceKind.WAITING).order_by().values_list("pk")[:MOST]
    ),
    -1,
)


def waiting_count(site: Site | None) -> int:
    """How many objects of the site wait for a place, counted up to MOST."""
    return len(_WAITING.run(site.pk)) if site is not None else 0


def places_of(organisation: Any, *, words: str = "", fill: str = "", site: str = "") -> QuerySet[Place]:
    """The organisation's places that hold things, by label, each with its `units`.

    `words`: a code, or the beginning of a label. `fill`: `vides`, `pleines`, `boites` or "".
    """
    rows = Place.objects.storage().filter(organisation=organisation).select_related("site", "goods", "parent")
    if words.strip():
        code = parse_place_code(words)
        rows = rows.filter(code=code) if code else rows.filter(label__istartswith=words.strip())
    if site:
        rows = rows.filter(site__public_id=site)
    counted: Any = rows.with_units()
    if fill == "vides":
        counted = counted.used(is_used=False)
    elif fill == "pleines":
        counted = counted.filter(capacity__isnull=False, units__gte=F("capacity"))
    elif fill == "boites":
        counted = counted.filter(kind__in=CONTAINERS)
    found: QuerySet[Place] = counted.order_by("label", "pk")
    return found


def named_place(text: str, *, site: Site | None) -> Place | None:
    """The open place that `text` names at a site: by its code, or by what its label says."""
    rows = Place.objects.open().filter(site=site)
    code = parse_place_code(text)
    found: Place | None = (rows.filter(code=code) if code else rows.filter(label__iexact=text.strip())).first()
    return found


def contents(place: Place) -> list[Holding]:
    """What lies in the place itself, by title (500 at most); where things wait, the newest first."""
    rows = Holding.objects.filter(place=place).select_related("item__seller")
    return list(rows.order_by(*(("-pk",) if place.is_waiting else ("item__title", "item_id")))[:SHOWN])


def standing_in(place: Place) -> list[Place]:
    """Places and boxes that stand directly in this one, with their `units`."""
    rows = Place.objects.open().filter(parent=place)
    return list(rows.with_units().order_by("label", "pk")[:SHOWN])


def numbers(organisation: Any) -> dict[str, int]:
    """How many places hold things, and how many of these are empty: two queries."""
    rows = Place.objects.storage().filter(organisation=organisation).exclude(kind=PlaceKind.WAITING)
    return {"places": rows.count(), "empty": rows.used(is_used=False).count()}
