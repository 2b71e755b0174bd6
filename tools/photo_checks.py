"""How often the photo checks are right: `python -m tools.photo_checks [--data FOLDER] [--every N] [--live] [--json]`.

Labelled faults (blur, dark, turned, small) come from the labelled set of photos as it is. Tilt, glare and cut are
**synthetic**: made here from the same set, by one seed, because nobody labelled real ones. Ordinary photos (worn
clothes taken by volunteers) have no label: what is flagged among them is a rate, told apart, not an error.
`--live` measures what the live camera says instead (see.js, in Chromium): it knows neither small nor turned.
"""

import argparse
import base64
import contextlib
import json
import os
import random
import shutil
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyvips

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings")  # the words of the checks ask for it

from rebond.core.images.check import Fault, check_picture

SEED = 20_261_126
ROOT = Path(__file__).resolve().parent.parent
LIVE = {Fault.DARK, Fault.BRIGHT, Fault.BLUR, Fault.GLARE, Fault.CUT, Fault.TILT}
Look = Callable[[bytes], Collection[str]]
THROUGH = "cut (synthetic, clothes)"
DOUBTED = ("cut, doubts too", "cut, doubts too (clothes)")
LABELS = {Fault.BLUR: "blur5", Fault.DARK: "dark15pct", Fault.TURNED: "rot90-noexif", Fault.SMALL: "tiny80px"}


@dataclass
class Score:
    """Counts of one fault; `ordinary` of `seen` unlabelled photos are flagged."""

    hits: int = 0
    missed: int = 0
    wrong: int = 0
    right: int = 0
    ordinary: int = 0
    seen: int = 0

    def add(self, *, has: bool, told: bool) -> None:
        self.hits += has and told
        self.missed += has and not told
        self.wrong += told and not has
        self.right += not has and not told

    @property
    def precision(self) -> float | None:
        return self.hits / (self.hits + self.wrong) if self.hits + self.wrong else None

    @property
    def recall(self) -> float | None:
        return self.hits / (self.hits + self.missed) if self.hits + self.missed else None


def jpeg(image: Any) -> bytes:
    return bytes(image.jpegsave_buffer(Q=90, keep="none"))


def opened(path: Path) -> Any:
    image = pyvips.Image.new_from_file(str(path)).autorot().colourspace("srgb")
    return (image.flatten(background=[255, 255, 255]) if image.hasalpha() else image).copy_memory()


