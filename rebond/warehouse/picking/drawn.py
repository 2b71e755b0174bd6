"""A plan as people draw it (`SiteLayout.plan`), and what is made of it: the solver's document, points of a picture.

A plan is {aisles, stairs, stands, racks}; lengths are whole centimetres. A rack is one aisle of the tree of places
along one passage: its bays are `pitch` apart from `first` on, in their order, or `backwards`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DESK = "desk"  # the bay of what lies at no spot of the plan: where the walk ends
GAP_CM = 300  # between two floors in a picture: they lie side by side
type Plan = Mapping[str, Sequence[Mapping[str, Any]]]
type Spots = Mapping[str, Sequence[Any]]


def document_of(plan: Plan, spots: Spots, codes: Sequence[str], *, with_desk: bool = False) -> dict[str, Any]:
    """The layout of docs/formats/picking.md with the bays of these codes; `with_desk`: with that of what lies nowhere.

    Only where something does: from an end that is left one way, no walk comes back to a bay. Without any code it is
    the one bay there is.
    """
    passages = [
        {
            "id": one["name"],
            "from": [one["x1"], one["y1"]],
            "to": [one["x2"], one["y2"]],
            "floor": one["floor"],
            "one_way": one["one_way"],
        }
        for one in plan["aisles"]
    ]
    stairs = [
        {
            "id": one["name"],
            "from": [one["x1"], one["y1"], one["floor1"]],
            "to": [one["x2"], one["y2"], one["floor2"]],
            "cost_cm": one["cost_cm"],
            "one_way": one["one_way"],
        }
        for one in plan["stairs"]
    ]
    stands = [
        {"id": one["name"], "at": [one["x"], one["y"]], "floor": one["floor"], "start": one["start"], "end": one["end"]}
        for one in plan["stands"]
    ]
    last = next((one for one in plan["stands"] if one["end"]), plan["stands"][0])
    bays: list[dict[str, Any]] = [{"id": code, "passage": spots[code][0], "at": spots[code][1]} for code in codes]
    if with_desk or not codes:
        bays.append({"id": DESK, "access": [last["x"], last["y"]], "floor": last["floor"]})
    return {"passages": passages, "stairs": stairs, "bays": bays, "stands": stands}


def spots_of(plan: Plan, bays: Mapping[str, Sequence[str]]) -> dict[str, list[Any]]:
    """{code: [passage, centimetres]} of each rack's bays (`bays`: by aisle, in order), and of the aisle itself."""
    found: dict[str, list[Any]] = {}
    for rack in plan["racks"]:
        codes = bays.get(rack["place"], ())
        found[rack["place"]] = [rack["passage"], rack["first"]]
        for n, code in enumerate(codes):
            turn = len(codes) - 1 - n if rack["backwards"] else n
            found[code] = [rack["passage"], rack["first"] + rack["pitch"] * turn]
    return found


@dataclass(frozen=True, slots=True)
class Flat:
    """The floors side by side, the lowest at the left, so that one picture shows all of them."""

    floors: tuple[int, ...]
    width: int

    def point(self, x: int, y: int, floor: int) -> tuple[int, int]:
        rank = self.floors.index(floor) if floor in self.floors else 0
        return x + rank * (self.width + GAP_CM), y


def flat_of(plan: Plan) -> Flat:
    """Of a plan with one passage at least."""
    xs = [one[key] for one in plan["aisles"] for key in ("x1", "x2")] + [one["x"] for one in plan["stands"]]
    floors = {one["floor"] for one in plan["aisles"]} | {one["floor"] for one in plan["stands"]}
    return Flat(tuple(sorted(floors)), max(xs, default=0) - min(xs, default=0))
