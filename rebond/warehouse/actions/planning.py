"""The walks of a wave, laid by a task: which parcels share a cart, and in which order it meets their objects."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Case, F, IntegerField, Value, When
from django.utils import timezone

from rebond.core.locks import lock_row, lock_rows
from rebond.warehouse.actions.rounds import end_wave
from rebond.warehouse.data import PICK
from rebond.warehouse.documents import DocumentInvalid
from rebond.warehouse.enums import ParcelState, PickState, WaveState
from rebond.warehouse.models import Parcel, PickLine, Round, SiteLayout, Wave
from rebond.warehouse.picking.plan import make_plan, read_instance
from rebond.warehouse.queries.drawing import Drawing, drawing_of
from rebond.warehouse.queries.waves import to_pick
from rebond.workshop.actions.task import open_task

EFFORT = 100_000  # moves looked at for a whole wave: some seconds


@dataclass(frozen=True, slots=True)
class Laid:
    """One round: its parcels by key, its lines by key in the order of the walk, its lengths and where it turns."""

    parcels: Sequence[int]
    lines: Sequence[int]
    length_cm: int
    alone_cm: int
    path: list[list[int]]


def plan_wave(*, wave_id: int, effort: int = EFFORT) -> int:
    """Lay the rounds of a wave that waits for them, and open a task for each; how many. Run again, nothing more.

    `effort`: moves looked at.
    """
    wave = Wave.objects.select_related("site").get(pk=wave_id)
    if wave.state != WaveState.PLANNING:
        return 0
    lines = to_pick(wave)
    drawing = drawing_of(wave.site, lines)
    laid, bound = _laid(wave, lines, drawing, effort)
    return _write(wave, laid, bound, drawing.version)


def _laid(wave: Wave, lines: Sequence[PickLine], drawing: Drawing, effort: int) -> tuple[list[Laid], int]:
    """By the solver; where the drawing cannot be walked, along the labels."""
    if not lines:
        return [], 0
    try:
        plan = make_plan(read_instance(_instance(wave, lines, drawing, effort)))
    except DocumentInvalid:
        return _by_label(wave, lines), 0
    made = []
    for batch in plan.batches:
        parcels = {int(order.id) for order in batch.orders}
        turn = {bay: n for n, bay in enumerate(batch.route.stops)}
        mine = [line for line in lines if line.parcel_id in parcels]
        mine.sort(key=lambda line: (turn[drawing.bay(line)], drawing.label(line), line.pk))
        path = [list(drawing.point(*point)) for point in batch.route.path]
        made.append(_round(parcels, mine, batch.route.length_cm, batch.alone_cm, path))
    return made, plan.bound_cm


def _round(parcels: set[int], lines: Sequence[PickLine], length: int, alone: int, path: list[list[int]]) -> Laid:
    """Slots in the order in which the walk meets the parcels."""
    met = list(dict.fromkeys(line.parcel_id for line in lines))
    assert set(met) == parcels  # noqa: S101 -- every parcel of a wave has lines
    return Laid(met, [line.pk for line in lines], length, alone, path)


def _instance(wave: Wave, lines: Sequence[PickLine], drawing: Drawing, effort: int) -> dict[str, Any]:
    orders: dict[int, dict[str, Any]] = {}
    for line in lines:
        order = orders.setdefault(line.parcel_id, {"id": str(line.parcel_id), "lines": []})
        order["lines"].append({"bay": drawing.bay(line), "units": line.units, "weight_g": line.grams or 0})
    cart: dict[str, int] = {"slots": wave.slots}
    if wave.weight_g:  # what weighs more than a cart carries goes alone
        heaviest = max(sum(line["weight_g"] for line in order["lines"]) for order in orders.values())
        cart["weight_g"] = max(wave.weight_g, heaviest)
    return {"layout": drawing.layout, "cart": cart, "orders": list(orders.values()), "effort": effort}


def _by_label(wave: Wave, lines: Sequence[PickLine]) -> list[Laid]:
    ordered = sorted(lines, key=lambda line: (str(line.place or ""), line.pk))
    parcels = list(dict.fromkeys(line.parcel_id for line in ordered))
    carts = [set(parcels[n : n + wave.slots]) for n in range(0, len(parcels), wave.slots)]
    return [_round(cart, [line for line in ordered if line.parcel_id in cart], 0, 0, []) for cart in carts]


@transaction.atomic
def _write(wave: Wave, laid: Sequence[Laid], bound: int, layout: SiteLayout | None) -> int:
    lock_rows(Parcel.objects.filter(wave=wave), no_key=True)
    wave = lock_row(wave)
    if wave.state != WaveState.PLANNING:
        return 0
    left = set(Parcel.objects.filter(wave=wave, round=None, state=ParcelState.ASKED).values_list("pk", flat=True))
    laid = [one for one in laid if left.intersection(one.parcels)]  # all of a round may be cancelled meanwhile
    for number, one in enumerate(laid, 1):
        _write_round(wave, number, one)
    Wave.objects.filter(pk=wave.pk).update(
        state=WaveState.OPEN,
        length_cm=sum(one.length_cm for one in laid),
        alone_cm=sum(one.alone_cm for one in laid),
        bound_cm=bound,
        layout=layout,
        version=F("version") + 1,
    )
    if not laid:  # all of it was cancelled meanwhile
        end_wave(wave)
    return len(laid)


def _write_round(wave: Wave, number: int, laid: Laid) -> None:
    made = Round.objects.create(
        wave=wave, number=number, length_cm=laid.length_cm, alone_cm=laid.alone_cm, path=laid.path
    )
    parcels = Parcel.objects.filter(pk__in=laid.parcels, wave=wave, round=None, state=ParcelState.ASKED)
    parcels.update(round=made, slot=_number_of(laid.parcels))
    lines = PickLine.objects.filter(pk__in=laid.lines, state=PickState.TO_PICK, parcel__round=made)
    lines.update(turn=_number_of(laid.lines))
    hours = (timezone.now() - wave.leave_by).total_seconds() // 3600
    urgency = max(0, min(20, int(hours) + 20))  # the nearer the departure, the sooner it is proposed
    open_task(kind=PICK, subject=made, site=wave.site, by=wave.made_by, priority=urgency)


def _number_of(keys: Sequence[int]) -> Case:
    """The place of each row in this order, from 1: one statement a round, for on SQLite nobody writes meanwhile."""
    whens = [When(pk=key, then=Value(number)) for number, key in enumerate(keys, 1)]
    return Case(*whens, output_field=IntegerField())