def tilted(image: Any, draw: random.Random) -> bytes:
    """Leaning by 5 to 14 degrees either way, cut to what the frame still holds."""
    angle = draw.choice((-1, 1)) * draw.uniform(5, 14)
    turned = image.rotate(angle)
    width, height = round(image.width * 0.72), round(image.height * 0.72)
    return jpeg(turned.crop((turned.width - width) // 2, (turned.height - height) // 2, width, height))


def with_glare(image: Any, draw: random.Random) -> bytes:
    """A burnt spot of 8 to 16 % of the shorter side's width, within the middle of the picture, with soft edges."""
    side = min(image.width, image.height)
    radius = side * draw.uniform(0.08, 0.16)
    x, y = image.width * draw.uniform(0.35, 0.65), image.height * draw.uniform(0.35, 0.65)
    grid = pyvips.Image.xyz(image.width, image.height)
    away = (((grid[0] - x) ** 2 + (grid[1] - y) ** 2) ** 0.5) / radius
    strength = (away < 1).ifthenelse(1, (away < 1.6).ifthenelse((1.6 - away) / 0.6, 0))
    return jpeg((image + (255 - image) * strength).cast("uchar"))


def cut_off(image: Any, draw: random.Random) -> bytes | None:
    """The frame goes through the object: a fifth to a third of it is outside. None where its edges are not found.

    Softened and far from the ground's colour, so that a shadow is not taken for the object.
    """
    soft = image.gaussblur(image.width / 200)
    left, top, width, height = soft.find_trim(threshold=70, background=image.getpoint(2, 2)[:3])
    if not (image.width * 0.15 < width < image.width * 0.97 and image.height * 0.2 < height < image.height * 0.97):
        return None
    share = draw.uniform(0.2, 0.35)
    if draw.random() < 0.5:
        start = left + round(width * share)
        return jpeg(image.crop(start, 0, image.width - start, image.height))
    return jpeg(image.crop(0, 0, image.width, top + round(height * (1 - share))))


def cut_through(image: Any, draw: random.Random) -> bytes:
    """What volunteers put in the middle, with 36 to 46 % of the picture left out at one side: whatever the ground."""
    share, side = draw.uniform(0.36, 0.46), draw.choice("lrb")
    width, height = image.width, image.height
    if side == "b":
        return jpeg(image.crop(0, 0, width, round(height * (1 - share))))
    out = round(width * share)
    return jpeg(image.crop(out if side == "l" else 0, 0, width - out, height))


def by_server(data: bytes) -> Collection[str]:
    return check_picture(data).faults


def with_doubts(data: bytes) -> Collection[str]:
    check = check_picture(data)
    return check.faults + check.doubts


@contextlib.contextmanager
def live() -> Iterator[Look]:
    """What see.js says of a picture, in Chromium."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- a development library, for this way only

    script = (ROOT / "rebond/core/static/rebond/js/see.js").read_text(encoding="utf-8").replace("export const", "const")
    ask = """async (picture) => {
      const image = new Image();
      image.src = picture;
      await image.decode();
      return faultsOf(measure(image, image.naturalWidth, image.naturalHeight));
    }"""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        page.add_script_tag(content=script)

        def look(data: bytes) -> Collection[str]:
            kind = "webp" if data[:4] == b"RIFF" else "jpeg"
            found: list[str] = page.evaluate(ask, f"data:image/{kind};base64,{base64.b64encode(data).decode()}")
            return found

        yield look
        browser.close()


def labelled(folder: Path, scores: dict[str, Score], look: Look) -> None:
    """`degraded/`: each file's name tells its fault; every other file is an example without it."""
    for path in sorted((folder / "degraded").glob("*.jpg")):
        found = look(path.read_bytes())
        for fault, suffix in LABELS.items():
            scores[fault.value].add(has=path.stem.endswith(suffix), told=fault in found)


def ordinary(paths: list[Path], scores: dict[str, Score], look: Look) -> None:
    for path in paths:
        found = look(path.read_bytes())
        for fault in Fault:
            scores[fault.value].seen += 1
            scores[fault.value].ordinary += fault in found


def synthetic(paths: list[Path], score: Score, look: Look, fault: Fault, make: Callable[..., bytes | None]) -> None:
    """Each photo as it is, and once with the fault; those that are flagged as they are count against the check."""
    draw = random.Random(SEED)
    for path in paths:
        image = opened(path)
        made = make(image, draw)
        if made is None:
            continue
        score.add(has=True, told=fault in look(made))
        score.add(has=False, told=fault in look(jpeg(image)))


def doubted(clothes: list[Path], plain: list[Path], scores: dict[str, Score]) -> None:
    """*Cut* as said at all: asked about, or in passing."""
    said, through = (scores[name] for name in DOUBTED)
    for path in clothes:
        said.seen += 1
        said.ordinary += Fault.CUT in with_doubts(path.read_bytes())
    synthetic(plain, said, with_doubts, Fault.CUT, cut_off)
    synthetic(clothes, through, with_doubts, Fault.CUT, cut_through)


def turned(image: Any, draw: random.Random) -> bytes:
    """Turned by a quarter, either way: many more examples than the eight labelled ones."""
    return jpeg(image.rot(draw.choice(("d90", "d270"))))


def run(folder: Path, every: int = 1, look: Look = by_server) -> dict[str, Score]:
    """All scores; `every` takes one ordinary photo in so many."""
    scores = {name: Score() for name in (*Fault, "turned (synthetic)", THROUGH, *DOUBTED)}
    clothes = sorted((folder / "clothing").glob("*/*.jpg"))[1::2][::every]
    plain = sorted((folder / "appliances-spree-webp").glob("*.webp"))[::every]
    objects = sorted((folder / "objects-vendure").glob("*.jpg"))[::every]
    labelled(folder, scores, look)
    ordinary(clothes, scores, look)
    if look is by_server:
        synthetic(clothes, scores["turned (synthetic)"], look, Fault.TURNED, turned)
    synthetic(objects + clothes[::2], scores[Fault.TILT], look, Fault.TILT, tilted)
    synthetic(clothes[::2] + objects, scores[Fault.GLARE], look, Fault.GLARE, with_glare)
    synthetic(plain, scores[Fault.CUT], look, Fault.CUT, cut_off)
    synthetic(clothes, scores[THROUGH], look, Fault.CUT, cut_through)
    if look is by_server:
        doubted(clothes, plain, scores)
    return scores


def lines(scores: dict[str, Score]) -> Iterator[str]:
    yield "| fault | examples with / without | precision | recall | flagged among ordinary photos |"
    yield "|---|---|---|---|---|"
    for name, score in scores.items():
        rate = f"{score.ordinary} of {score.seen}" if score.seen else ""
        shown = ["—" if value is None else f"{value:.2f}" for value in (score.precision, score.recall)]
        examples = f"{score.hits + score.missed} / {score.wrong + score.right}"
        yield f"| {name} | {examples} | {shown[0]} | {shown[1]} | {rate} |"


def main() -> None:
    shared = Path(os.environ.get("REBOND_SHARED", "../shared"))
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=shared / "data" / "photos")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.live:
        with live() as look:
            scores = run(options.data, options.every, look)
        scores = {name: score for name, score in scores.items() if name in {*LIVE, THROUGH}}
    else:
        scores = run(options.data, options.every)
    if options.json:
        named = {name: {"precision": s.precision, "recall": s.recall, **vars(s)} for name, s in scores.items()}
        print(json.dumps(named))
    else:
        print("\n".join(lines(scores)))


if __name__ == "__main__":
    main()
