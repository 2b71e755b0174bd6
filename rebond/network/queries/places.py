"""Departments, communes and the map, from the files of `network/data` (its README tells origins and licences)."""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).resolve().parent.parent / "data"


class Commune(NamedTuple):
    """`code` is INSEE's; `latitude` and `longitude` are decimal degrees as text, "" where no source has them."""

    code: str
    name: str
    department: str
    postal_codes: tuple[str, ...]
    population: int
    latitude: str
    longitude: str


class Department(NamedTuple):
    code: str
    name: str
    region: str
    latitude: float | None
    longitude: float | None


@lru_cache(maxsize=1)
def departments() -> Mapping[str, Department]:
    """All departments and overseas collectivities by code, in the order of the codes."""
    rows = json.loads((DATA / "departments.json").read_text(encoding="utf-8"))
    found = [Department(r["code"], r["name"], r["region"], r.get("latitude"), r.get("longitude")) for r in rows]
    return {row.code: row for row in sorted(found)}


def department_name(code: str) -> str:
    """`"47"` → `"Lot-et-Garonne"`; the code itself where it is not known."""
    row = departments().get(code)
    return row.name if row else code


@lru_cache(maxsize=1)
def communes() -> Mapping[str, Commune]:
    """All current communes and municipal arrondissements by INSEE code (35,000 rows, read once)."""
    with gzip.open(DATA / "communes.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return {
            row["code"]: Commune(
                row["code"],
                row["name"],
                row["department"],
                tuple(row["postal_codes"].split()),
                int(row["population"] or 0),
                row["latitude"],
                row["longitude"],
            )
            for row in csv.DictReader(file)
        }


@lru_cache(maxsize=1)
def _by_postal_code() -> Mapping[str, tuple[Commune, ...]]:
    found: dict[str, list[Commune]] = defaultdict(list)
    for row in communes().values():
        for postal_code in row.postal_codes:
            found[postal_code].append(row)
    return {code: tuple(sorted(rows, key=lambda r: (-r.population, r.name))) for code, rows in found.items()}


def communes_of(postal_code: str) -> tuple[Commune, ...]:
    """The communes that a postal code serves, largest first; empty where the code does not exist."""
    return _by_postal_code().get(postal_code.strip(), ())


def commune(code: str) -> Commune | None:
    """The commune of an INSEE code, or None."""
    return communes().get(code)


@lru_cache(maxsize=1)
def map_paths() -> Mapping[str, Any]:
    """The outlines: `size`, `boxes` of the overseas insets, `frames` (projections), `paths` by department."""
    data: dict[str, Any] = json.loads((DATA / "departments.svg-paths.json").read_text(encoding="utf-8"))
    return data


def project(latitude: float, longitude: float, department: str) -> tuple[int, int] | None:
    """Where a place lies on the map, in its units; None for a department that the map does not draw."""
    found = map_paths()
    if department not in found["paths"]:
        return None
    frame = found["frames"].get(department, found["frames"]["metro"])
    return round(frame["x0"] + longitude * frame["kx"]), round(frame["y0"] - latitude * frame["ky"])


def point_of(department: str, latitude: Any = None, longitude: Any = None) -> tuple[int, int] | None:
    """A place on the map: its own coordinates, else the centre of its department."""
    if latitude is None or longitude is None:
        row = departments().get(department)
        if row is None or row.latitude is None or row.longitude is None:
            return None
        latitude, longitude = row.latitude, row.longitude
    return project(float(latitude), float(longitude), department)
