"""Parcels that have to leave: asked for by the room of orders, taken out again, left.

That room holds its order while it calls, and the parcel is held here: always in this order.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from rebond.catalogue.enums import DeliveryMode
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record, record_transition
from rebond.network.models import Site
from rebond.warehouse.actions.carton import move_cartons
from rebond.warehouse.actions.rounds import end_rounds
from rebond.warehouse.data import PACK
from rebond.warehouse.enums import (
    MISSED,
    PARCEL_TRANSITIONS,
    PICK_TRANSITIONS,
    CartonReason,
    MoveReason,
    ParcelState,
    PickState,
)
from rebond.warehouse.errors import ParcelStays
from rebond.warehouse.models import Movement, Packing, Parcel, PickLine
from rebond.warehouse.queries.cut_offs import cut_off_for
from rebond.warehouse.queries.packing import packing_of
from rebond.warehouse.signals import parcel_leaving
from rebond.workshop.actions.task import cancel_tasks_of, open_task

SOLD_BEFORE = timedelta(minutes=5)  # a sale's movement may be a little older than its payment


@dataclass(frozen=True, slots=True)
class AskedLine:
    """Units of an object that were bought, of `item.seller_id`."""

    item: Item
    units: int
    title: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A paid parcel. `days` are the working day of the payment (or the next one), and the working day after it.

    `promised_on` is the last day on which its buyer was told to have it, None where nothing was told.
    """

    order_code: str
    number: int
    site: Site
    mode: str
    carrier: str
    paid_at: datetime
    days: tuple[date, date]
    lines: Sequence[AskedLine]
    promised_on: date | None = None


@transaction.atomic
def ask_parcel(*, asked: Asked) -> Parcel:
    """The site has a parcel to prepare; asked again, it is the same one, and nothing is added to it."""
    key = {"order_code": asked.order_code, "number": asked.number, "site": asked.site}
    grams = [line.item.weight_g for line in asked.lines]
    weight = None if None in grams else sum(line.units * (line.item.weight_g or 0) for line in asked.lines)
    parcel, is_new = Parcel.objects.get_or_create(
        **key,
        defaults={
            "organisation_id": asked.site.organisation_id,
            "mode": asked.mode,
            "carrier": asked.carrier[:60],
            "weight_g": weight,
            "leave_by": leave_by(asked),
            "promised_on": asked.promised_on,
        },
    )
    if is_new:
        PickLine.objects.bulk_create(_pick_lines(parcel, asked))
    found: Parcel = parcel
    return found


def leave_by(asked: Asked) -> datetime:
    """The hour of the first cut-off of its site and carrier for which there is time."""
    cut_off = cut_off_for(asked.site, asked.carrier[:60])
    first, then = (timezone.make_aware(datetime.combine(day, cut_off.at)) for day in asked.days)
    return first if asked.paid_at <= first - timedelta(minutes=cut_off.before_min) else then


def _pick_lines(parcel: Parcel, asked: Asked) -> list[PickLine]:
    """One for each place where units of an object lay; what no movement tells of has no place."""
    sold = _sold(asked)
    made = []
    for line in asked.lines:
        left = line.units
        for movement in sold.get(line.item.pk, []):
            units = min(left, movement.units)
            if units:
                made.append(_pick_line(parcel, line, units, movement))
                left -= units
        if left:
            made.append(_pick_line(parcel, line, left, None))
    return made


def _sold(asked: Asked) -> dict[int, list[Movement]]:
    """{object: the sales of it that no line has taken, since this order was paid, the oldest first}."""
    rows = Movement.objects.filter(
        item__in=[line.item.pk for line in asked.lines],
        reason=MoveReason.SOLD,
        from_place__isnull=False,
        at__gte=asked.paid_at - SOLD_BEFORE,
    )
    found: dict[int, list[Movement]] = {}
    for row in rows.exclude(pk__in=PickLine.objects.filter(movement__isnull=False).values("movement")).order_by("pk"):
        found.setdefault(row.item_id, []).append(row)
    return found


def _pick_line(parcel: Parcel, line: AskedLine, units: int, movement: Movement | None) -> PickLine:
    weight = line.item.weight_g
    return PickLine(
        parcel=parcel,
        item=line.item,
        item_code=line.item.code,
        title=line.title[:150],
        owner_id=line.item.seller_id,
        units=units,
        grams=None if weight is None else units * weight,
        place_id=movement.from_place_id if movement else None,
        movement=movement,
    )


@transaction.atomic
def drop_lines(*, order_code: str, items: Collection[int], by: Any, is_owed: bool = False) -> int:
    """These objects of an order (by their keys) are bought no more: nobody picks them. How many lines that was.

    `is_owed`: their refund is still to come. What was not found, or found broken, waits for it as before.
    """
    return _end_lines("drop", order_code, items, by, but=MISSED if is_owed else frozenset())


@transaction.atomic
def leave_lines(*, order_code: str, items: Collection[int], by: Any) -> int:
    """These objects of an order left, or wait for their buyer: said where the order is. How many lines that was."""
    return _end_lines("leave", order_code, items, by)


