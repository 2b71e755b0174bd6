"""Import a carrier's list of pick-up points: new ones come, known ones follow, those that left are closed."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.utils import timezone

from rebond.journal.actions.record import record
from rebond.network.models import Organisation, PickupPoint
from rebond.network.queries.places import communes_of

COLUMNS = ("carrier", "code", "name", "address", "postal_code", "city", "latitude", "longitude", "hours")
FOLLOWED = ("name", "address", "postal_code", "city", "latitude", "longitude", "hours", "is_open", "updated_at")
SPAN = 1_000


@dataclass(slots=True)
class ImportedPoints:
    """What an import did; `wrong` are lines left out, with why (the first hundred)."""

    read: int = 0
    kept: int = 0
    closed: int = 0
    carriers: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def said(self) -> dict[str, Any]:
        return asdict(self)


@transaction.atomic
def import_pickup_points(*, lines: Iterable[str], operator: Organisation | None, by: Any = None) -> ImportedPoints:
    """Read a CSV (`;` or `,`, columns `COLUMNS`, the last one optional); each carrier in it is replaced as a whole.

    A line that cannot be used is left out and told; a carrier none of whose lines can be used is not touched: an
    empty file closes nothing. Raise ValueError where a column is missing.
    """
    now = timezone.now()
    report = ImportedPoints()
    codes: dict[str, set[str]] = {}
    rows: list[PickupPoint] = []
    for number, row in _rows(lines):
        report.read += 1
        try:
            point = _point(row)
        except ValueError as error:
            report.wrong += [f"line {number}: {error}"] if len(report.wrong) < 100 else []
            continue
        if point.code in codes.setdefault(point.carrier, set()):
            report.wrong += [f"line {number}: {point.code} twice"] if len(report.wrong) < 100 else []
            continue
        codes[point.carrier].add(point.code)
        point.updated_at = now
        rows.append(point)
    PickupPoint.objects.bulk_create(
        rows, batch_size=SPAN, update_conflicts=True, unique_fields=["carrier", "code"], update_fields=FOLLOWED
    )
    report.kept, report.carriers = len(rows), sorted(codes)
    gone = PickupPoint.objects.filter(carrier__in=report.carriers, is_open=True, updated_at__lt=now)
    report.closed = gone.update(is_open=False, updated_at=now)
    if operator is not None and rows:
        record(
            "network.pickup_points.imported", subject=operator, by=by, organisation=operator,
            kept=report.kept, closed=report.closed, carriers=", ".join(report.carriers),
        )  # fmt: skip
    return report


def _rows(lines: Iterable[str]) -> Iterator[tuple[int, dict[str, str]]]:
    rest = iter(lines)
    head = next(rest, "")
    sign = ";" if head.count(";") > head.count(",") else ","
    names = [name.strip().strip('"').lower() for name in head.lstrip("\ufeff").strip().split(sign)]
    missing = [name for name in COLUMNS[:-1] if name not in names]
    if missing:
        raise ValueError(f"columns are missing: {', '.join(missing)}")
    yield from enumerate(csv.DictReader(rest, fieldnames=names, delimiter=sign), 2)


def _point(row: dict[str, Any]) -> PickupPoint:
    values = {name: " ".join(str(row.get(name) or "").split()) for name in COLUMNS}
    empty = [name for name in ("carrier", "code", "name", "address") if not values[name]]
    if empty:
        raise ValueError(f"{', '.join(empty)}: empty")
    if not re.fullmatch(r"\d{5}", values["postal_code"]) or not communes_of(values["postal_code"]):
        raise ValueError(f"postal code {values['postal_code']!r} does not exist")
    try:
        latitude, longitude = (Decimal(values[name].replace(",", ".")) for name in ("latitude", "longitude"))
    except InvalidOperation:
        raise ValueError("latitude or longitude is no number") from None
    if not (latitude.is_finite() and longitude.is_finite() and -90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("latitude or longitude is not on the earth")
    lengths = {"carrier": 60, "code": 30, "name": 100, "address": 160, "city": 80, "hours": 300}
    cut = {name: values[name][:most] for name, most in lengths.items()}
    place = {"postal_code": values["postal_code"], "latitude": round(latitude, 5), "longitude": round(longitude, 5)}
    return PickupPoint(**cut, **place)
