"""The rounds under way at a site on one map: each wave with its own line, each cart where it last took something."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

from rebond.network.models import Site
from rebond.warehouse.enums import PickState, RoundState, WaveState
from rebond.warehouse.models import PickLine, Round, SiteLayout, Wave
from rebond.warehouse.queries.layouts import current_layout
from rebond.warehouse.queries.sketching import LOOKS, Line, Stop, Ways, box_of, lines_of, point_on, stands_of, ways_of
from rebond.warehouse.queries.sketching import walk_beside as beside
from rebond.warehouse.queries.waves import Progress, progress_of_rounds, tasks_of
from rebond.workshop.models import Task

MOST = 60  # rounds on one picture


class Absent(Enum):
    """Why a round is not on the map: its plan is another one; the site was drawn since; nothing of it lies on the plan;
    it follows the names of its places.
    """

    OLDER = "older"
    BEFORE = "before"
    NOWHERE = "nowhere"
    BY_NAME = "by_name"


@dataclass(slots=True)
class OnFloor:
    """A round under way. `points`, `left` (stops that wait) and `cart` are of the picture, empty where it is not on it;
    then `absent` says why.

    `next_at` is the place of the next object, "" where nobody knows one.
    """

    round: Round
    look: int
    progress: Progress
    task: Task | None
    points: str = ""
    left: list[Stop] = field(default_factory=list)
    cart: Stop | None = None
    next_at: str = ""
    absent: Absent | None = None


@dataclass(slots=True)
class Overview:
    """`waves` are [(wave, its look, its rounds)]; `box` is "" where nothing is drawn; `is_more`: there are others."""

    waves: list[tuple[Wave, int, list[OnFloor]]]
    layout: SiteLayout | None
    is_more: bool
    box: str = ""
    letter: int = 0
    lines: Sequence[Line] = ()
    stands: Sequence[tuple[str, int, int]] = ()


def overview_of(site: Site) -> Overview:
    """Of a site: five queries, however many waves there are. What was laid on an older plan is listed, not drawn."""
    layout = current_layout(site)
    rows = Round.objects.filter(wave__site=site, wave__state=WaveState.OPEN, state=RoundState.OPEN)
    rounds = list(rows.select_related("wave").order_by("wave__leave_by", "wave_id", "number")[: MOST + 1])
    is_more, rounds = len(rounds) > MOST, rounds[:MOST]
    progress, tasks = progress_of_rounds(rounds), tasks_of(rounds)
    looks: dict[int, int] = {}
    for one in rounds:
        looks.setdefault(one.wave_id, len(looks) % LOOKS + 1)
    shown = {one.pk: OnFloor(one, looks[one.wave_id], progress[one.pk], tasks.get(one.public_id)) for one in rounds}
    _place(shown, layout)
    found = Overview([], layout, is_more)
    for one in rounds:
        if not found.waves or found.waves[-1][0].pk != one.wave_id:
            found.waves.append((one.wave, looks[one.wave_id], []))
        found.waves[-1][2].append(shown[one.pk])
    _draw(found, [one for one in shown.values() if one.points])
    return found


def _place(shown: dict[int, OnFloor], layout: SiteLayout | None) -> None:
    """Say where each goes on, and draw those that were laid on this plan and have something on it: one query."""
    ways = ways_of(layout.plan) if layout is not None else {}
    rows = PickLine.objects.filter(parcel__round__in=list(shown)).exclude(state=PickState.DROPPED)
    lines: dict[int | None, list[PickLine]] = {}
    for line in rows.select_related("parcel", "place").order_by("skips", "turn", "pk"):
        lines.setdefault(line.parcel.round_id, []).append(line)
    for n, one in enumerate(shown.values()):
        mine = lines.get(one.round.pk, [])
        waits = [line for line in mine if line.state == PickState.TO_PICK]
        one.next_at = next((str(line.place) for line in waits if line.place), "")
        spots = [(line, spot) for line in mine if (spot := _spot(line, layout, ways)) is not None]
        one.absent = _absent(one.round, layout, is_anywhere=bool(spots))
        if one.absent is not None:
            continue
        one.points = " ".join(f"{x},{y}" for x, y in beside(one.round.path, n))
        for line, spot in spots:
            (point,) = beside([spot], n)
            if line.state == PickState.TO_PICK:
                one.left.append(point)
            else:
                one.cart = point


def _absent(one: Round, layout: SiteLayout | None, *, is_anywhere: bool) -> Absent | None:
    if layout is not None and one.wave.layout_id != layout.pk:
        return Absent.BEFORE if one.wave.layout_id is None else Absent.OLDER
    if layout is not None and not is_anywhere:
        return Absent.NOWHERE
    return None if len(one.path) > 1 else Absent.BY_NAME


def _spot(line: PickLine, layout: SiteLayout | None, ways: Ways) -> Stop | None:
    """Where it lies on the plan: at the deepest place above it that has a spot."""
    if layout is None or line.place is None:
        return None
    above = reversed(line.place.path.rstrip("/").split("/"))
    code = next((code for code in above if code in layout.spots), None)
    return point_on(ways, *layout.spots[code]) if code is not None else None


def _draw(found: Overview, walks: list[OnFloor]) -> None:
    """The plan, and as much room as it and the walks need."""
    points = [point for one in walks for point in one.round.path]
    if found.layout is not None:
        found.lines, found.stands = lines_of(found.layout.plan), stands_of(found.layout.plan)
        points += [point for line in found.lines for point in (line.start, line.end)]
        points += [(x, y) for _name, x, y in found.stands]
    if points:
        found.box, found.letter = box_of(points)
