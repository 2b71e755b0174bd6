"""What a fake camera films: one made scene and its faults, as a YUV4MPEG2 file that Chromium plays in a loop. One seed."""

import pyvips

WIDTH, HEIGHT, FRAMES, SEED = 640, 480, 5, 20_261_126
GROUND = [176, 168, 156]
TO_YUV = [[0.299, 0.587, 0.114], [-0.168736, -0.331264, 0.5], [0.5, -0.418688, -0.081312]]


def plain(width, height, colour):
    return pyvips.Image.black(width, height).new_from_image(colour)


def thing(width=300, height=300, high=30):
    """Crisp stripes of `high` pixels, dark."""
    rows = pyvips.Image.xyz(width, height)[1]
    box = plain(width, height, [42, 70, 52])
    return ((rows % high) < high // 3).ifthenelse(box + 45, box)


def good():
    return plain(WIDTH, HEIGHT, GROUND).insert(thing(), 170, 90).copy_memory()


def leaning():
    turned = thing(600, 600, 60).rotate(9, background=GROUND).resize(0.45)  # as sharp as a camera
    return plain(WIDTH, HEIGHT, GROUND).insert(turned, (WIDTH - turned.width) // 2, (HEIGHT - turned.height) // 2)


def shining():
    grid = pyvips.Image.xyz(WIDTH, HEIGHT)
    away = ((grid[0] - 320) ** 2 + (grid[1] - 240) ** 2) ** 0.5
    return (away < 46).ifthenelse(255, good())


SCENES = {
    "good": good,
    "dark": lambda: good() * 0.2,
    "bright": lambda: good() * 0 + 254,
    "blur": lambda: good().gaussblur(7),
    "glare": shining,
    "cut": lambda: plain(WIDTH, HEIGHT, GROUND).insert(thing(400, 300), 400, 90),
    "tilt": leaning,
    "empty": lambda: plain(WIDTH, HEIGHT, GROUND),
}


def frame(name, number=0):
    """The scene with the grain of a sensor."""
    grain = pyvips.Image.gaussnoise(WIDTH, HEIGHT, mean=0, sigma=1, seed=SEED + number)
    return (SCENES[name]() + grain).cast("uchar").copy(interpretation="srgb").copy_memory()


def planes(image):
    """Three planes, 4:2:0, full range."""
    yuv = image.cast("float").recomb(TO_YUV).linear([1, 1, 1], [0, 128, 128])
    small = yuv.shrink(2, 2)
    return b"".join(band.rint().cast("uchar").write_to_memory() for band in (yuv[0], small[1], small[2]))


def write(path, name):
    """Film a scene into `path`; a camera that is opened afterwards plays it."""
    head = f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F10:1 Ip A1:1 C420jpeg\n".encode()
    path.write_bytes(head + b"".join(b"FRAME\n" + planes(frame(name, number)) for number in range(FRAMES)))
