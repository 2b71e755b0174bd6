"""A warehouse as it is drawn: passages, stairs, bays, where pickers start and end. Lengths are whole centimetres."""

import math
from dataclasses import dataclass, field

from rebond.warehouse.documents import DocumentInvalid, Part, unique

FAR = 10_000_000
"""100 km: no drawing is larger."""


@dataclass(frozen=True)
class Passage:
    """A straight way, walked both ways unless `one_way` (then from its first point to its second)."""

    id: str
    x1: int
    y1: int
    x2: int
    y2: int
    floor: int = 0
    one_way: bool = False

    @property
    def length(self) -> int:
        return round(math.hypot(self.x2 - self.x1, self.y2 - self.y1))

    def point(self, at: int) -> tuple[int, int, int]:
        """The drawing's point `at` centimetres from the beginning."""
        share = at / self.length
        return round(self.x1 + share * (self.x2 - self.x1)), round(self.y1 + share * (self.y2 - self.y1)), self.floor


@dataclass(frozen=True)
class Stairs:
    """A way between floors; it costs `there_cm` from the first point, `back_cm` from the second (None: no way)."""

    id: str
    first: tuple[int, int, int]
    second: tuple[int, int, int]
    there_cm: int
    back_cm: int | None


@dataclass(frozen=True)
class Place:
    """A point of a passage, `at` centimetres from its beginning, and `off` centimetres aside of it."""

    id: str
    passage: int
    at: int
    off: int = 0


@dataclass(frozen=True)
class Layout:
    """`bays` by identifier; `starts` and `ends` hold at least one place each."""

    passages: tuple[Passage, ...]
    stairs: tuple[Stairs, ...] = ()
    bays: dict[str, Place] = field(default_factory=dict)
    starts: tuple[Place, ...] = ()
    ends: tuple[Place, ...] = ()


def read_layout(part: Part) -> Layout:
    """The layout of a document (docs/formats/picking.md). Raises `DocumentInvalid` with the path of what is wrong."""
    part.only("passages", "stairs", "bays", "racks", "stands")
    taken: set[str] = set()
    passages = tuple(_passage(one, taken) for one in part.parts("passages", least=1, most=1_000))
    by_id = {passage.id: n for n, passage in enumerate(passages)}
    bays = _bays(part, passages, by_id)
    starts: list[Place] = []
    ends: list[Place] = []
    names: set[str] = set()
    for one in part.parts("stands", least=1, most=50):
        one.only("id", "at", "floor", "start", "end")
        x, y = one.numbers("at", 2, low=-FAR, high=FAR)
        stand = nearest(passages, unique(names, one), (x, y, _floor(one)), one.at("floor"))
        starts += [stand] if one.yes("start", default=True) else []
        ends += [stand] if one.yes("end", default=True) else []
    if not starts or not ends:
        raise part.fail("stands", "at least one must be a start, and at least one an end.")
    stairs = tuple(_stairs(one, taken) for one in part.parts("stairs", most=100))
    return Layout(passages, stairs, bays, tuple(starts), tuple(ends))


def nearest(passages: tuple[Passage, ...], name: str, point: tuple[int, int, int], where: str) -> Place:
    """The place of the nearest passage on that floor; the walk to it is counted in `off`."""
    x, y, floor = point
    found: tuple[float, Place] | None = None
    for n, passage in enumerate(passages):
        if passage.floor != floor:
            continue
        dx, dy = passage.x2 - passage.x1, passage.y2 - passage.y1
        share = max(0.0, min(1.0, ((x - passage.x1) * dx + (y - passage.y1) * dy) / (dx * dx + dy * dy)))
        off = math.hypot(passage.x1 + share * dx - x, passage.y1 + share * dy - y)
        if found is None or off < found[0] - 1e-9:
            found = off, Place(name, n, round(share * passage.length), round(off))
    if found is None:
        raise DocumentInvalid(where, f"no passage is drawn on floor {floor}.")
    return found[1]


def _floor(part: Part) -> int:
    return int(part.whole_number("floor", low=-20, high=200, default=0))


def _passage(part: Part, taken: set[str]) -> Passage:
    part.only("id", "from", "to", "floor", "one_way")
    x1, y1 = part.numbers("from", 2, low=-FAR, high=FAR)
    x2, y2 = part.numbers("to", 2, low=-FAR, high=FAR)
    if (x1, y1) == (x2, y2):
        raise part.fail("to", "a passage must have a length.")
    return Passage(unique(taken, part), x1, y1, x2, y2, _floor(part), part.yes("one_way"))


def _stairs(part: Part, taken: set[str]) -> Stairs:
    part.only("id", "from", "to", "cost_cm", "back_cm", "one_way")
    x1, y1, floor1 = part.numbers("from", 3, low=-FAR, high=FAR)
    x2, y2, floor2 = part.numbers("to", 3, low=-FAR, high=FAR)
    there = part.whole_number("cost_cm", high=FAR)
    back = None if part.yes("one_way") else part.whole_number("back_cm", high=FAR, default=there)
    return Stairs(unique(taken, part), (x1, y1, floor1), (x2, y2, floor2), there, back)


def _bays(part: Part, passages: tuple[Passage, ...], by_id: dict[str, int]) -> dict[str, Place]:
    names: set[str] = set()
    bays: dict[str, Place] = {}
    for one in part.parts("bays", most=200_000):
        one.only("id", "passage", "at", "access", "floor")
        name = unique(names, one)
        if "access" in one.value:
            x, y = one.numbers("access", 2, low=-FAR, high=FAR)
            bays[name] = nearest(passages, name, (x, y, _floor(one)), one.at("floor"))
        else:
            n = _known(one, by_id)
            bays[name] = Place(name, n, one.whole_number("at", high=passages[n].length))
    for one in part.parts("racks", most=5_000):
        one.only("id", "passage", "first_at", "pitch", "count")
        n, prefix, count = _known(one, by_id), one.text("id"), one.whole_number("count", low=1, high=2_000)
        first, pitch = one.whole_number("first_at"), one.whole_number("pitch", default=100)
        if first + pitch * (count - 1) > passages[n].length:
            raise one.fail("count", f"the last bay would lie beyond the {passages[n].length:,} cm of its passage.")
        for k in range(count):
            name = f"{prefix}-{k + 1:02}"
            if name in names:
                raise one.fail("id", f"its bay “{name}” is used twice.")
            names.add(name)
            bays[name] = Place(name, n, first + pitch * k)
    if not bays:
        raise part.fail("bays", "the layout has neither bays nor racks.")
    return bays


def _known(part: Part, by_id: dict[str, int]) -> int:
    name = part.text("passage")
    if name not in by_id:
        raise part.fail("passage", f"no passage is called “{name}”.")
    return by_id[name]
