"""Small corrections of a photo: run by `render.py` in the child that decodes (decision 0006).

`light` stretches a dull picture, `crop` takes away what lies around the object, `ground` gives a plain ground one
neutral tint. The two last ones act only where the ground is plain; else the picture stays as it is.
"""

from typing import Any

import pyvips

SMALL = 360  # pixels of width the object is looked for at
FAR = 20  # of colour difference (CIE76) between an object and its ground
NEUTRAL = [240, 238, 234]  # sRGB of the ground that replaces
MARGIN = 0.07  # of the object's size, kept around it
MOST_GAIN = 1.7
LEAST = 0.8
SPREAD = 40  # pixels at SMALL: how far the light of the ground is looked for


def retouch(image: Any, ways: list[str]) -> bytes:
    """The picture after `ways`, as a JPEG."""
    if "light" in ways:
        image = lit(image)
    mask = object_mask(image) if {"crop", "ground"} & set(ways) else None
    if mask is not None and "ground" in ways:
        image = on_neutral(image, mask)
    if mask is not None and "crop" in ways:
        image = cropped(image, mask)
    return bytes(image.jpegsave_buffer(Q=88, optimize_coding=True, keep="none"))


def lit(image: Any) -> Any:
    """The darkest hundredth to nearly black, the lightest to nearly white, by at most `MOST_GAIN`; hues stay."""
    grey = image.colourspace("b-w")[0]
    low, high = grey.percent(1), grey.percent(99)
    gain = min(MOST_GAIN, 236 / max(1, high - low))
    if gain < 1.06:
        return image
    return ((image - min(low, 40)) * gain + 8).cast("uchar").copy(interpretation="srgb").copy_memory()


def object_mask(image: Any) -> Any | None:
    """255 on the object, 0 on the ground, at `SMALL` pixels; None where the ground is not plain."""
    small = image.thumbnail_image(SMALL, height=2 * SMALL, size="down").copy_memory()
    lab = small.colourspace("lab").copy_memory()
    frame = [lab.crop(0, 0, lab.width, 4), lab.crop(0, lab.height - 4, lab.width, 4)]
    ground = [sum(strip[band].percent(50) for strip in _as_bytes(frame)) / 2 for band in range(3)]
    ground = [ground[0] / 2.55, ground[1] - 128, ground[2] - 128]
    far = lab.dE76(lab.new_from_image(ground).copy(interpretation="lab")) > FAR
    far = far.median(5).copy_memory()
    edge = (far.crop(0, 0, far.width, 3).avg() + far.crop(0, far.height - 3, far.width, 3).avg()) / 510
    share = far.avg() / 255
    return None if edge > 0.3 or not 0.02 < share < 0.9 else closed(far)


def _as_bytes(strips: list[Any]) -> list[Any]:
    """Lab in 8 bits, so that a median can be read off."""
    return [(strip * [2.55, 1, 1] + [0, 128, 128]).cast("uchar") for strip in strips]


def closed(far: Any) -> Any:
    """The mask without the holes inside the object: the ground is only what reaches the frame."""
    labels = far.labelregions()
    last = int(labels.max())
    if last > 60_000:
        return far
    width, height = far.width, far.height
    names = memoryview(labels.cast("ushort").write_to_memory()).cast("H")
    values = bytes(far.write_to_memory())
    rim = [*range(width), *range((height - 1) * width, height * width)]
    rim += [y * width + x for y in range(height) for x in (0, width - 1)]
    outside = {names[i] for i in rim if not values[i]}
    table = bytes(0 if name in outside else 255 for name in range(last + 1))
    lut = pyvips.Image.new_from_memory(table, last + 1, 1, 1, "uchar")
    return labels.cast("ushort").maplut(lut).copy_memory()


def on_neutral(image: Any, mask: Any) -> Any:
    """The light of the ground made even and neutral, everywhere: nothing is cut out, a white object loses no part.

    The ground's colour around each place (the object left out) is what the whole picture is divided by there.
    """
    small = image.thumbnail_image(mask.width, height=mask.height, size="force").cast("float")
    free = (255 - mask).cast("float") / 255
    share = max(0.01, free.avg())
    mean = [(small[band] * free).avg() / share for band in range(3)]  # what is far from any ground takes its mean
    around = ((small * free).gaussblur(SPREAD) + [0.1 * level for level in mean]) / (free.gaussblur(SPREAD) + 0.1)
    gain = small.new_from_image(NEUTRAL) / (around > 40).ifthenelse(around, 40)
    gain = (gain < LEAST).ifthenelse(LEAST, (gain > MOST_GAIN).ifthenelse(MOST_GAIN, gain))
    wide = gain.resize(image.width / gain.width, vscale=image.height / gain.height, kernel="linear")
    return (image * wide).cast("uchar").copy(interpretation="srgb").copy_memory()


def cropped(image: Any, mask: Any) -> Any:
    left, top, width, height = mask.find_trim(threshold=128, background=[0])
    if not width or not height:
        return image
    scale_x, scale_y = image.width / mask.width, image.height / mask.height
    space = round(MARGIN * max(width, height))
    x, y = max(0, left - space), max(0, top - space)
    right, bottom = min(mask.width, left + width + space), min(mask.height, top + height + space)
    box = (int(x * scale_x), int(y * scale_y), int((right - x) * scale_x), int((bottom - y) * scale_y))
    return image.crop(box[0], box[1], min(box[2], image.width - box[0]), min(box[3], image.height - box[1]))
