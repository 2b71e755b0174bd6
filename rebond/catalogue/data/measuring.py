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
    "bike": (LENGTH, HEIGHT),
    "strings": (LENGTH, WIDTH),
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
    **dict.fromkeys(("adult-bikes", "electric-bikes", "childrens-bikes", "scooters"), "bike"),
    **dict.fromkeys(("guitars", "violins"), "strings"),
    **dict.fromkeys(("plant-pots", "tableware"), "round"),
    **dict.fromkeys(("dressing-up",), "top"),
    "clothes": "top",
    "shoes": "shoe",
}

# Whether the kiosk asks, by the nearest key of the path. ASKED: the buyer cannot do without it (will it fit the room
# or the kitchen?). OFFERED at the end, beside what no law asks: worn clothes go by their size first, most toys and
# small machines by what they are. Elsewhere nobody asks: a book, a ring, a telephone.
ASKED, OFFERED = "asked", "offered"
HOW: dict[str, str] = {
    **dict.fromkeys(("furniture", "decoration", "linen", "vintage"), ASKED),
    **dict.fromkeys(("handbags", "rucksacks", "satchels", "suitcases", "bike-bags"), ASKED),
    **dict.fromkeys(("guitars", "violins", "keyboards", "accordions", "percussion"), ASKED),
    **dict.fromkeys(("ovens", "microwaves", "refrigerators", "washing-machines", "dishwashers"), ASKED),
    **dict.fromkeys(("childrens-bikes", "rocking-toys", "outdoor-toys", "nursery", "camping"), ASKED),
    **dict.fromkeys(("toolboxes", "plant-pots", "barbecues", "hi-fi", "speakers"), ASKED),
    **dict.fromkeys(("postcards", "medals"), ""),
    **dict.fromkeys(("clothes", "shoes", "scarves", "tableware", "toys", "appliances"), OFFERED),
    **dict.fromkeys(("bikes", "diy-garden", "sport", "radios", "televisions", "monitors", "printers"), OFFERED),
}


def how_asked(path: Iterable[str]) -> str:
    """ASKED, OFFERED or "" for a category, from the keys of its path, universe first."""
    return next((HOW[key] for key in reversed(list(path)) if key in HOW), "")


def family_of(path: Iterable[str]) -> str:
    """The family of a category, from the keys of its path, universe first; a box where none is nearer."""
    return next((BY_CATEGORY[key] for key in reversed(list(path)) if key in BY_CATEGORY), "box")
