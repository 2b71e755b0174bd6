"""Zones of a site: the places that stand in no other (a zone, or an aisle where there is none), and what waits in each.

A place's path begins with the code of its root, so that a parcel's zones are read from where its objects lie.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count as Number
from django.db.models import Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, Substr

from rebond.warehouse.enums import ParcelState, PickState
from rebond.warehouse.models import Parcel, PickLine, Place
from rebond.warehouse.models.wave import MIXED

CODE = 8  # signs of a place's code
ROOT = Coalesce(Substr("place__path", 1, CODE), Value(""))  # "": nobody knows where it lies


def _with_roots(parcels: Any) -> Any:
    """Each with `roots`, in how many zones lies what is still to pick for it, and the first of them."""
    lines = PickLine.objects.filter(parcel=OuterRef("pk"), state=PickState.TO_PICK).order_by().values("parcel")
    found = lines.annotate(first=Min(ROOT), roots=Number(ROOT, distinct=True))
    return parcels.annotate(first_root=Subquery(found.values("first")), roots=Subquery(found.values("roots")))


def in_zone(parcels: Any, zone: Place | str) -> Any:
    """Those whose objects all lie in `zone`; for MIXED those in several, or in none that is known."""
    rows = _with_roots(parcels)
    if zone == MIXED:
        return rows.filter(Q(roots__gt=1) | Q(first_root=""))
    assert isinstance(zone, Place)  # noqa: S101 -- a place, or MIXED
    return rows.filter(roots=1, first_root=zone.code)


@dataclass(frozen=True, slots=True)
class Waits:
    """Parcels of a site in no wave whose objects all lie in `zone`; None: in several, or nobody knows where."""

    site_id: int
    zone: Place | None
    number: int

    @property
    def key(self) -> str:
        """What a form sends."""
        return self.zone.code if self.zone is not None else MIXED


def waiting_by_zone(site_ids: Sequence[int]) -> list[Waits]:
    """By site, the largest first, what lies in several zones last: two queries."""
    free = Parcel.objects.filter(site__in=site_ids, state=ParcelState.ASKED, wave=None).order_by()
    rows = _with_roots(free).values("site_id", "first_root", "roots").annotate(n=Number("pk"))
    found: dict[tuple[int, str], int] = {}
    for row in rows:
        key = (row["site_id"], row["first_root"] if row["roots"] == 1 else "")
        found[key] = found.get(key, 0) + row["n"]
    zones = Place.objects.in_bulk({code for _site, code in found if code}, field_name="code")
    made = [Waits(site, zones.get(code), number) for (site, code), number in found.items()]
    return sorted(made, key=lambda one: (one.site_id, one.zone is None, -one.number, str(one.zone)))
