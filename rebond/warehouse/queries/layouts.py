"""Plans of sites: the one that is walked, what it is checked against, the one to begin with."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from rebond.network.models import Site
from rebond.warehouse.documents import DocumentInvalid, Part
from rebond.warehouse.enums import PlaceKind
from rebond.warehouse.models import Place, SiteLayout
from rebond.warehouse.picking.drawn import DESK, Plan, document_of, spots_of
from rebond.warehouse.picking.layout import Layout, nearest, read_layout
from rebond.warehouse.picking.network import NEVER, Network, make_network

AISLE_CM, BAY_CM, DOOR_CM = 300, 100, 500  # of a plan that nobody measured
MOST_AISLES = 500
NAMED = 5  # places in one sentence
BINS = (PlaceKind.BAY, PlaceKind.SHELF, PlaceKind.BIN)


@dataclass(frozen=True, slots=True)
class Aisle:
    """An aisle of the tree of places, and its bays by code, in order."""

    place: Place
    bays: dict[str, str]


@dataclass(slots=True)
class Checked:
    """What is wrong with a plan (it is not saved), what to look at (it is), and what is made of it."""

    wrong: list[str] = field(default_factory=list)
    odd: list[str] = field(default_factory=list)
    spots: dict[str, list[Any]] = field(default_factory=dict)
    far_cm: int = 0
    far_label: str = ""

    @property
    def far_m(self) -> int:
        return round(self.far_cm / 100)


def current_layout(site: Any) -> SiteLayout | None:
    """The last version; None where nobody drew the site."""
    found: SiteLayout | None = SiteLayout.objects.filter(site=site).order_by("-number").first()
    return found


def versions_of(site: Site) -> list[SiteLayout]:
    """The latest ones, for who looks at them again."""
    rows = SiteLayout.objects.filter(site=site).select_related("made_by", "site").defer("plan", "spots")
    return list(rows.order_by("-number")[:20])


def aisles_of(site: Site) -> list[Aisle]:
    """The open aisles of a site with their open bays, by label: two queries."""
    aisles = Place.objects.open().filter(site=site, kind=PlaceKind.AISLE).order_by("label", "pk")[:MOST_AISLES]
    found = {place.pk: Aisle(place, {}) for place in aisles}
    rows = Place.objects.open().filter(site=site, kind=PlaceKind.BAY, parent__in=list(found)).order_by("label", "pk")
    for parent, code, label in rows.values_list("parent_id", "code", "label"):
        found[parent].bays[code] = label
    return list(found.values())


def outside_of(site: Site) -> list[str]:
    """The labels of the open bays, levels and bins that stand in no aisle, 500 at most: one query.

    Boxes and trolleys have no spot of their own: they lie where they stand.
    """
    rows = Place.objects.open().filter(Q(parent=None) | Q(parent__kind=PlaceKind.ZONE), site=site, kind__in=BINS)
    return list(rows.order_by("label", "pk").values_list("label", flat=True)[:MOST_AISLES])


def proposed(aisles: list[Aisle]) -> dict[str, list[dict[str, Any]]]:
    """A plan to begin with: aisles side by side with a passage in front and one at the back, as walks suppose it."""
    depth = (max((len(one.bays) for one in aisles), default=0) + 2) * BAY_CM
    width = max(1, len(aisles) - 1) * AISLE_CM
    flat = {"floor": 0, "one_way": False}
    drawn: list[dict[str, Any]] = [
        {"name": one.place.label, "x1": n * AISLE_CM, "y1": 0, "x2": n * AISLE_CM, "y2": depth, **flat}
        for n, one in enumerate(aisles)
    ]
    drawn.append({"name": _("Front"), "x1": 0, "y1": 0, "x2": width, "y2": 0, **flat})
    if aisles:
        drawn.append({"name": _("Back of the room"), "x1": 0, "y1": depth, "x2": width, "y2": depth, **flat})
    drawn.append({"name": _("Door"), "x1": 0, "y1": -DOOR_CM, "x2": 0, "y2": 0, **flat})
    table = {"name": _("Packing table"), "x": 0, "y": -DOOR_CM, "floor": 0, "start": True, "end": True}
    racks = [
        {
            "place": one.place.code,
            "passage": one.place.label,
            "first": BAY_CM,
            "pitch": BAY_CM,
            "side": "both",
            "backwards": False,
        }
        for one in aisles
    ]
    return {"aisles": drawn, "stairs": [], "stands": [table], "racks": racks}


def check_plan(plan: Plan, aisles: list[Aisle], outside: Sequence[str] = ()) -> Checked:
    """Every place is reached from the start and leads to the end; none is nowhere, no two are on one spot.

    What is in no aisle (`outside`, labels), or in one that is not drawn, is walked to where the walk ends: whether a
    way leads there and back is checked too, and it is named.
    """
    found = Checked()
    found.wrong += [*_stands_wrong(plan), *_racks_wrong(plan, aisles)]
    if found.wrong:
        return found
    found.spots = spots_of(plan, {one.place.code: list(one.bays) for one in aisles})
    labels = {code: label for one in aisles for code, label in {one.place.code: one.place.label, **one.bays}.items()}
    found.wrong += _doubled(plan, aisles, found.spots, labels)
    ends = [*outside, *_undrawn(plan, aisles)]
    if ends:
        labels[DESK] = _named(ends)
    try:
        layout = read_layout(Part.whole(document_of(plan, found.spots, list(found.spots), with_desk=bool(ends))))
        found.wrong += _stairs_beside(layout)
        if not found.wrong:
            _walk(found, make_network(layout), labels)
    except DocumentInvalid as refused:
        found.wrong.append(str(refused))
    found.odd += [*_not_drawn(plan, aisles), *_in_no_aisle(outside)]
    return found


def _stands_wrong(plan: Plan) -> list[str]:
    said = []
    floors = {one["floor"] for one in plan["aisles"]}
    if not plan["aisles"]:
        return [_("Draw one aisle at least.")]
    if not any(one["start"] for one in plan["stands"]):
        said.append(_("Say where people start: a trolley, the packing table."))
    if not any(one["end"] for one in plan["stands"]):
        said.append(_("Say where the walk ends: the packing table."))
    ends = [(one["name"], one["floor"]) for one in plan["stands"]]
    ends += [(one["name"], one[key]) for one in plan["stairs"] for key in ("floor1", "floor2")]
    said += [
        _("“%(name)s” is on floor %(floor)s, where no aisle is drawn.") % {"name": name, "floor": floor}
        for name, floor in ends
        if floor not in floors
    ]
    return said


def _racks_wrong(plan: Plan, aisles: list[Aisle]) -> list[str]:
    """Racks along a passage that is there, and not longer than it."""
    lengths = {one["name"]: _length(one) for one in plan["aisles"]}
    known, said = {one.place.code: one for one in aisles}, []
    for rack in plan["racks"]:
        aisle = known.get(rack["place"])
        if aisle is None:
            continue
        facts = {"place": aisle.place.label, "passage": rack["passage"]}
        if rack["passage"] not in lengths:
            said.append(_("The bays of %(place)s are along “%(passage)s”, which is not drawn.") % facts)
            continue
        last = rack["first"] + rack["pitch"] * max(0, len(aisle.bays) - 1)
        if last > lengths[rack["passage"]]:
            facts |= {"last": _metres(last), "long": _metres(lengths[rack["passage"]])}
            said.append(
                _("The last bay of %(place)s would be at %(last)s, but “%(passage)s” is %(long)s long.") % facts
            )
    return said


def _length(aisle: Any) -> int:
    return round(float(np.hypot(aisle["x2"] - aisle["x1"], aisle["y2"] - aisle["y1"])))


def _metres(cm: int) -> str:
    return f"{cm / 100:g} m".replace(".", ",")


def _doubled(plan: Plan, aisles: list[Aisle], spots: dict[str, list[Any]], labels: dict[str, str]) -> list[str]:
    """Two bays on one spot of one side; `both` is on the left and on the right."""
    taken: dict[tuple[Any, ...], str] = {}
    sides, said = {one["place"]: one["side"] for one in plan["racks"]}, []
    for aisle in aisles:
        side = sides.get(aisle.place.code, "")
        for code in aisle.bays if side else ():
            for one in ("left", "right") if side == "both" else (side,):
                other = taken.setdefault((*spots[code], one), code)
                if other != code:
                    facts = {"one": labels[other], "other": labels[code]}
                    said.append(_("%(one)s and %(other)s are on one spot.") % facts)
                    break
    return said[:NAMED]


def _stairs_beside(layout: Layout) -> list[str]:
    """Stairs of which one end lies more than 1 cm beside every aisle of its floor."""
    said = []
    for one in layout.stairs:
        for point in (one.first, one.second):
            if nearest(layout.passages, one.id, point, "").off > 1:
                facts = {"name": one.id, "floor": point[2]}
                said.append(_("The stairs “%(name)s” touch no aisle of floor %(floor)s.") % facts)
    return said


def _walk(found: Checked, network: Network, labels: dict[str, str]) -> None:
    """Who is not reached, or leads nowhere; the farthest walk there and back."""
    layout, bays = network.layout, [one for code, one in network.layout.bays.items() if code in labels]
    if not bays:
        return
    there = network.between(layout.starts, bays).min(axis=0)
    back = network.between(bays, layout.ends).min(axis=1)
    first = bays[:1]
    for lengths, words in (
        (there, _("No way leads from the start to %(names)s.")),
        (back, _("No way leads from %(names)s to the end.")),
        (network.between(first, bays)[0], _("No way leads from the other places to %(names)s.")),
        (network.between(bays, first)[:, 0], _("No way leads from %(names)s to the other places.")),
    ):
        lost = [labels[bays[int(n)].id] for n in np.flatnonzero(lengths >= NEVER)]
        if lost:
            found.wrong.append(words % {"names": _named(lost)})
            return
    drawn = [n for n, one in enumerate(bays) if one.id != DESK]
    if drawn:
        far = max(drawn, key=lambda n: int(there[n] + back[n]))
        found.far_cm, found.far_label = int(there[far] + back[far]), labels[bays[far].id]


def _named(labels: list[str]) -> str:
    shown = ", ".join(labels[:NAMED])
    if len(labels) <= NAMED:
        return shown
    more = ngettext("%(n)s more", "%(n)s more", len(labels) - NAMED) % {"n": len(labels) - NAMED}
    return f"{shown} (+ {more})"


def _undrawn(plan: Plan, aisles: list[Aisle]) -> list[str]:
    drawn = {one["place"] for one in plan["racks"]}
    return [one.place.label for one in aisles if one.place.code not in drawn]


def _in_no_aisle(outside: Sequence[str]) -> list[str]:
    if not outside:
        return []
    words = _("In no aisle: %(names)s. Walks take what lies there at the end, where the walk ends.")
    return [words % {"names": _named(list(outside))}]


def _not_drawn(plan: Plan, aisles: list[Aisle]) -> list[str]:
    left = _undrawn(plan, aisles)
    if not left:
        return []
    words = _("Not on the plan: %(names)s. Walks take what lies there as if it were at the end.")
    return [words % {"names": _named(left)}]
