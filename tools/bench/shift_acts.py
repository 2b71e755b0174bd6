"""What the people of a shift touch, one screen after the other, by kind of station."""

import uuid
from collections.abc import Iterator
from itertools import cycle
from typing import Any, Protocol

# Seconds between two scans, or two touches, of one station in the mean: those of `--pace 10`.
PACES = {"shelves": 5.0, "photo": 20.0, "sorting": 8.0, "writing": 10.0, "review": 30.0, "packing": 40.0}
PACES |= {"picking": 5.0, "table": 8.0}
OBJECT_PICKED, SLOT_PICKED = "pick: object → which slot", "pick: slot → next object"
OBJECT_IN, LABEL = "pack: object → it is in", "pack: last gesture → label and slip in hand"
SCANS = frozenset(
    {
        "object → where to put it",
        "place → put away, next object",
        "object → its shots",
        "badge → what to do",
        OBJECT_PICKED,
        SLOT_PICKED,
        OBJECT_IN,
    }
)


class Tablet(Protocol):
    """What an act needs of `shift.Browser`."""

    def scan(self, path: str, form: dict[str, str] | None = None) -> str: ...

    def ask(self, path: str, form: dict[str, str] | None = None) -> tuple[int, str, int]: ...


def work(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    """One screen each time it is asked; its name."""
    return ACTS[station["kind"]](tablet, station)


def _shelves(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    places = cycle(station["places"])
    for code in station["items"]:
        there = tablet.scan("/atelier/ranger/", {"code": code})
        yield "object → where to put it"
        tablet.scan(there, {"code": next(places)})
        yield "place → put away, next object"


def _photo(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    for code in station["items"]:
        tablet.scan("/atelier/photos/", {"code": code})
        yield "object → its shots"


def _badges(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    while True:
        tablet.scan("/atelier/badge/", {"code": station["badge"]})
        yield "badge → what to do"


def _sorting(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    """What is it, which one, how heavy, where to: four screens a thing."""
    for thing in cycle(station["things"]):
        tablet.scan(f"/atelier/tri/?u={thing['universe']}")
        yield "sorting: what → which one"
        here = f"/atelier/tri/?c={thing['category']}"
        tablet.scan(here)
        yield "sorting: which one → how heavy"
        there = tablet.scan(here, {"weight_g": thing["weight"], "quantity": "1"})
        yield "sorting: weight → where to"
        given = {"weight_g": thing["weight"], "quantity": "1", "outcome": thing["outcome"]}
        tablet.scan(there, given)
        yield "sorting: where to → sorted, its label"


def _writing(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    """A listing: begin, one answer a screen, send."""
    for listing in station["listings"]:
        tablet.scan(f"/atelier/taches/{listing['task']}/", {})
        yield "writing: task → first question"
        for path, answer in listing["answers"]:
            tablet.scan(f"/atelier/annonces/{listing['task']}/{path}/", answer)
            yield "writing: answer → next question"
        tablet.scan(f"/atelier/annonces/{listing['task']}/envoyer/", {"price": listing["price"]})
        yield "writing: send → what became of it"


def _review(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    for task in station["tasks"]:
        tablet.scan(f"/atelier/taches/{task}/", {})
        yield "review: task → the listing"
        tablet.scan(f"/atelier/relectures/{task}/", {})
        yield "review: accept → on sale"


def _picking(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    """An object of the round, then the slot of its parcel, in the order of the walk."""
    for one in station["rounds"]:
        here = f"/atelier/preparer/{one['task']}/"
        is_alone = len({slot for _code, slot in one["lines"]}) == 1  # a cart of one parcel asks no slot
        for code, slot in one["lines"]:
            tablet.scan(here, {"code": code})
            yield SLOT_PICKED if is_alone else OBJECT_PICKED
            if not is_alone:
                tablet.scan(here, {"code": code, "slot": str(slot)})
                yield SLOT_PICKED


def _table(tablet: Tablet, station: dict[str, Any]) -> Iterator[str]:
    """A parcel: its objects, its carton, no picture, closed: its label made by the trial's carrier, as one PDF."""
    for one in station["parcels"]:
        here = tablet.scan("/atelier/emballer/", {"code": one["codes"][0]})
        yield "pack: object → its parcel"
        for code in one["codes"]:
            tablet.scan(here, {"code": code})
            yield OBJECT_IN
        tablet.scan(f"{here}carton/", {"carton": station["carton"]})
        yield "pack: carton → picture"
        tablet.scan(f"{here}photo/", {"without": "1"})
        yield "pack: picture → weight"
        tablet.scan(f"{here}fin/", {"weight": ""})
        status, _there, size = tablet.ask(f"/atelier/emballer/colis/{one['parcel']}/papiers/")
        if status != 200 or size < 5_000:
            raise ValueError(f"papers of {one['parcel']}: {status}, {size} bytes")
        yield LABEL


ACTS = {
    "picking": _picking,
    "table": _table,
    "shelves": _shelves,
    "photo": _photo,
    "packing": _badges,
    "sorting": _sorting,
    "writing": _writing,
    "review": _review,
}


def form_of(form: dict[str, str] | None) -> dict[str, str] | None:
    """The fields with an operation of their own, as each form of a station carries one."""
    return None if form is None else {"operation": str(uuid.uuid4()), **form}
