"""A site as walks see it: its last plan (`SiteLayout`), or one supposed from the names of its places.

No measure is known of a site that nobody has drawn: aisles are 3 m apart and bays 1 m wide, with a passage in front,
one at the back, and 5 m to the packing table, so that each round more is a way there and back. Lengths compare ways of
walking; they are no measures of the building.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rebond.network.models import Site
from rebond.warehouse.enums import PlaceKind
from rebond.warehouse.models import PickLine, Place, SiteLayout
from rebond.warehouse.picking.drawn import DESK, Flat, document_of, flat_of
from rebond.warehouse.queries.layouts import AISLE_CM, BAY_CM, DOOR_CM, MOST_AISLES, current_layout

ONE_FLOOR = Flat((0,), 0)


@dataclass(frozen=True, slots=True)
class Drawing:
    """The layout as a document (docs/formats/picking.md), and the bay of each line by its key.

    `version` is the plan that somebody drew, None where it is supposed.
    """

    layout: dict[str, Any]
    bays: dict[int, str]
    labels: dict[int, str]
    version: SiteLayout | None = None
    flat: Flat = ONE_FLOOR

    def bay(self, line: PickLine) -> str:
        return self.bays[line.pk]

    def label(self, line: PickLine) -> str:
        return self.labels[line.pk]

    def point(self, x: int, y: int, floor: int) -> tuple[int, int]:
        """Where a point of a walk is in the picture: floors lie side by side."""
        return self.flat.point(x, y, floor)


def drawing_of(site: Site, lines: Sequence[PickLine]) -> Drawing:
    """The site's drawing with the bays of these lines: one query where it was drawn, four where it is supposed."""
    version = current_layout(site)
    return _drawn(version, lines) if version is not None else _supposed(site, lines)


def _drawn(version: SiteLayout, lines: Sequence[PickLine]) -> Drawing:
    """Each line at the deepest place above it that has a spot; at the end of the walk where none has."""
    bays = {}
    for line in lines:
        way = line.place.path.rstrip("/").split("/") if line.place else []
        bays[line.pk] = next((code for code in reversed(way) if code in version.spots), DESK)
    codes = sorted(set(bays.values()) - {DESK})
    labels = {line.pk: str(line.place or "") for line in lines}
    document = document_of(version.plan, version.spots, codes, with_desk=DESK in bays.values())
    return Drawing(document, bays, labels, version, flat_of(version.plan))


def _supposed(site: Site, lines: Sequence[PickLine]) -> Drawing:
    aisles = _ranked(Place.objects.filter(site=site, kind=PlaceKind.AISLE).order_by("label", "pk")[:MOST_AISLES])
    codes = {code for line in lines if line.place for code in line.place.path.rstrip("/").split("/")}
    above = {place.code: place for place in Place.objects.filter(code__in=codes)}
    rank = _bay_ranks(site, [place for place in above.values() if place.kind == PlaceKind.AISLE])
    deepest = max(rank.values(), default=0) + 2
    bays, points = {}, {DESK: {"id": DESK, "passage": "front", "at": 0}}
    for line in lines:
        way = [above[code] for code in line.place.path.rstrip("/").split("/") if code in above] if line.place else []
        aisle = next((place for place in way if place.kind == PlaceKind.AISLE and place.pk in aisles), None)
        bay = next((place for place in way if place.kind == PlaceKind.BAY), None)
        if aisle is None:
            bays[line.pk] = DESK
            continue
        at = (rank.get(bay.pk, 0) + 1 if bay else 1) * BAY_CM
        name = f"{aisle.code}/{at}"
        points[name] = {"id": name, "passage": aisle.code, "at": at}
        bays[line.pk] = name
    labels = {line.pk: str(line.place or "") for line in lines}
    return Drawing(_layout(aisles, deepest * BAY_CM, list(points.values())), bays, labels)


def _ranked(aisles: Any) -> dict[int, tuple[int, str]]:
    """{aisle: its rank from the left, its code}"""
    return {aisle.pk: (n, aisle.code) for n, aisle in enumerate(aisles)}


def _bay_ranks(site: Site, aisles: Sequence[Place]) -> dict[int, int]:
    """{bay: its rank from the front of its aisle}"""
    found: dict[int, int] = {}
    seen: dict[int | None, int] = {}
    rows = Place.objects.filter(site=site, kind=PlaceKind.BAY, parent__in=aisles).order_by("label", "pk")
    for pk, parent in rows.values_list("pk", "parent_id"):
        found[pk] = seen.get(parent, 0)
        seen[parent] = found[pk] + 1
    return found


def _layout(aisles: dict[int, tuple[int, str]], depth: int, bays: list[dict[str, Any]]) -> dict[str, Any]:
    width = max(1, len(aisles) - 1) * AISLE_CM
    passages = [{"id": code, "from": [n * AISLE_CM, 0], "to": [n * AISLE_CM, depth]} for n, code in aisles.values()]
    cross = [
        {"id": "front", "from": [0, 0], "to": [width, 0]},
        {"id": "back", "from": [0, depth], "to": [width, depth]},
    ]
    passages += cross if aisles else cross[:1]
    passages.append({"id": "door", "from": [0, -DOOR_CM], "to": [0, 0]})
    return {"passages": passages, "bays": bays, "stands": [{"id": DESK, "at": [0, -DOOR_CM]}]}
