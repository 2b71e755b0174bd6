"""Pick-up points near a postal code, and a small map of them."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rebond.network.models import PickupPoint
from rebond.network.queries.places import communes_of

SHOWN = 6
KILOMETRES = (5, 15, 50)  # looked at one after the other, until there are enough
DEGREE_KM = 111.2  # of latitude
MOST = 2_000


@dataclass(frozen=True, slots=True)
class NearPoint:
    """`x` and `y` are places on the map, from −100 to 100, north up."""

    number: int
    point: PickupPoint
    metres: int
    x: int
    y: int

    @property
    def distance(self) -> str:
        """To the nearest ten metres, then hundred."""
        if self.metres < 995:
            return f"{round(self.metres, -1)}\u00a0m"
        whole, rest = divmod(round(self.metres, -2) // 100, 10)
        return f"{whole},{rest}\u00a0km"

    @property
    def street_map(self) -> str:
        """A map with streets, which whoever wants it opens: our own pages ask nothing of anybody else."""
        at = f"{self.point.latitude}/{self.point.longitude}"
        return f"https://www.openstreetmap.org/?mlat={self.point.latitude}&mlon={self.point.longitude}#map=18/{at}"


def carriers_with_points(carriers: Iterable[str]) -> set[str]:
    """Those of `carriers` that have a point somewhere; one query."""
    wanted = {name for name in carriers if name}
    rows = PickupPoint.objects.filter(carrier__in=wanted, is_open=True).order_by()
    return set(rows.values_list("carrier", flat=True).distinct()) if wanted else set()


def near_points(carrier: str, postal_code: str) -> list[NearPoint]:
    """The six nearest to the largest commune of a postal code, within 50 km, nearest first; three queries at most."""
    commune = next((row for row in communes_of(postal_code) if row.latitude), None)
    if commune is None:
        return []
    centre = float(commune.latitude), float(commune.longitude)
    found: list[tuple[int, PickupPoint]] = []
    for reach in KILOMETRES:
        found = _within(carrier, centre, reach)
        if len(found) >= SHOWN:
            break
    return _placed(found[:SHOWN], centre)


def _within(carrier: str, centre: tuple[float, float], km: int) -> list[tuple[int, PickupPoint]]:
    """Metres and point, nearest first."""
    high = km / DEGREE_KM
    wide = high / max(0.1, math.cos(math.radians(centre[0])))
    rows = PickupPoint.objects.filter(
        carrier=carrier,
        is_open=True,
        latitude__range=(centre[0] - high, centre[0] + high),
        longitude__range=(centre[1] - wide, centre[1] + wide),
    )
    measured = [(_metres(centre, point), point) for point in rows.order_by("pk")[:MOST]]
    return sorted(((m, point) for m, point in measured if m <= km * 1_000), key=lambda row: (row[0], row[1].pk))


def _offsets(centre: tuple[float, float], point: PickupPoint) -> tuple[float, float]:
    """Kilometres to the east and to the north."""
    east = (float(point.longitude) - centre[1]) * DEGREE_KM * math.cos(math.radians(centre[0]))
    return east, (float(point.latitude) - centre[0]) * DEGREE_KM


def _metres(centre: tuple[float, float], point: PickupPoint) -> int:
    return round(math.hypot(*_offsets(centre, point)) * 1_000)


def _placed(rows: list[tuple[int, PickupPoint]], centre: tuple[float, float]) -> list[NearPoint]:
    """The farthest of them stands at the edge."""
    edge = max((metres for metres, _point in rows), default=0) / 1_000 or 1
    placed = []
    for number, (metres, point) in enumerate(rows, 1):
        east, north = _offsets(centre, point)
        placed.append(NearPoint(number, point, metres, round(east / edge * 100), round(-north / edge * 100)))
    return placed
