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
FAR = 26  # of colour difference (CIE76) between an object and its ground, at most
LEAST_FAR = 14  # of the same: less is a shadow, whatever the ground
NOISE = 6  # times the ground's own roughness
LIKE = 0.6  # of an object's usual contrast: what leaves the frame with less is its shadow
LEAST_PIECE = 0.08  # of an edge
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
    """How much of an object goes on outside the frame: the longest piece of one edge, as a share of its own extent.

    Told only where the ground is plain, or lit from one side: most of the frame's edge follows one plane of colours.
    Else 0: nothing is known. A corner of something else, a hook or the tip of a sleeve is a small share of the object.
    """
    lab = tiny.colourspace("lab")
    width, height = lab.width, lab.height
    bands = [bytes_of(lab[band]) for band in range(3)]
    near, noise = _ground(bands, width, height)
    if noise > PLAIN:
        return 0.0
    far = _far_from(near, bands, width, height)
    limit = min(FAR, max(LEAST_FAR, NOISE * noise))
    free = {place for place, value in enumerate(far) if value > limit}
    things = []
    while free:
        things.append(_spread(free.pop(), free, width))
    weights = [_weight(thing, width, height) for thing in things]
    top = max(weights, default=0)
    small = 0.02 * width * height
    of_object = [thing for thing, weight in zip(things, weights, strict=True) if weight >= 0.35 * top]
    return max((_leaves(thing, far, width, height) for thing in of_object if len(thing) >= small), default=0.0)


def _ground(bands: list[list[float]], width: int, height: int) -> tuple[list[list[float]], float]:
    """The plane of each band (level, per column, per row) through the frame's edge, and how rough the ground is.

    What differs from the frame's usual colour is left out, then the tenth that fits worst, twice. Rough without end
    where most of the edge is no ground.
    """
    rim = [
        (x, y)
        for y in range(height)
        for x in range(width)
        if min(x, y) < RING or x >= width - RING or y >= height - RING
    ]
    seen = [(x, y, [band[y * width + x] for band in bands]) for x, y in rim]
    usual = [sorted(colour[band] for _x, _y, colour in seen)[len(seen) // 2] for band in range(3)]
    near = [one for one in seen if _apart(one[2], usual) <= FAR]
    if len(near) < 0.6 * len(seen):
        return [], float("inf")
    kept, planes = near, [[0.0] * 3]
    for _turn in range(3):
        planes = [_plane([(x, y, colour[band]) for x, y, colour in kept]) for band in range(3)]
        off = [_off(one, planes) for one in near]
        most = sorted(off)[int(0.9 * len(off))]
        kept = [one for one, value in zip(near, off, strict=True) if value <= most]
    return planes, sorted(off)[len(off) // 2]


def _off(one: tuple[int, int, list[float]], planes: list[list[float]]) -> float:
    x, y, colour = one
    return _apart(colour, [level + across * x + down * y for level, across, down in planes])


def _plane(points: list[tuple[int, int, float]]) -> list[float]:
    """Least squares: the level, what a column adds, what a row adds."""
    count = len(points)
    mx, my, mv = (sum(point[i] for point in points) / count for i in range(3))
    xx = sum((x - mx) ** 2 for x, _y, _v in points)
    yy = sum((y - my) ** 2 for _x, y, _v in points)
    xy = sum((x - mx) * (y - my) for x, y, _v in points)
    xv = sum((x - mx) * (v - mv) for x, _y, v in points)
    yv = sum((y - my) * (v - mv) for _x, y, v in points)
    whole = xx * yy - xy * xy
    if whole <= 0:
        return [mv, 0.0, 0.0]
    across, down = (xv * yy - yv * xy) / whole, (yv * xx - xv * xy) / whole
    return [mv - across * mx - down * my, across, down]


def _far_from(planes: list[list[float]], bands: list[list[float]], width: int, height: int) -> list[float]:
    """How far each pixel is from the ground's colour at its place."""
    (l0, lx, ly), (a0, ax, ay), (b0, bx, by) = planes
    ls, as_, bs = bands
    return [
        (
            (ls[i] - l0 - lx * x - ly * y) ** 2
            + (as_[i] - a0 - ax * x - ay * y) ** 2
            + (bs[i] - b0 - bx * x - by * y) ** 2
        )
        ** 0.5
        for y in range(height)
        for x, i in enumerate(range(y * width, y * width + width))
    ]


def _weight(thing: list[int], width: int, height: int) -> int:
    """Its pixels, those of the middle twice: what is photographed lies there."""
    middle = sum(width / 4 <= i % width < 3 * width / 4 and height / 4 <= i // width < 3 * height / 4 for i in thing)
    return len(thing) + middle


def _leaves(thing: list[int], far: list[float], width: int, height: int) -> float:
    """The longest piece of an edge through which it leaves, as a share of its extent along that edge.

    What leaves looks like the object: its shadow and a shine on the ground have less of its contrast (`LIKE`).
    """
    usual = sorted(far[i] for i in thing)[len(thing) // 2]
    like = {i for i in thing if far[i] >= LIKE * usual}
    columns, rows = [i % width for i in thing], [i // width for i in thing]
    wide, high = max(columns) - min(columns) + 1, max(rows) - min(rows) + 1
    ring = range(RING)
    edges = [
        (wide, [[y * width + x for y in ring] for x in range(width)]),
        (wide, [[(height - 1 - y) * width + x for y in ring] for x in range(width)]),
        (high, [[y * width + x for x in ring] for y in range(height)]),
        (high, [[y * width + width - 1 - x for x in ring] for y in range(height)]),
    ]
    best = 0.0
    for extent, edge in edges:
        piece = _longest([sum(i in like for i in place) >= RING - 1 for place in edge])
        if piece > LEAST_PIECE * len(edge):
            best = max(best, piece / extent)
    return float(min(1.0, best))


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
