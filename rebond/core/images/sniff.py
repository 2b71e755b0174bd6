"""What a file really is, from its first bytes: its name and the browser's word are never trusted."""

from rebond.core.images.errors import MAX_BYTES, ImageRefused, Refusal

SUFFIXES = {
    "jpeg": ".jpg",
    "png": ".png",
    "gif": ".gif",
    "webp": ".webp",
    "tiff": ".tif",
    "bmp": ".bmp",
    "avif": ".avif",
    "heif": ".heic",
}
_STARTS = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"II+\x00", "tiff"),
    (b"MM\x00+", "tiff"),
)
# Known, and refused by name, so that the person knows what to change.
_OTHERS = (
    (b"8BPS", "Photoshop"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"%PDF", "PDF"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"PK\x03\x04", "ZIP"),
)
_AVIF = {b"avif", b"avis"}
_HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1", b"heif"}


def sniff(data: bytes) -> str:
    """The format of `data`, a key of SUFFIXES.

    Raise ImageRefused: empty, too heavy (before anything is read), known but not accepted, not a picture.
    """
    if not data:
        raise ImageRefused(Refusal.EMPTY)
    check_weight(len(data))
    for start, found in _STARTS:
        if data.startswith(start):
            return found
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp":
        return _box_format(data)
    if data[:2] == b"BM" and data[6:10] == b"\x00\x00\x00\x00":
        return "bmp"
    for start, kind in _OTHERS:
        if data.startswith(start):
            raise ImageRefused(Refusal.UNSUPPORTED, kind=kind)
    if b"<svg" in data[:2048].lower():
        raise ImageRefused(Refusal.UNSUPPORTED, kind="SVG")
    raise ImageRefused(Refusal.NOT_IMAGE)


def check_weight(size: int) -> None:
    """Refuse `size` bytes where that is more than a picture may weigh."""
    if size > MAX_BYTES:
        raise ImageRefused(Refusal.TOO_HEAVY, megabytes=-(-size // 1_048_576), limit=MAX_BYTES // 1_048_576)


def _box_format(data: bytes) -> str:
    size = min(int.from_bytes(data[:4]), 256)
    brands = [data[8:12], *(data[i : i + 4] for i in range(16, size - 3, 4))]
    if _AVIF & set(brands):
        return "avif"
    if _HEIF & set(brands):
        return "heif"
    raise ImageRefused(Refusal.UNSUPPORTED, kind="Video")
