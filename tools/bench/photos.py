"""All renditions of a 12 MP photo, beside the encoders alone and Pillow doing the same: `python -m tools.bench.photos`.

Each way runs in a process of its own, one after the other, several rounds: `ours` is what the child that decodes does
(core/images/render.py), `encoders` only writes the same files from pictures that lie ready in memory, `pillow` opens,
makes smaller and writes the same files at the same qualities. One thread each. Times are medians of the rounds, of the
clock and of the processor; memory is the whole process's highest.
"""

import argparse
import importlib.util
import io
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tools.bench.report import ROOT

SEED = 20_261_126
SIZE = (4000, 3000)
WAYS = ("ours", "encoders", "pillow")
RATIO, MEMORY_MB = 1.5, 300


def made_photo(source: Path | None) -> bytes:
    """12 million pixels as a phone writes them: a photo made larger, or drawn shapes, both with a sensor's grain."""
    import pyvips  # noqa: PLC0415 -- after the environment is set

    width, height = SIZE
    if source is not None:
        image = pyvips.Image.new_from_file(str(source)).thumbnail_image(width, height=height, crop="centre")
    else:
        image = drawn(pyvips, width, height)
    grain = pyvips.Image.gaussnoise(width, height, sigma=5, mean=0, seed=SEED)
    image = (image + grain).cast("uchar").copy(interpretation="srgb")
    return bytes(image.jpegsave_buffer(Q=90, subsample_mode="on"))


def drawn(pyvips: Any, width: int, height: int) -> Any:
    """Cloth-like stripes and discs on a shaded ground, by one seed."""
    draw = random.Random(SEED)
    at = pyvips.Image.xyz(width, height)
    ground = (at[1] / height * 60 + 150).bandjoin([at[0] / width * 40 + 150, at[1] / height * 30 + 140])
    for _number in range(60):
        x, y, radius = draw.uniform(0, width), draw.uniform(0, height), draw.uniform(60, 500)
        inside = ((at[0] - x) ** 2 + (at[1] - y) ** 2) < radius * radius
        stripes = ((at[0] * draw.uniform(0.02, 0.2)).sin() * 30) + draw.uniform(40, 200)
        colour = stripes.bandjoin([stripes * draw.uniform(0.5, 1.2), stripes * draw.uniform(0.5, 1.2)])
        ground = inside.ifthenelse(colour, ground)
    return ground.cast("uchar").copy_memory()


def asked() -> dict[str, Any]:
    """The request of one picture, for all its files."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rebond.config.settings")
    from rebond.core.images import FIRST_FILES, LATER_FILES, PLACEHOLDER  # noqa: PLC0415
    from rebond.core.images.errors import MAX_PIXELS, MIN_SIDE  # noqa: PLC0415

    files = [list(file) for file in (*FIRST_FILES, *LATER_FILES)]
    facts = {"work": "render", "format": "jpeg", "placeholder": PLACEHOLDER}
    limits = {"max_pixels": MAX_PIXELS, "min_side": MIN_SIDE, "base": max(width for width, _fmt in files)}
    return {**facts, **limits, "files": files}


def renderer() -> Any:
    """The child's own program, as it is: nothing of the site around it."""
    spec = importlib.util.spec_from_file_location("render", ROOT / "rebond/core/images/render.py")
    if spec is None or spec.loader is None:
        raise ImportError("render")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.pyvips.cache_set_max(0)
    return module


def ours(data: bytes, request: dict[str, Any]) -> Callable[[], list[bytes]]:
    render = renderer()
    return lambda: render.render(data, request)[1]


def encoders(data: bytes, request: dict[str, Any]) -> Callable[[], list[bytes]]:
    render = renderer()
    sizes = {
        width: render.flatten(render.pyvips.Image.thumbnail_buffer(data, width, height=2 * width, size="down"))
        for width, _fmt in request["files"]
    }
    return lambda: [render.encode(sizes[width], fmt, render.QUALITY[fmt]) for width, fmt in request["files"]]


QUALITY = {"avif": 50, "webp": 74, "jpg": 78}  # render.QUALITY


