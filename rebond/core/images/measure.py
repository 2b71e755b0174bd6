"""What a photo looks like, in numbers: run by `render.py` in the child that decodes (decision 0006).

Nothing here says what is good: `check.py` does, in the parent. Every number is of the picture upright, made small
(`SIDE`), so that a phone's 12 million pixels and a web picture are measured alike. How each one is
chosen, and how well it does on photos whose faults are known: docs/algorithms/photo-checks.md.
"""

from typing import Any

import pyvips

SIDE = 480  # pixels of width the measures are made at
TINY = 96  # of the little pictures walked pixel by pixel
RING = 3  # pixels of the tiny picture's edge
FAR = 26  # of colour difference (CIE76) between an object and its ground
BLOWN = 248  # of 255: nothing is left to see
SHORE = 205  # of 255: what surrounds a reflection is darker on average
LEANING = (7, 32)  # half degrees: less is a hand that shakes, more is meant (a bowl, a bag put down)
PLAIN = 9  # of colour difference: how even a ground is, to say that an object goes out of the frame


def steps(image: Any, mask: list[list[int]]) -> Any:
    """How much each pixel differs from its neighbour."""
    return image.conv(pyvips.Image.new_from_array(mask), precision="float").abs()


def blur(grey: Any) -> float:
    """0 (sharp) to 1 (blurred): what differences between neighbours lose when the picture is blurred again.

    A blurred picture loses little more. The worse of the two directions counts: a hand moves in one. After Crete,
    Dolmiere, Ladret and Nicolas, "The blur effect" (2007), but only where something is drawn: the grain of
    plain cloth, and of the sensor, says nothing.
    """
    worst = -1.0
    for soften, mask in (([[1] * 9], [[-1, 1]]), ([[1]] * 9, [[-1], [1]])):
        soft = grey.conv(pyvips.Image.new_from_array(soften, scale=9), precision="float")
        before, after = steps(grey, mask), steps(soft, mask)
        drawn = before > 6
        lost = drawn.ifthenelse((before > after).ifthenelse(before - after, 0), 0)
        total = drawn.ifthenelse(before, 0).avg()
        if total > 0.05:  # else nothing is drawn in this direction
            worst = max(worst, 1 - lost.avg() / total)
    return worst if worst >= 0 else 1.0


def light(grey: Any) -> dict[str, float]:
    """Mean, the level that 5 % of the pixels pass, and the share of the middle that is blown out."""
    width, height = grey.width, grey.height
    middle = grey.crop(width // 4, height // 4, max(1, width // 2), max(1, height // 2))
    return {
        "mean": grey.avg(),
        "high": grey.percent(95),
        "low": grey.percent(5),
        "blown": (middle >= BLOWN).avg() / 255,
    }


def tilt(grey: Any) -> dict[str, float]:
    """How far the straight lines lean, in degrees; the shares of them that lean so (`agree`) and that are `level`.

    What leans has lines at one angle and none that are level or upright; a room has both. Only long straight edges
    count: where the gradients of a neighbourhood have one direction (the structure tensor's coherence), which cloth
    and grass have not.
    """
    across = pyvips.Image.new_from_array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])
    smooth = grey.gaussblur(1)
    gx, gy = smooth.conv(across, precision="float"), smooth.conv(across.rot90(), precision="float")
    both = (gx * gx - gy * gy).bandjoin([2 * gx * gy, gx * gx + gy * gy]).gaussblur(4)
    level, slant, energy = both[0], both[1], both[2]
    strength = (level * level + slant * slant) ** 0.5
    straight = (energy > 400).ifthenelse(strength / (energy + 1), 0)
    weight = (straight > 0.85).ifthenelse((strength**0.5) * straight, 0)
    angle = level.complexform(slant).polar().imag() / 2  # of the gradient, 0 to 180
    turned = ((angle + 45) % 90).cast("float")  # 45 is level or upright, whichever way the light falls
    sums = bytes_of(weight.hist_find_indexed((turned * 2).rint().cast("uchar")))
    sums += [0.0] * (181 - len(sums))
    total = sum(sums[:181])
    if total <= 0:
        return {"angle": 0.0, "agree": 0.0, "level": 0.0, "lines": 0.0}
    near = {half: sum(sums[90 + half - 3 : 90 + half + 4]) / total for half in range(-LEANING[1], LEANING[1] + 1)}
    leaning = max((half for half in near if abs(half) >= LEANING[0]), key=lambda half: near[half])
    best = leaning if near[leaning] > near[0] else 0
    return {"angle": best / 2, "agree": near[best], "level": near[0], "lines": (weight > 0).avg() / 255}


