"""The child that decodes: a program of its own, run by `pool.py`, which imports nothing of Rebond.

It reads requests on standard input and answers on standard output until its input ends, or nothing came for
a minute. A hostile picture can at worst end this process: its memory is bounded, it writes no file, it holds
no secret (its environment is empty), its processor time is bounded by the system and its waiting by the parent.

A message is a length (4 bytes), that many bytes of JSON, then the blobs whose sizes the JSON tells.
"""

import base64
import contextlib
import importlib.util
import io
import json
import os
import resource
import select
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

MEMORY = 1_000 * 1024 * 1024  # of addresses; the resident part is measured in docs/decisions
IDLE_SECONDS = 60
LOADERS = ("jpegload", "pngload", "gifload", "webpload", "tiffload", "heifload")
QUALITY = {"avif": 50, "webp": 74, "jpg": 78}


class Refused(Exception):  # noqa: N818 -- becomes core.images.ImageRefused in the parent
    def __init__(self, code: str, **details: int) -> None:
        super().__init__(code)
        self.answer: dict[str, Any] = {"refused": code, "details": details}


def limit_process() -> None:
    for what, value in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        with contextlib.suppress(ValueError, OSError):  # macOS knows no limit of addresses: time still holds
            resource.setrlimit(what, (value, value))


def limit_cpu(seconds: int) -> None:
    """Let the next picture cost so many seconds of processor; then the system ends the process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    with contextlib.suppress(ValueError, OSError):
        soft = int(used.ru_utime + used.ru_stime) + 1 + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def check_size(width: int, height: int, max_pixels: int, min_side: int) -> None:
    if width * height > max_pixels:
        raise Refused("too_many_pixels", width=width, height=height, limit=max_pixels // 1_000_000)
    if min(width, height) < min_side:
        raise Refused("too_small", width=width, height=height)


def load(data: bytes, request: dict[str, Any]) -> tuple[Any, int, int]:
    """The picture upright in sRGB, as wide as the largest file asked for, and the full width and height it had."""
    if request["format"] in {"heif", "bmp"}:
        return load_by_pillow(data, request)
    head = pyvips.Image.new_from_buffer(data, "", access="sequential")
    if not head.get("vips-loader").startswith(LOADERS):
        raise Refused("corrupt")
    width, height = head.width, head.get("page-height") if head.get_typeof("page-height") else head.height
    check_size(width, height, request["max_pixels"], request["min_side"])
    if head.get_typeof("orientation") and head.get("orientation") >= 5:
        width, height = height, width
    # Only where there is something to convert: on a picture without a profile it costs three quarters of the work.
    has_profile = head.get_typeof("icc-profile-data") != 0 or head.interpretation == "cmyk"
    more: dict[str, Any] = {"export_profile": "srgb"} if has_profile else {}
    box = {"height": 2 * request["base"], "size": "down", **more}
    shrink = jpeg_shrink(head, request["base"]) if head.get("vips-loader").startswith("jpegload") else 1
    if shrink > 1:
        small = pyvips.Image.jpegload_buffer(data, shrink=shrink, fail_on="truncated", access="sequential")
        return small.thumbnail_image(request["base"], **box), width, height
    image = pyvips.Image.thumbnail_buffer(
        data,
        request["base"],
        **box,
        option_string="[fail_on=truncated]",  # its own `fail_on` argument is not passed on to the loader
    )
    return image, width, height


def jpeg_shrink(head: Any, base: int) -> int:
    """How much smaller the decoder itself makes a JPEG, that still fills the largest file.

    libvips' thumbnail leaves a factor of two to its own reduction, which for a phone's picture means all 12 million
    pixels: half of the whole work.
    """
    upright = (
        min(head.width, head.height) if head.get_typeof("orientation") and head.get("orientation") >= 5 else head.width
    )
    return next((shrink for shrink in (8, 4, 2) if upright // shrink >= base), 1)


def load_by_pillow(data: bytes, request: dict[str, Any]) -> tuple[Any, int, int]:
    """HEIC (libheif turns it upright by itself) and BMP, which this libvips does not read."""
    from PIL import Image  # noqa: PLC0415 -- only these two formats need it

    Image.MAX_IMAGE_PIXELS = None  # checked here
    profile = None
    if request["format"] == "heif":
        import pillow_heif  # noqa: PLC0415

        heif = pillow_heif.open_heif(data, convert_hdr_to_8bit=True)
        check_size(heif.size[0], heif.size[1], request["max_pixels"], request["min_side"])
        profile = heif.info.get("icc_profile")
        opened: Any = heif.to_pillow()
    else:
        opened = Image.open(io.BytesIO(data), formats=("BMP",))
        check_size(opened.size[0], opened.size[1], request["max_pixels"], request["min_side"])
    width, height = opened.size
    small = opened.convert("RGBA" if "A" in opened.mode else "RGB")
    small.thumbnail((request["base"], 2 * request["base"]))
    image = pyvips.Image.new_from_memory(small.tobytes(), *small.size, len(small.mode), "uchar")
    image = image.copy(interpretation="srgb")
    if profile:
        image.set_type(pyvips.GValue.blob_type, "icc-profile-data", profile)
        with contextlib.suppress(pyvips.Error):  # a damaged profile: the colours as they are
            image = image.icc_transform("srgb", embedded=True).copy_memory()
    return image, width, height


def flatten(image: Any) -> Any:
    """Three bands of 8 bits in sRGB on white, in memory: the decoding ends here."""
    if image.interpretation != "srgb" or image.format != "uchar":
        image = image.colourspace("srgb")
    if image.hasalpha():
        image = image.flatten(background=[255, 255, 255])
    return image.cast("uchar").copy_memory()


def encode(image: Any, fmt: str, quality: int) -> bytes:
    if fmt == "avif":
        return bytes(image.heifsave_buffer(compression="av1", Q=quality, effort=0, keep="none"))
    if fmt == "webp":
        return bytes(image.webpsave_buffer(Q=quality, effort=2, keep="none"))
    return bytes(image.jpegsave_buffer(Q=quality, optimize_coding=True, interlace=True, keep="none"))


def placeholder(image: Any, limit: int) -> str:
    """A tiny WebP as a data address of at most `limit` characters."""
    for side, quality in ((24, 40), (20, 30), (16, 20), (8, 10)):
        tiny = image.thumbnail_image(side, height=side * 2)
        made = base64.b64encode(encode(tiny, "webp", quality)).decode()
        if len(made) + 23 <= limit:
            return f"data:image/webp;base64,{made}"
    return ""


def dominant(image: Any) -> str:
    """The mean of the commonest of 512 boxes of colour, over 1,024 points."""
    raw = bytes(image.thumbnail_image(32, height=32, size="force").write_to_memory())
    points = [tuple(raw[i : i + 3]) for i in range(0, len(raw), 3)]
    box = Counter(tuple(v >> 5 for v in p) for p in points).most_common(1)[0][0]
    chosen = [p for p in points if tuple(v >> 5 for v in p) == box]
    return "#" + "".join(f"{sum(p[i] for p in chosen) // len(chosen):02x}" for i in range(3))


def render(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    image, width, height = load(data, request)
    base = flatten(image)
    sizes = smaller(base, [target for target, _fmt in request["files"]])
    blobs = [encode(sizes[target], fmt, QUALITY[fmt]) for target, fmt in request["files"]]
    files = [[target, fmt, len(blob)] for (target, fmt), blob in zip(request["files"], blobs, strict=True)]
    least = sizes[min(sizes)]
    answer = {"width": width, "height": height, "color": dominant(least), "files": files}
    return answer | {"placeholder": placeholder(least, request["placeholder"])}, blobs


def smaller(base: Any, targets: list[int]) -> dict[int, Any]:
    """{width: picture}, each made from the next larger one: six reductions cost little more than the first."""
    found: dict[int, Any] = {}
    last = base
    for target in sorted(set(targets), reverse=True):
        if last.width > target or last.height > 2 * target:
            scale = min(target / last.width, 2 * target / last.height)
            last = last.resize(scale).copy_memory()
        found[target] = last
    return found


@cache
def part(name: str) -> Any:
    """A neighbour of this file: an isolated program finds no module beside it by itself."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def measure(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    image, width, height = load(data, request)
    answer: dict[str, Any] = part("measure").measure(flatten(image), width, height)
    return answer, []


