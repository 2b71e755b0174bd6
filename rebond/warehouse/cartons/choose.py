"""The carton for a parcel, from one document (docs/formats/parcel.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebond.warehouse.cartons.fit import Box, Placed, Size, fits, fits_alone
from rebond.warehouse.documents import Part, unique

MOST_OBJECTS = 60


@dataclass(frozen=True)
class Carton:
    """Inside measures. `cost_cents` is what using one costs; a salvaged one is preferred at the same cost."""

    id: str
    inner: Size
    cost_cents: int = 0
    salvaged: bool = False
    stock: int = 1
    most_g: int | None = None
    tare_g: int = 0

    @property
    def volume(self) -> int:
        return self.inner[0] * self.inner[1] * self.inner[2]

    @property
    def rank(self) -> tuple[int, bool, int, str]:
        return self.cost_cents, not self.salvaged, self.volume, self.id


@dataclass(frozen=True)
class Object:
    """A thing to send, with the protection around it on each side."""

    box: Box
    padding_mm: int = 0

    @property
    def padded(self) -> Box:
        length, width, height = (side + 2 * self.padding_mm for side in self.box.size)
        return Box(self.box.id, (length, width, height), self.box.weight_g, self.box.upright, self.box.fragile)


@dataclass(frozen=True)
class Parcel:
    objects: tuple[Object, ...]
    cartons: tuple[Carton, ...]


@dataclass(frozen=True)
class Refusal:
    """Why a carton was not taken; `is_certain` is false where eight objects were too many to be sure."""

    carton: str
    why: str
    is_certain: bool = True


@dataclass(frozen=True)
class Choice:
    """`carton` None: nothing fits, and `causes` are the objects (id, why) to look at."""

    carton: Carton | None
    placed: tuple[Placed, ...] = ()
    refused: tuple[Refusal, ...] = ()
    causes: tuple[tuple[str, str], ...] = ()


def read_parcel(value: Any) -> Parcel:
    """The parcel of a parsed JSON document. Raises `DocumentInvalid` with the path of what is wrong."""
    whole = Part.whole(value)
    whole.only("objects", "cartons")
    taken: set[str] = set()
    objects = tuple(_object(one, taken) for one in whole.parts("objects", least=1, most=MOST_OBJECTS))
    names: set[str] = set()
    return Parcel(objects, tuple(_carton(one, names) for one in whole.parts("cartons", least=1, most=500)))


def choose_carton(parcel: Parcel) -> Choice:
    """The first carton that holds everything: cheapest, salvaged before new, smallest."""
    boxes = [one.padded for one in parcel.objects]
    refused: list[Refusal] = []
    for carton in sorted(parcel.cartons, key=lambda carton: carton.rank):
        why, placed = _try(boxes, carton)
        if placed is not None:
            return Choice(carton, placed, tuple(refused))
        refused.append(why)
    return Choice(None, (), tuple(refused), tuple(_causes(boxes, parcel.cartons)))


def _try(boxes: Sequence[Box], carton: Carton) -> tuple[Refusal, tuple[Placed, ...] | None]:
    weight = sum(box.weight_g for box in boxes) + carton.tare_g
    if not carton.stock:
        return Refusal(carton.id, "none is left"), None
    if carton.most_g is not None and weight > carton.most_g:
        return Refusal(carton.id, f"it bears {carton.most_g:,} g, this would be {weight:,} g"), None
    for box in boxes:
        if not fits_alone(box, carton.inner):
            return Refusal(carton.id, f"“{box.id}” does not go in, even alone"), None
    if sum(box.volume for box in boxes) > carton.volume:
        return Refusal(carton.id, "the objects have more volume than it has"), None
    answer = fits(boxes, carton.inner)
    why = "no arrangement holds" if answer.is_certain else "no arrangement was found"
    return Refusal(carton.id, why, answer.is_certain), answer.placed


def _causes(boxes: Sequence[Box], cartons: Sequence[Carton]) -> list[tuple[str, str]]:
    """The objects that go into no carton; else those without which the others would go into one."""
    left = [carton for carton in cartons if carton.stock]
    if not left:
        return []
    alone = [
        (box.id, "it goes into none of the cartons, even alone")
        for box in boxes
        if all(_try([box], carton)[1] is None for carton in left)
    ]
    if alone or len(boxes) == 1:
        return alone
    found: list[tuple[str, str]] = []
    for box in sorted(boxes, key=lambda box: (-box.volume, box.id)):
        rest = [other for other in boxes if other is not box]
        for carton in sorted(left, key=lambda carton: carton.rank):
            if _try(rest, carton)[1] is not None:
                found.append((box.id, f"without it the others go into “{carton.id}”"))
                break
    return found


def _sides(part: Part, name: str) -> Size:
    a, b, c = part.numbers(name, 3, low=1, high=10_000)
    return a, b, c


def _object(part: Part, taken: set[str]) -> Object:
    part.only("id", "size_mm", "weight_g", "upright", "fragile", "padding_mm")
    weight = part.whole_number("weight_g", default=0)
    box = Box(unique(taken, part), _sides(part, "size_mm"), weight, part.yes("upright"), part.yes("fragile"))
    return Object(box, part.whole_number("padding_mm", high=500, default=0))


def _carton(part: Part, names: set[str]) -> Carton:
    part.only("id", "inner_mm", "cost_cents", "salvaged", "stock", "most_g", "tare_g")
    return Carton(
        unique(names, part),
        _sides(part, "inner_mm"),
        part.whole_number("cost_cents", default=0),
        part.yes("salvaged"),
        part.whole_number("stock", default=1),
        part.whole_number("most_g", low=1, default=None),
        part.whole_number("tare_g", default=0),
    )


def as_dict(choice: Choice, parcel: Parcel) -> dict[str, Any]:
    """The choice as `--json` prints it."""
    carton = choice.carton
    used = sum(one.padded.volume for one in parcel.objects)
    return {
        "carton": None
        if carton is None
        else {
            "id": carton.id,
            "inner_mm": list(carton.inner),
            "cost_cents": carton.cost_cents,
            "salvaged": carton.salvaged,
            "fill_percent": 100 * used // carton.volume,
            "weight_g": sum(one.box.weight_g for one in parcel.objects) + carton.tare_g,
        },
        "placements": [
            {"id": one.box.id, "at_mm": list(one.at), "size_mm": list(one.size)}
            for one in sorted(choice.placed, key=lambda one: (one.at[2], one.at[1], one.at[0]))
        ],
        "refused": [{"carton": one.carton, "why": one.why, "certain": one.is_certain} for one in choice.refused],
        "causes": [{"object": name, "why": why} for name, why in choice.causes],
    }
