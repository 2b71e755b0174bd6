"""Pictures of the demo: the kit's drawings in a colourway, on a tinted backdrop, seen in several ways.

One picture is (kind, colourway, view). Views: `main` (whole), `back` (turned, on a table, another tint),
`wear` (close-up on the wear layer), `detail` (close-up on the middle). Pure functions of the drawings:
the same picture has the same bytes on one version of libvips.
"""

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyvips

ART = Path(__file__).resolve().parent.parent / "art"
SIDE = 1000  # pixels of an original
LIMIT = 1_190  # distinct originals of the whole demo
TINTS = {
    "sable": ("#f2e3c6", "#e2cfa9"),
    "ciel": ("#d6e0f6", "#c0ceec"),
    "rose": ("#f9dcd4", "#edc6bb"),
    "anis": ("#e6e9c4", "#d4d8a8"),
    "lilas": ("#e4dcf3", "#d2c7e8"),
    "menthe": ("#d5e8de", "#bdd8ca"),
    "peche": ("#fde0be", "#f2cb9d"),
}
VARIABLE = re.compile(r"var\(--([a-z-]+),\s*([^()]+)\)")
# Six colourways of every kind, and the close-up and the other side of the first one.
VIEWS = (*((number, "main") for number in range(6)), (0, "wear"), (0, "back"))
# Kinds that fill many listings get their other colourways too, in this order, up to LIMIT.
OFTEN = [
    "paperback",
    "comic-album",
    "vinyl",
    "cookbook",
    "dvd",
    "cd-stack",
    "book-stack",
    "jumper",
    "dress",
    "shirt",
    "t-shirt",
    "coat",
    "jacket",
    "jeans",
    "skirt",
    "trainers",
    "childs-dress",
    "encyclopaedia",
    "board-game",
    "jigsaw",
    "handbag",
    "scarf",
    "boots",
    "table-lamp",
    "vase",
    "plates",
    "chair",
    "armchair",
    "bicycle",
    "bowl",
    "toaster",
    "cushion",
    "teddy-bear",
    "rucksack",
    "sandals",
    "belt",
    "radio",
    "teapot",
]


@dataclass(frozen=True, slots=True, order=True)
class Shot:
    """One picture to make."""

    kind: str
    colourway: int
    view: str

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.colourway}-{self.view}"


@lru_cache(maxsize=1)
def palettes() -> dict[str, dict[str, Any]]:
    """The 138 kinds: `fr`, `gender`, `plural`, `colourways`, `wear`."""
    found: dict[str, dict[str, Any]] = json.loads((ART / "palettes.json").read_text(encoding="utf-8"))
    return found


def all_shots() -> list[Shot]:
    """Every picture of the full demo, at most LIMIT, the most useful first."""
    kinds = palettes()
    shots = [Shot(kind, colourway, view) for colourway, view in VIEWS for kind in kinds]
    for kind in OFTEN:
        shots += [Shot(kind, colourway, "main") for colourway in range(6, len(kinds[kind]["colourways"]))]
    shots += [Shot(kind, 1, "wear") for kind in OFTEN]
    return shots[:LIMIT]


def tint_of(shot: Shot) -> str:
    """The backdrop: neighbours in a list of results differ, and the two faces of one object too."""
    names = list(TINTS)
    place = list(palettes()).index(shot.kind)
    turn = {"main": 0, "back": 3, "wear": 0, "detail": 5}[shot.view]
    return names[(place + shot.colourway * 2 + turn) % len(names)]


def drawing(kind: str, colourway: int, *, wear: bool = False) -> str:
    """The SVG of a kind with its colours written in (plain text substitution of the kit's variables)."""
    colours = palettes()[kind]["colourways"][colourway]
    svg = (ART / f"{kind}.svg").read_text(encoding="utf-8")
    svg = VARIABLE.sub(lambda found: str(colours.get(found[1], found[2])), svg)
    return svg.replace('class="wear" display="none"', 'class="wear"') if wear else svg


def _body(svg: str) -> str:
    return svg[svg.index(">") + 1 : svg.rindex("</svg>")]


@lru_cache(maxsize=200)
def wear_place(kind: str) -> tuple[float, float]:
    """Where most of the wear layer shows, in drawing units: the two drawings compared, then blurred."""
    plain, worn = (
        pyvips.Image.svgload_buffer(drawing(kind, 0, wear=wear).encode()).flatten(background=[255, 255, 255])
        for wear in (False, True)
    )
    seen = (plain - worn).abs().bandmean().gaussblur(16)
    highest, x, y = seen.maxpos()
    return (x, y) if highest > 0 else (160, 160)


def _window(shot: Shot) -> tuple[float, float, float]:
    """The part of the 320-unit drawing that is shown: left, top, side."""
    if shot.view == "main":
        return (0, 0, 320) if shot.colourway % 2 == 0 else (8, 14, 304)
    if shot.view == "back":
        return -10, -14, 340
    if shot.view == "detail":
        return 78, 78, 150
    x, y = wear_place(shot.kind)
    side = 128.0
    return min(max(x, 74), 246) - side / 2, min(max(y, 74), 234) - side / 2, side


def compose(shot: Shot) -> str:
    """The whole picture as one SVG: backdrop, then the drawing, cropped or turned."""
    light, deep = TINTS[tint_of(shot)]
    left, top, side = _window(shot)
    body = _body(drawing(shot.kind, shot.colourway, wear=shot.view == "wear"))
    if shot.view == "back":
        body = f'<g transform="translate(320 0) scale(-1 1)">{body}</g>'
    floor = f'<rect x="-400" y="{244 if shot.view == "back" else 900}" width="1200" height="500" fill="{deep}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{left} {top} {side} {side}" width="{SIDE}" height="{SIDE}">'
        f'<defs><linearGradient id="backdrop" x1="0" y1="0" x2="0" y2="1"><stop offset=".35" stop-color="{light}"/>'
        f'<stop offset="1" stop-color="{deep}"/></linearGradient></defs>'
        f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="url(#backdrop)"/>{floor}{body}</svg>'
    )


def render(shot: Shot) -> bytes:
    """The picture as a JPEG original of SIDE × SIDE pixels."""
    image = pyvips.Image.svgload_buffer(compose(shot).encode()).flatten(background=[255, 255, 255])
    data: bytes = image.jpegsave_buffer(Q=86, strip=True, optimize_coding=True)
    return data
