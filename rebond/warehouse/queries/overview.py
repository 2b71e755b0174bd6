"""The rounds under way at a site on one map: each wave with its own line, each cart where it last took something."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from rebond.network.models import Site
from rebond.warehouse.enums import PickState, RoundState, WaveState
from rebond.warehouse.models import PickLine, Round, SiteLayout, Wave
from rebond.warehouse.queries.layouts import current_layout
from rebond.warehouse.queries.sketching import LOOKS, Line, Stop, Ways, box_of, lines_of, point_on, stands_of, ways_of
from rebond.warehouse.queries.sketching import walk_beside as beside
from rebond.warehouse.queries.waves import Progress, progress_of_rounds, tasks_of
from rebond.workshop.models import Task

MOST = 60  # rounds on one picture


@dataclass(slots=True)
class OnFloor:
    """A round under way. `points`, `left` (stops that wait) and `cart` are of the picture, empty where it is not on it.

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
    """Say where each goes on, and draw those that were laid on this plan: one query."""
    ways = ways_of(layout.plan) if layout is not None else {}
    drawn = {}
    for n, one in enumerate(shown.values()):
        if one.round.wave.layout_id == (layout.pk if layout else None) and len(one.round.path) > 1:
            drawn[one.round.pk] = n
            one.points = " ".join(f"{x},{y}" for x, y in beside(one.round.path, n))
    rows = PickLine.objects.filter(parcel__round__in=list(shown)).exclude(state=PickState.DROPPED)
    rows = rows.select_related("parcel", "place").order_by("skips", "turn", "pk")
    for line in rows:
        one = shown[line.parcel.round_id]
        waits = line.state == PickState.TO_PICK
        if waits and not one.next_at:
            one.next_at = str(line.place or "")
        spot = _spot(line, layout, ways) if line.parcel.round_id in drawn else None
        if spot is None:
            continue
        (point,) = beside([spot], drawn[line.parcel.round_id])
        if waits:
            one.left.append(point)
        else:
            one.cart = point


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