def read_codes(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    image, _, _ = load(data, request)
    return {"codes": part("barcodes").read(flatten(image))}, []


def retouch(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    image, width, height = load(data, request)
    made = part("retouch").retouch(flatten(image), request["ways"])
    return {"width": width, "height": height, "files": [[image.width, "jpg", len(made)]]}, [made]


WORK = {"render": render, "measure": measure, "read_codes": read_codes, "retouch": retouch}


def answer_to(data: bytes, request: dict[str, Any]) -> tuple[dict[str, Any], list[bytes]]:
    try:
        return WORK[request["work"]](data, request)
    except Refused as refused:
        return refused.answer, []
    except MemoryError:
        return {"refused": "unsafe", "details": {}}, []
    except Exception as error:  # noqa: BLE001 -- whatever a decoder says of a hostile file, it is unreadable
        code = "unsafe" if "out of memory" in str(error).lower() else "corrupt"
        return {"refused": code, "details": {}, "why": str(error)[:500]}, []


def read_message(source: BinaryIO) -> tuple[dict[str, Any], bytes] | None:
    head = source.read(4)
    if len(head) < 4:
        return None
    request = json.loads(source.read(int.from_bytes(head)))
    return request, source.read(request["size"])


def main() -> None:
    source, target = io.FileIO(0, closefd=False), sys.stdout.buffer
    reader = io.BufferedReader(source)
    while reader.peek(1) if select.select([source], [], [], IDLE_SECONDS)[0] else False:
        message = read_message(reader)
        if message is None:
            return
        limit_cpu(message[0]["cpu_seconds"])
        answer, blobs = answer_to(message[1], message[0])
        head = json.dumps(answer).encode()
        for part in (len(head).to_bytes(4), head, *blobs):
            target.write(part)
        target.flush()


if __name__ == "__main__":
    limit_process()
    os.environ |= {"VIPS_CONCURRENCY": "1", "VIPS_DISC_THRESHOLD": "4g"}

import pyvips  # noqa: E402 -- after the limits, so that libvips obeys them

if __name__ == "__main__":
    pyvips.cache_set_max(0)
    main()