def _end_lines(
    verb: str, order_code: str, items: Collection[int], by: Any, *, but: frozenset[str] = frozenset()
) -> int:
    parcels = _held(order_code, items)
    if not parcels:
        return 0
    from_states, to_state = PICK_TRANSITIONS[verb]
    rows = PickLine.objects.filter(parcel__in=parcels, item__in=items, state__in=from_states - but)
    packed = [parcel.pk for parcel in parcels if verb == "drop" and parcel.state == ParcelState.PACKED]
    inside = rows.filter(parcel__in=packed, state=PickState.PICKED)  # what was not found lies in no carton
    opened = set(inside.values_list("parcel", flat=True)) if packed else set()
    changed = rows.update(state=to_state)
    if changed:
        for parcel in parcels:
            if parcel.pk in opened:
                open_again(parcel=parcel, by=by)
            settle(parcel, by)
        end_rounds({parcel.round_id for parcel in parcels if parcel.round_id is not None})
    return int(changed)


def _held(order_code: str, items: Collection[int]) -> list[Parcel]:
    """The parcels of an order that hold some of these objects, locked."""
    rows = PickLine.objects.filter(parcel__order_code=order_code, item__in=items)
    return lock_rows(Parcel.objects.filter(pk__in=rows.values("parcel")), no_key=True)


def settle(parcel: Parcel, by: Any, *, now: datetime | None = None) -> None:
    """Bring a parcel to what its lines say, and its weight to what is still in it. The parcel is locked."""
    lines = list(PickLine.objects.filter(parcel=parcel).values_list("state", "grams"))
    kept = [grams for state, grams in lines if state != PickState.DROPPED]
    weight = None if None in kept else sum(grams or 0 for grams in kept)
    Parcel.objects.filter(pk=parcel.pk).update(weight_g=weight, version=F("version") + 1)
    states = {state for state, _grams in lines}
    if PickState.TO_PICK in states:
        return
    verb = "pick" if PickState.PICKED in states else "leave" if PickState.GONE in states else "cancel"
    move_parcel(parcel, verb, by, now=now)


def move_parcel(parcel: Parcel, verb: str, by: Any, *, now: datetime | None = None) -> bool:
    """One conditional move, with its row of transition; False where the state does not allow it."""
    from_states, to_state = PARCEL_TRANSITIONS[verb]
    old, is_over = parcel.state, to_state in {ParcelState.LEFT, ParcelState.CANCELLED}
    rows = Parcel.objects.filter(pk=parcel.pk, state__in=from_states)
    if not rows.update(state=to_state, ended_on=timezone.localdate(now) if is_over else None):
        return False
    record_transition(
        subject=parcel, verb=verb, from_state=old, to_state=to_state, by=by, organisation=parcel.organisation
    )
    parcel.state = to_state
    if is_over or verb == "reopen":
        cancel_tasks_of(subject=parcel, now=now)
    elif verb in {"pick", "unpack"}:
        open_task(kind=PACK, subject=parcel, site=parcel.site, by=by)
    return True


def open_again(*, parcel: Parcel, by: Any) -> None:
    """A packed parcel is to be packed anew: an object of it is bought no more, or somebody takes the packing back.

    Its carton is back on the pile. The parcel is locked by the caller.
    """
    if not move_parcel(parcel, "unpack", by):
        return
    packing = packing_of(parcel)
    if packing is None:
        return
    Packing.objects.filter(pk=packing.pk).update(undone_on=timezone.localdate())
    if packing.carton is not None:
        move_cartons(carton=packing.carton, number=1, reason=CartonReason.BACK)


@transaction.atomic
def leave_parcel(*, parcel: Parcel, by: Any, tracking: str = "", now: datetime | None = None) -> Parcel:
    """A prepared parcel leaves with its carrier, or waits for its buyer at the counter: the order follows.

    Twice is once. Raise ParcelStays where it is not prepared, or where the order keeps it.
    """
    parcel_leaving.send(sender=Parcel, parcel=parcel, tracking=tracking.strip()[:60], by=by)
    parcel = lock_row(parcel)
    if parcel.state in {ParcelState.ASKED, ParcelState.CANCELLED}:
        raise ParcelStays(_("This parcel is not prepared."))
    if parcel.state in {
        ParcelState.PICKED,
        ParcelState.PACKED,
    }:  # a part of it waits for another parcel: what is here leaves all the same
        PickLine.objects.filter(parcel=parcel, state=PickState.PICKED).update(state=PickState.GONE)
        settle(parcel, by, now=now)
    record("warehouse.parcel.left", subject=parcel, by=by, organisation=parcel.organisation)
    return parcel


@transaction.atomic
def collect_instead(*, order_code: str, items: Collection[int]) -> None:
    """These objects are collected after all: the parcels that hold nothing else wait for their buyer."""
    parcels = _held(order_code, items)
    others = PickLine.objects.filter(parcel__in=parcels).exclude(state=PickState.DROPPED).exclude(item__in=items)
    shared = set(others.values_list("parcel", flat=True))
    alone = [parcel.pk for parcel in parcels if parcel.pk not in shared]
    Parcel.objects.filter(pk__in=alone).update(mode=DeliveryMode.PICKUP, carrier="", version=F("version") + 1)
