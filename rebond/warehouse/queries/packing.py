"""What the packer sees: the objects of a parcel, the carton proposed, the weight expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Q, Value, When

from rebond.catalogue.models import Category
from rebond.core.codes import parse_code
from rebond.warehouse.cartons.choose import Carton as Box
from rebond.warehouse.cartons.choose import Choice, Object, choose_carton
from rebond.warehouse.cartons.choose import Parcel as Asked
from rebond.warehouse.cartons.fit import Box as Measured
from rebond.warehouse.data.protection import Protection, protection_of
from rebond.warehouse.enums import OPEN_PARCELS, ParcelState, PickState
from rebond.warehouse.models import Carton, Packing, Parcel, PickLine
from rebond.workshop.models import Task

MOST_BOXES = 60  # what the search takes: above, the packer chooses by eye
LIVE = (PickState.TO_PICK, PickState.PICKED)


@dataclass(frozen=True, slots=True)
class Inside:
    """A line of the parcel, how many of its units were scanned at the packing table, how it is protected."""

    line: PickLine
    seen: int
    protection: Protection

    @property
    def is_seen(self) -> bool:
        return self.seen >= self.line.units


@dataclass(frozen=True, slots=True)
class Proposal:
    """`carton` None: none holds everything, or measures are missing (`unknown`: of which objects).

    `causes` are the objects because of which nothing fits, `others` all that the site has left, smallest first.
    """

    carton: Carton | None
    others: Sequence[Carton]
    unknown: Sequence[str] = ()
    causes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Weight:
    """Grams between which a well packed parcel weighs; None where the weight of an object is not known."""

    low_g: int | None
    high_g: int | None

    def holds(self, grams: int) -> bool:
        return self.low_g is None or self.high_g is None or self.low_g <= grams <= self.high_g


def parcel_of(task: Task) -> Parcel:
    """The parcel of a task of packing; raise Parcel.DoesNotExist."""
    found: Parcel = Parcel.objects.select_related("site", "organisation").get(public_id=task.subject_id)
    return found


def inside(parcel: Parcel, task: Task) -> list[Inside]:
    """What has to go in, by code: two queries."""
    seen = task.data.get("seen", {})
    rows = PickLine.objects.filter(parcel=parcel, state__in=LIVE).select_related("item__category")
    return [
        Inside(line, int(seen.get(str(line.pk), 0)), protection_of(_path(line.item.category)))
        for line in rows.order_by("item_code", "pk")
    ]


def _path(category: Category | None) -> Iterable[str]:
    return category.path.split("/") if category is not None else ()


def carton_of(task: Task, parcel: Parcel) -> Carton | None:
    """The one that was chosen; None where none was, or where it is wrapped alone."""
    found: Carton | None = Carton.objects.filter(public_id=task.data.get("carton", ""), site=parcel.site_id).first()
    return found


def cartons_at(parcel: Parcel) -> list[Carton]:
    """What the site has left, the smallest first."""
    rows = Carton.objects.open().filter(site=parcel.site_id, left__gt=0)
    return sorted(rows, key=lambda one: (one.length_mm * one.width_mm * one.height_mm, one.pk))


def propose(parcel: Parcel, things: Sequence[Inside]) -> Proposal:
    """The cheapest carton of the site that holds everything with its protection, salvaged first (decision 31)."""
    cartons = cartons_at(parcel)
    unknown = [one.line.title for one in things if None in _sides(one)]
    if unknown or not cartons or sum(one.line.units for one in things) > MOST_BOXES:
        return Proposal(None, cartons, unknown)
    choice = _choose(things, cartons)
    chosen = next((one for one in cartons if choice.carton and one.public_id == choice.carton.id), None)
    titles = {str(one.line.pk): one.line.title for one in things}
    causes = [titles[name.partition("-")[0]] for name, _why in choice.causes]
    return Proposal(chosen, cartons, (), list(dict.fromkeys(causes)))


def _sides(one: Inside) -> tuple[int | None, int | None, int | None]:
    item = one.line.item
    return item.length_mm, item.width_mm, item.height_mm


def _choose(things: Sequence[Inside], cartons: Sequence[Carton]) -> Choice:
    objects = []
    for one in things:
        length, width, height = (side or 1 for side in _sides(one))
        shape = {"upright": one.protection.is_upright, "fragile": one.protection.is_fragile}
        for n in range(one.line.units):
            box = Measured(f"{one.line.pk}-{n}", (length, width, height), one.line.item.weight_g or 0, **shape)
            objects.append(Object(box, one.protection.padding_mm))
    boxes = [
        Box(row.public_id, row.inner, row.cost_cents, row.is_salvaged, row.left, row.most_g, row.tare_g)
        for row in cartons
    ]
    return choose_carton(Asked(tuple(objects), tuple(boxes)))


def expected_weight(things: Sequence[Inside], carton: Carton | None) -> Weight:
    """The objects and the empty carton, 5 % less (scales, weights noted at the dock) to 10 % and 150 g more (filling).

    An estimate: nobody weighs the paper.
    """
    grams = [one.line.grams for one in things]
    if None in grams:
        return Weight(None, None)
    net = sum(one or 0 for one in grams) + (carton.tare_g if carton else 0)
    return Weight(net * 95 // 100, net * 110 // 100 + 150)


_READINESS = Case(
    When(parcel__state=ParcelState.PICKED, then=Value(0)),
    When(Q(parcel__state=ParcelState.ASKED, parcel__round=None), then=Value(1)),
    When(parcel__state=ParcelState.ASKED, then=Value(2)),
    default=Value(3),
)


def wanted_parcel(code: str, organisation: Any) -> Parcel | None:
    """The open parcel of the organisation's sites that an object is for; None where nobody bought it.

    Of a batch of which several were bought: one that was brought here, then one that nobody has; a packed one last.
    """
    found = parse_code(code)
    if not found:
        return None
    rows = PickLine.objects.filter(item_code=found, state__in=LIVE, parcel__state__in=OPEN_PARCELS)
    rows = rows.filter(parcel__organisation=organisation).select_related("parcel__site")
    line = rows.order_by(_READINESS, "pk").first()
    return line.parcel if line is not None else None


def packing_of(parcel: Parcel) -> Packing | None:
    """How it is packed now."""
    rows = Packing.objects.filter(parcel=parcel, undone_on__isnull=True)
    found: Packing | None = rows.select_related("carton").first()
    return found