def bytes_of(image: Any) -> list[float]:
    """The values of a one-band picture, row by row."""
    return list(memoryview(image.cast("float").write_to_memory()).cast("f"))


def cut(tiny: Any) -> float:
    """The longest piece of one edge of the frame (share of that edge) where the object goes on outside.

    Told only where the ground is plain: most of the frame's edge has one colour. Else 0: nothing is known.
    """
    lab = tiny.colourspace("lab")
    width, height = lab.width, lab.height
    rows = [bytes_of(lab[band]) for band in range(3)]
    edges = [
        [[y * width + x for y in range(RING)] for x in range(width)],
        [[(height - 1 - y) * width + x for y in range(RING)] for x in range(width)],
        [[y * width + x for x in range(RING)] for y in range(height)],
        [[y * width + width - 1 - x for x in range(RING)] for y in range(height)],
    ]
    colours = [[[sum(row[i] for i in place) / RING for row in rows] for place in edge] for edge in edges]
    every = [colour for edge in colours for colour in edge]
    ground = [sorted(colour[band] for colour in every)[len(every) // 2] for band in range(3)]
    apart = [[_apart(colour, ground) for colour in edge] for edge in colours]
    near = sorted(value for edge in apart for value in edge if value <= FAR)
    if len(near) < 0.6 * len(every) or near[len(near) // 2] > PLAIN:
        return 0.0
    is_other = [[value > FAR for value in edge] for edge in apart]
    return float(max(_longest(edge) / len(edge) for edge in is_other))


def _apart(one: list[float], other: list[float]) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def _longest(flags: list[bool]) -> int:
    """The longest piece of an edge that is nearly all set: a pattern leaves gaps, of a twenty-fifth of it at most."""
    best, start, last = 0, -1, -1
    for place, flag in enumerate(flags):
        if not flag:
            continue
        if start < 0 or place - last > max(2, len(flags) // 25):
            start = place
        last = place
        best = max(best, last - start + 1)
    return best


def glare(grey: Any) -> float:
    """The share of the picture covered by its largest burnt spot that has darker things all around it."""
    width, height = grey.width, grey.height
    values = bytes_of(grey)
    free = {i for i, value in enumerate(values) if value >= BLOWN}
    best = 0
    while free:
        spot = _spread(free.pop(), free, width)
        if len(spot) > best and _is_island(spot, values, width, height):
            best = len(spot)
    return float(best / (width * height))


def _spread(start: int, free: set[int], width: int) -> list[int]:
    """The places of the burnt spot that holds `start`; takes them out of `free`."""
    spot, todo = [start], [start]
    while todo:
        here = todo.pop()
        x = here % width
        for there in (here - (x > 0), here + (x < width - 1), here - width, here + width):
            if there in free:
                free.remove(there)
                spot.append(there)
                todo.append(there)
    return spot


def _is_island(spot: list[int], values: list[float], width: int, height: int) -> bool:
    """Whether the spot is away from the frame, and what surrounds it (as far as it is wide) is clearly darker."""
    columns, rows = [i % width for i in spot], [i // width for i in spot]
    left, right, top, bottom = min(columns), max(columns), min(rows), max(rows)
    if left == 0 or top == 0 or right == width - 1 or bottom == height - 1:
        return False
    reach = max(3, (right - left + bottom - top) // 2)
    around = [
        values[y * width + x]
        for y in range(max(0, top - reach), min(height, bottom + reach + 1))
        for x in range(max(0, left - reach), min(width, right + reach + 1))
        if values[y * width + x] < BLOWN
    ]
    return bool(around) and sum(around) / len(around) < SHORE


def turned(grey: Any) -> float:
    """Above 0 where the picture mirrors itself top to bottom better than left to right, as what lies on its side does.

    Clothes, chairs, bottles and faces of things are alike on both sides of an upright axis.
    """
    square = grey.thumbnail_image(64, height=64, size="force").gaussblur(1.5).cast("float")
    level = square - square.avg()
    whole = (level * level).avg()
    if whole < 1:
        return 0.0
    sides = (level * level.fliphor()).avg() / whole
    ends = (level * level.flipver()).avg() / whole
    return float(ends - sides)


def measure(image: Any, width: int, height: int) -> dict[str, Any]:
    """All numbers of one picture (three bands of sRGB, in memory); `width` and `height` are the original's."""
    grey = image.colourspace("b-w")[0].copy_memory()
    tiny = image.thumbnail_image(TINY, height=2 * TINY, size="down").copy_memory()
    return {
        "width": width,
        "height": height,
        "blur": blur(grey),
        "light": light(grey),
        "tilt": tilt(grey),
        "cut": cut(tiny),
        "glare": glare(tiny.colourspace("b-w")[0]),
        "turned": turned(grey),
    }
