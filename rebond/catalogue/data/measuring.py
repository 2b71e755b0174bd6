"""Where to measure a thing: one drawing for each family of shapes, by category (architecture.md, "Guided listing").

The numbers on a drawing are those of the fields: 1 length, 2 width, 3 height; a family asks only for those it shows.
"""

from collections.abc import Iterable

LENGTH, WIDTH, HEIGHT = "length_mm", "width_mm", "height_mm"
ALL = (LENGTH, WIDTH, HEIGHT)
FAMILIES: dict[str, tuple[str, ...]] = {
    "box": ALL,
    "seat": ALL,
    "table": ALL,
    "bed": ALL,
    "round": (LENGTH, HEIGHT),
    "flat": ALL,
    "cloth": (LENGTH, WIDTH),
    "bag": ALL,
    "top": (LENGTH, WIDTH),
    "bottom": (LENGTH, WIDTH),
    "skirt": (LENGTH, WIDTH),
    "shoe": (LENGTH, HEIGHT),
}
# the nearest key of the path answers: a category, else what is above it
BY_CATEGORY: dict[str, str] = {
    **dict.fromkeys(("chairs", "armchairs", "sofas", "sofa-beds", "stools", "benches"), "seat"),
    **dict.fromkeys(("tables", "coffee-tables", "desks", "bedside-tables"), "table"),
    **dict.fromkeys(("beds", "cots"), "bed"),
    **dict.fromkeys(("frames", "paintings", "mirrors", "clocks"), "flat"),
    **dict.fromkeys(("decoration", "tableware", "vintage-lighting", "vintage-tableware"), "round"),
    **dict.fromkeys(("christmas", "figurines", "bird-cages"), "box"),
    **dict.fromkeys(("linen", "rugs", "scarves"), "cloth"),
    **dict.fromkeys(("pillows", "cushions", "duvets"), "cloth"),
    **dict.fromkeys(("handbags", "rucksacks", "satchels", "suitcases"), "bag"),
    **dict.fromkeys(("jeans", "trousers", "shorts", "childrens-bottoms"), "bottom"),
    **dict.fromkeys(("dresses", "skirts"), "skirt"),
    "clothes": "top",
    "shoes": "shoe",
}


def family_of(path: Iterable[str]) -> str:
    """The family of a category, from the keys of its path, universe first; a box where none is nearer."""
    return next((BY_CATEGORY[key] for key in reversed(list(path)) if key in BY_CATEGORY), "box")
