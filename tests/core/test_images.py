"""Hard files give a good rendition or a clear refusal, in bounded memory and time."""

import io
import os
import random
import signal
import struct
import time
import zlib
from pathlib import Path

import piexif
import pillow_heif
import pytest
import pyvips
from PIL import Image, ImageCms, ImageDraw

from rebond.core.images import FIRST_FILES, WIDTHS, ImageRefused, Refusal, pool, render_picture
from tests.conftest import SHARED, needs_shared

pytestmark = pytest.mark.unit

GPS = {
    piexif.GPSIFD.GPSLatitudeRef: b"N",
    piexif.GPSIFD.GPSLatitude: ((44, 1), (30, 1), (0, 1)),
    piexif.GPSIFD.GPSLongitudeRef: b"E",
    piexif.GPSIFD.GPSLongitude: ((0, 1), (10, 1), (0, 1)),
}
RED, GREEN, BLUE = (220, 30, 30), (30, 160, 60), (30, 60, 200)


def scene(width=300, height=200, mode="RGB"):
    """Red on top, blue below, a green square at the top left: upside down shows."""
    image = Image.new("RGB", (width, height), BLUE)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, width, height // 2), fill=RED)
    draw.rectangle((0, 0, width // 4, height // 4), fill=GREEN)
    return image.convert(mode)


def saved(image, fmt, **kwargs):
    target = io.BytesIO()
    image.save(target, fmt, **kwargs)
    return target.getvalue()


def opened(picture, width=480, fmt="jpg"):
    data = next(r.data for r in picture.renditions if (r.width, r.format) == (width, fmt))
    return pyvips.Image.new_from_buffer(data, "")


def near(pixel, color, by=40):
    return all(abs(a - b) <= by for a, b in zip(pixel, color, strict=True))


def child_memory_kb():
    """The most that the decoding child ever held in memory."""
    pid = pool._current().idle[0].process.pid
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))