def pillow(data: bytes, request: dict[str, Any]) -> Callable[[], list[bytes]]:
    from PIL import Image, ImageOps  # noqa: PLC0415

    how: dict[str, tuple[str, dict[str, Any]]] = {  # the same efforts: libvips' AVIF effort 0 is libheif's speed 9
        "avif": ("AVIF", {"speed": 9, "max_threads": 1}),
        "webp": ("WEBP", {"method": 2}),
        "jpg": ("JPEG", {"optimize": True, "progressive": True}),
    }

    def work() -> list[bytes]:
        opened = Image.open(io.BytesIO(data))
        opened.draft("RGB", (request["base"], request["base"]))  # its own way of decoding smaller
        upright = ImageOps.exif_transpose(opened).convert("RGB")
        sizes: dict[int, Any] = {}
        made = []
        for width, fmt in request["files"]:
            if width not in sizes:
                sizes[width] = upright.copy()
                sizes[width].thumbnail((width, 2 * width), Image.Resampling.LANCZOS)
            out, (name, options) = io.BytesIO(), how[fmt]
            sizes[width].save(out, name, quality=QUALITY[fmt], **options)
            made.append(out.getvalue())
        return made

    return work


def peak_mb() -> float:
    """The most memory this program had (`getrusage` would tell the parent's, from before this one began)."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def child(way: str, path: str, request: str) -> None:
    """One way, once to load the libraries and once to measure; its figures as JSON."""
    data = Path(path).read_bytes()
    work = {"ours": ours, "encoders": encoders, "pillow": pillow}[way](data, json.loads(request))
    work()
    start, spent = time.perf_counter(), time.process_time()
    blobs = work()
    figures = {
        "seconds": time.perf_counter() - start,
        "processor": time.process_time() - spent,
        "peak_mb": peak_mb(),
        "files": len(blobs),
        "kb": sum(len(blob) for blob in blobs) / 1024,
    }
    print(json.dumps(figures))


def run(rounds: int, data: bytes) -> dict[str, dict[str, float]]:
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    request = json.dumps(asked())
    environment = os.environ | {"VIPS_CONCURRENCY": "1", "MALLOC_ARENA_MAX": "2"}
    with tempfile.NamedTemporaryFile(suffix=".jpg") as file:
        Path(file.name).write_bytes(data)
        for _round in range(rounds):
            for way in WAYS:
                command = [sys.executable, "-m", "tools.bench.photos", "--way", way, file.name, request]
                done = subprocess.run(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
                found[way].append(json.loads(done.stdout))
    return {way: {key: statistics.median(row[key] for row in rows) for key in rows[0]} for way, rows in found.items()}


def told(name: str, data: bytes, figures: dict[str, dict[str, float]]) -> bool:
    """The table of one picture; whether all three promises are kept."""
    ratio = figures["ours"]["processor"] / figures["encoders"]["processor"]
    print(
        f"\n{name}, {len(data) / 1e6:.1f} MB\n\n"
        "| way | clock | processor | memory at most | files |\n|---|---|---|---|---|"
    )
    for way, row in figures.items():
        print(
            f"| {way} | {row['seconds'] * 1000:.0f} ms | {row['processor'] * 1000:.0f} ms"
            f" | {row['peak_mb']:.0f} MB | {row['files']:.0f}, {row['kb']:.0f} kB |"
        )
    print(f"\nOurs takes {ratio:.2f} × the encoders' processor time (at most {RATIO}).")
    is_faster = figures["ours"]["seconds"] < figures["pillow"]["seconds"]
    return ratio <= RATIO and is_faster and figures["ours"]["peak_mb"] < MEMORY_MB


def main() -> int:
    shared = Path(os.environ.get("REBOND_SHARED", ROOT.parent / "shared")) / "data" / "photos" / "objects-vendure"
    parser = argparse.ArgumentParser(prog="python -m tools.bench.photos", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--photos", type=Path, nargs="*", default=sorted(shared.glob("*.jpg"))[::8])
    parser.add_argument("--way", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        child(*options.way)
        return 0
    kept = []
    for path in (None, *options.photos):
        data = made_photo(path)
        kept.append(told(path.stem if path else "drawn by a seed", data, run(options.rounds, data)))
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