def bomb_png(side):
    """A valid PNG of `side` × `side` black pixels: some kilobytes that ask for gigabytes."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packer = zlib.compressobj(9)
    row = bytes(1 + side * 3)
    body = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_one_picture_gives_the_first_files_in_every_format():
    picture = render_picture(saved(scene(1200, 900), "JPEG", quality=95))
    assert [(r.width, r.format) for r in picture.renditions] == list(FIRST_FILES)
    assert (picture.width, picture.height, picture.suffix) == (1200, 900, ".jpg")
    for made in picture.renditions:
        image = pyvips.Image.new_from_buffer(made.data, "")
        assert (image.width, image.height) == (made.width, made.width * 3 // 4)
        assert near(image(image.width // 2, image.height // 4), RED)


def test_a_small_picture_is_never_made_larger():
    picture = render_picture(saved(scene(100, 80), "PNG"), [(w, "webp") for w in WIDTHS])
    assert {(opened(picture, w, "webp").width, opened(picture, w, "webp").height) for w in WIDTHS} == {(100, 80)}


def test_a_very_tall_picture_stays_within_twice_the_width():
    picture = render_picture(saved(scene(200, 6000), "PNG"), [(160, "webp")])
    assert opened(picture, 160, "webp").height == 320


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_comes_out_upright(orientation):
    turns = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}  # PIL's Transpose that undoes what the reader must do
    turned = scene()
    if orientation > 1:
        turned = turned.transpose(turns[orientation])
    exif = piexif.dump({"0th": {piexif.ImageIFD.Orientation: orientation}})
    picture = render_picture(saved(turned, "JPEG", exif=exif, quality=95))
    image = opened(picture)
    assert (picture.width, picture.height) == (300, 200)
    assert near(image(20, 20), GREEN)
    assert near(image(250, 20), RED)
    assert near(image(20, 180), BLUE)


def test_no_metadata_is_left_gps_first():
    exif = piexif.dump(
        {"0th": {piexif.ImageIFD.Model: b"Telephone"}, "GPS": GPS, "Exif": {piexif.ExifIFD.UserComment: b"secret"}}
    )
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = saved(scene(), "JPEG", exif=exif, icc_profile=icc, comment=b"nobody")
    assert piexif.load(data)["GPS"]
    picture = render_picture(data)
    for made in picture.renditions:
        fields = pyvips.Image.new_from_buffer(made.data, "").get_fields()
        assert not [f for f in fields if f.startswith(("exif", "xmp", "iptc", "icc")) or "comment" in f]
        assert not any(word in made.data for word in (b"Telephone", b"secret", b"nobody", b"Exif"))
        if made.format == "jpg":
            assert piexif.load(made.data)["GPS"] == {}


def test_cmyk_becomes_srgb():
    picture = render_picture(saved(scene(mode="CMYK"), "JPEG", quality=95))
    image = opened(picture)
    assert (image.bands, image.interpretation) == (3, "srgb")
    assert image(250, 20)[0] > 150 > image(250, 20)[2]


def test_a_wide_gamut_profile_is_converted():
    """The same numbers in another colour space must not come out as the same numbers."""
    plain = render_picture(saved(scene(), "PNG"))
    lab = pyvips.Image.new_from_memory(scene().tobytes(), 300, 200, 3, "uchar").copy(interpretation="srgb")
    wide = lab.icc_transform("p3", input_profile="srgb")  # the same colours, written in P3
    picture = render_picture(bytes(wide.pngsave_buffer(keep="icc")))
    assert near(opened(picture)(250, 20), opened(plain)(250, 20), by=6)


def test_alpha_lies_on_white():
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    assert near(opened(render_picture(saved(image, "PNG")))(30, 30), (255, 255, 255), by=3)


def test_sixteen_bits_become_eight():
    deep = pyvips.Image.new_from_memory(scene().tobytes(), 300, 200, 3, "uchar").cast("ushort") * 257
    data = bytes(deep.cast("ushort").copy(interpretation="rgb16").pngsave_buffer(bitdepth=16))
    image = opened(render_picture(data))
    assert (image.format, near(image(250, 20), RED)) == ("uchar", True)


def test_the_first_frame_of_an_animation_is_taken():
    frames = [scene(), scene().transpose(Image.Transpose.ROTATE_180)]
    data = saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=100)
    picture = render_picture(data)
    assert (picture.width, picture.height) == (300, 200)
    assert near(opened(picture)(20, 20), GREEN)


def test_a_phones_heic_is_read_upright():
    target = io.BytesIO()
    pillow_heif.from_pillow(scene(320, 240)).save(target, quality=90)
    picture = render_picture(target.getvalue())
    assert (picture.suffix, picture.width, picture.height) == (".heic", 320, 240)
    assert near(opened(picture)(20, 20), GREEN)


@pytest.mark.parametrize(("fmt", "suffix"), [("BMP", ".bmp"), ("TIFF", ".tif"), ("WEBP", ".webp"), ("PNG", ".png")])
def test_the_real_format_decides(fmt, suffix):
    picture = render_picture(saved(scene(), fmt))
    assert picture.suffix == suffix
    assert near(opened(picture)(250, 20), RED)


def test_colour_and_placeholder():
    image = scene(400, 400)
    ImageDraw.Draw(image).rectangle((0, 0, 400, 300), fill=RED)
    picture = render_picture(saved(image, "PNG"))
    assert near(bytes.fromhex(picture.color[1:]), RED, by=12)
    assert picture.placeholder.startswith("data:image/webp;base64,")
    noisy = render_picture(saved(Image.effect_noise((800, 1600), 200), "PNG"))
    assert 0 < len(noisy.placeholder) <= 600


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"<html>404</html>", "not_image"),
        (b"\x00" * 5000, "not_image"),
        (b"8BPS\x00\x01" + b"\x00" * 100, "unsupported"),
        (b"%PDF-1.7 ...", "unsupported"),
        (b"<?xml version='1.0'?><svg onload='alert(1)'/>", "unsupported"),
        (b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00isomiso2avc1mp41" + b"\x00" * 50, "unsupported"),
        (b"\x00\x00\x01\x00\x01\x00", "unsupported"),
        (b"\xff\xd8\xff\xe0" + b"\x00" * 300, "corrupt"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 50, "corrupt"),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", "corrupt"),
        (b"GIF89a\xff\xff\xff\xff\x00\x00\x00", "corrupt"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 50, "corrupt"),
        (b"\x00\x00\x00\x18ftypavif\x00\x00\x00\x00mif1avif" + b"\x00" * 50, "corrupt"),
        (b"BM\x00\x00\x00\x00\x00\x00\x00\x00\x36\x00\x00\x00" + b"\x00" * 50, "corrupt"),
        (saved(scene(3, 300), "PNG"), "too_small"),
        (saved(scene(1600, 1200), "JPEG")[:6000], "corrupt"),
        (saved(scene(1600, 1200), "PNG")[:3000], "corrupt"),
        (saved(scene(1600, 1200), "WEBP", quality=90)[:2000], "corrupt"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_reason(data, code):
    with pytest.raises(ImageRefused) as refused:
        render_picture(data)
    assert refused.value.code == code
    assert str(refused.value)
    assert "%" not in str(refused.value)


def test_too_heavy_is_refused_before_anything_is_read():
    with pytest.raises(ImageRefused) as refused:
        render_picture(b"\xff\xd8\xff" + bytes(41 * 1024 * 1024))
    assert refused.value.code == Refusal.TOO_HEAVY
    assert str(refused.value) == "This file is too heavy: 42 MB, at most 40 MB."


def test_a_bomb_is_refused_by_its_header_in_no_time():
    data = bomb_png(8_000)
    assert len(data) < 300_000
    start = time.monotonic()
    with pytest.raises(ImageRefused) as refused:
        render_picture(data)
    assert refused.value.code == Refusal.TOO_MANY_PIXELS
    assert "8000 × 8000 pixels, at most 60 million" in str(refused.value)
    assert time.monotonic() - start < 2


def test_the_largest_accepted_picture_fits_in_the_bounds():
    pool.close_pool()
    start = time.monotonic()
    picture = render_picture(bomb_png(7_700), [(160, "webp")])
    assert (picture.width, picture.height) == (7_700, 7_700)
    assert time.monotonic() - start < pool.SECONDS
    if Path("/proc/self/status").exists():
        assert child_memory_kb() < 300_000


def test_a_child_that_takes_too_long_is_killed_and_the_next_picture_works():
    with pytest.raises(ImageRefused) as refused:
        render_picture(bomb_png(7_700), seconds=0.05)
    assert refused.value.code == Refusal.TIMED_OUT
    assert render_picture(saved(scene(), "PNG")).width == 300


def test_processor_time_is_bounded_by_the_system(monkeypatch):
    """A child that never ends its picture is ended by SIGXCPU, whatever the clock says."""
    pool.close_pool()
    endless = "import sys, resource; sys.stdin.buffer.read(4); resource.setrlimit(resource.RLIMIT_CPU, (1, 5))\nwhile True: pass"
    real = pool.subprocess.Popen
    monkeypatch.setattr(pool.subprocess, "Popen", lambda args, **kwargs: real([args[0], "-I", "-c", endless], **kwargs))
    with pytest.raises(ImageRefused) as refused:
        render_picture(saved(scene(), "PNG"))
    assert refused.value.code == Refusal.TIMED_OUT


def test_each_picture_has_its_own_processor_time():
    for _ in range(2):
        render_picture(saved(scene(), "PNG"))
    pid = pool._current().idle[-1].process.pid
    if Path(f"/proc/{pid}/limits").exists():
        line = next(x for x in Path(f"/proc/{pid}/limits").read_text().splitlines() if x.startswith("Max cpu time"))
        soft = int(line.split()[3])
        assert pool.CPU_SECONDS < soft <= pool.CPU_SECONDS + 30


def test_a_child_that_dies_of_idleness_is_replaced():
    render_picture(saved(scene(), "PNG"))
    child = pool._current().idle[-1]
    os.kill(child.process.pid, signal.SIGKILL)
    assert render_picture(saved(scene(), "PNG")).width == 300


def test_a_child_that_crashes_under_way_is_a_refusal(monkeypatch):
    pool.close_pool()
    crashing = "import sys, os; sys.stdin.buffer.read(4); os.abort()"
    real = pool.subprocess.Popen
    monkeypatch.setattr(
        pool.subprocess, "Popen", lambda args, **kwargs: real([args[0], "-I", "-c", crashing], **kwargs)
    )
    with pytest.raises(ImageRefused) as refused:
        render_picture(saved(scene(), "PNG"))
    assert refused.value.code == Refusal.UNSAFE


def test_the_child_may_write_no_file_and_holds_no_secret(monkeypatch):
    monkeypatch.setenv("SECRET_KEY", "do not inherit")
    pool.close_pool()
    render_picture(saved(scene(), "PNG"))
    pid = pool._current().idle[0].process.pid
    if not Path(f"/proc/{pid}/limits").exists():
        pytest.skip("no /proc on this system")
    assert b"do not inherit" not in Path(f"/proc/{pid}/environ").read_bytes()
    limits = {line[:26].strip(): line.split()[-3] for line in Path(f"/proc/{pid}/limits").read_text().splitlines()}
    assert (limits["Max file size"], limits["Max core file size"]) == ("0", "0")
    assert "Max address space         1048576000" in Path(f"/proc/{pid}/limits").read_text()


def test_heavy_decoders_have_a_lower_limit():
    data = saved(Image.new("RGB", (6_100, 6_000), RED), "AVIF", quality=20, speed=10)
    with pytest.raises(ImageRefused) as refused:
        render_picture(data)
    assert "at most 36 million" in str(refused.value)


@pytest.mark.parametrize("fmt", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF"])
def test_random_damage_never_ends_the_process_nor_hangs(fmt):
    """A small fuzzer: every damaged file is a picture or a refusal, quickly, and the next good one works."""
    chance = random.Random(fmt)
    good = saved(scene(64, 48), fmt)
    for _ in range(25):
        data = bytearray(good)
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        start = time.monotonic()
        try:
            render_picture(bytes(data[: chance.randint(len(data) // 2, len(data))]), [(160, "webp")], seconds=8)
        except ImageRefused as refused:
            assert refused.code != Refusal.TIMED_OUT  # noqa: PT017 -- most pass, some are refused
        assert time.monotonic() - start < 5
    assert render_picture(good, [(160, "webp")]).width == 64


ACCEPTED = {
    "photo-1600.jpg", "01.jpg", "L01.jpg", "noexif.jpg", "r_canon.jpg", "r_pana.jpg", "r_sony.jpg", "1_trns.png",
    "avif_exif.avif", "avif_hopper.avif", "broken_exif_dpi.jpg", "chi.gif", "empty_gps_ifd.jpg",
    "exif-dpi-zerodivision.jpg", "exif.png", "exif_gps.jpg", "hopper.bmp", "hopper_gray.jpg", "hopper_lzw.tif",
    "hopper_orientation_3.jpg", "hopper_orientation_6.jpg", "hopper_orientation_8.webp", "icc_profile_big.jpg",
    "invalid-exif.jpg", "iss634.webp", "junk_jpeg_header.jpg", "padded_idat.png", "pil_sample_cmyk.jpg",
    "sugarshack.mpo",
}  # fmt: skip
REFUSED = {
    "phone-photo-undecodable.jpg": "corrupt",
    "notjpeg.jpg": "empty",
    "broken.png": "corrupt",
    "decompression_bomb.gif": "corrupt",
    "hopper.ico": "unsupported",
    "hopper.psd": "unsupported",
    "multiple_exif.jpg": "too_small",
}


@needs_shared
def test_every_hard_file_of_the_shared_data():
    pool.close_pool()
    results = {}
    for path in sorted((SHARED / "data" / "hard-images").rglob("*.*")):
        if path.suffix == ".md":
            continue
        start = time.monotonic()
        try:
            picture = render_picture(path.read_bytes())
        except ImageRefused as refused:
            results[path.name] = str(refused.code)
        else:
            results[path.name] = "accepted"
            assert len(picture.renditions) == len(FIRST_FILES)
            for made in picture.renditions:
                assert not [f for f in pyvips.Image.new_from_buffer(made.data, "").get_fields() if "exif" in f]
        assert time.monotonic() - start < 5, path.name
    assert results == dict.fromkeys(ACCEPTED, "accepted") | REFUSED
    if Path("/proc/self/status").exists():
        assert child_memory_kb() < 150_000
