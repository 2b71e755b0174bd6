"""Put things away: an object in a place or a box, a whole box on a shelf; and taken back."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils import timezone

from rebond.catalogue.actions.item import withdraw_item
from rebond.catalogue.enums import ItemState, WithdrawReason
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.locks import lock_row, lock_rows
from rebond.journal.actions.record import record
from rebond.network.models import Organisation
from rebond.warehouse.actions.difference import found_again
from rebond.warehouse.actions.ledger import Move, Stock, follow_items, post, read_stock, read_stocks
from rebond.warehouse.actions.stock_out import awaited, lose_found, miss_again, rejoin_order
from rebond.warehouse.enums import MoveReason, PlaceKind
from rebond.warehouse.errors import (
    BoxInItself,
    NothingLeft,
    PlaceClosed,
    PlaceElsewhere,
    PlaceFull,
    PlaceHoldsNothing,
)
from rebond.warehouse.models import Movement, Place, StockOut
from rebond.warehouse.queries.places import units_in
from rebond.workshop.actions.step import Hands, already_done, record_step
from rebond.workshop.actions.task import finish_task, open_task
from rebond.workshop.data.chain import STORE
from rebond.workshop.errors import NotUndoable
from rebond.workshop.models import Step
from rebond.workshop.queries.queue import open_task_of


@dataclass(frozen=True, slots=True)
class Stored:
    """`is_new` is False where it lay there already (a scan repeated): nothing was written then."""

    place: Place
    step: Step | None
    is_new: bool


def _check_place(place: Place, site_id: int | None) -> None:
    if place.closed_on is not None:
        raise PlaceClosed
    if not place.is_storage:
        raise PlaceHoldsNothing
    if place.site_id != site_id or (place.is_container and _is_on_the_way(place)):
        raise PlaceElsewhere


def _is_on_the_way(box: Place) -> bool:
    """Whether a box stands in a vehicle, at any depth."""
    root = box.path.split("/", 1)[0]
    return root != box.code and Place.objects.filter(code=root, kind=PlaceKind.TRANSIT).exists()


def _move_all(item: Item, place: Place, reason: str) -> tuple[list[Move], list[tuple[str, int]]]:
    """The moves that bring all units to `place`, with [(code of the place before, units)]. Both rows are locked.

    Raise NothingLeft, PlaceFull.
    """
    stock = read_stock(item)
    if stock.counted != stock.units:  # never counted yet
        follow_items(ids=[item.pk], reason=MoveReason.OPENING)
        stock = read_stock(item)
    if not stock.counted:
        raise NothingLeft
    before = [(held, units) for held, _site, _waits, units in stock.held if held != place.pk]
    coming = sum(units for _held, units in before)
    if place.capacity is not None and coming and units_in(place) + coming > place.capacity:
        raise PlaceFull(str(place))
    moves = [Move(stock, units, held, place.pk, reason) for held, units in before]
    return moves, [(stock.codes[held], units) for held, units in before]


@transaction.atomic
def store_item(*, item: Item, place: Place, hands: Hands, now: datetime | None = None) -> Stored:
    """All units of an object go to `place` by somebody at a station; its waiting task of this kind ends.

    The same operation sent again, or a second scan of where it lies already, moves nothing; an exercise moves
    nothing either. Raise PlaceClosed, PlaceHoldsNothing, PlaceElsewhere (another site needs a transport),
    PlaceFull, NothingLeft. What an order still waits for goes back into its parcel (`rejoin_order` says its refusals).
    """
    if (missed := awaited(item)) is not None:
        return _store_awaited(missed, item, place, hands, now)
    seller, site = item.seller, place.site  # asked for with them
    item, place = lock_row(item), lock_row(place, no_key=True)
    site = site if site is not None and site.pk == place.site_id else place.site
    found = already_done(hands.operation_id)
    if found is not None:
        return Stored(place, found, is_new=False)
    _check_place(place, item.site_id)
    task = open_task_of(STORE, item.code)
    moves, before = _move_all(item, place, MoveReason.STORED)
    if not moves:
        if task is not None:
            finish_task(task=task, now=now)
        return Stored(place, None, is_new=False)
    step = record_step(
        kind=STORE,
        subject=item,
        hands=hands,
        task=task,
        site=site,
        now=now,
        is_asked=True,
        place=place.code,
        label=str(place),
        origin=[[code, units] for code, units in before],
    )
    if step.is_training:
        return Stored(place, step, is_new=True)
    post(moves, operation_id=hands.operation_id, step=step, now=now)
    record("warehouse.item.stored", subject=item, by=hands.user, organisation=seller, place=str(place))
    if item.state == ItemState.WITHDRAWN or any(one.from_id in one.stock.lost for one in moves):
        found_again(item=item, by=hands.user)
    return Stored(place, step, is_new=True)


def _store_awaited(missed: StockOut, item: Item, place: Place, hands: Hands, now: datetime | None) -> Stored:
    """It was bought, and nobody had found it: no units move, they had left the stock with the sale."""
    if (found := already_done(hands.operation_id)) is not None:
        return Stored(place, found, is_new=False)
    _check_place(place, missed.site_id)
    task = open_task_of(STORE, item.code)
    if task is None or not task.is_training:
        rejoin_order(stock_out=missed, place=place, by=hands.user, now=now)
    facts: dict[str, Any] = {"place": place.code, "label": str(place), "stock_out": missed.public_id}
    step = record_step(kind=STORE, subject=item, hands=hands, task=task, site=place.site, now=now, **facts)
    return Stored(place, step, is_new=True)


def codes_of(before: list[tuple[int, int]]) -> list[tuple[str, int]]:
    """[(code of the place, units)] of what is given by keys."""
    codes: Mapping[int, Place] = Place.objects.in_bulk([key for key, _units in before])
    return [(codes[key].code, units) for key, units in before]


@transaction.atomic
def move_item(
    *, item: Item, place: Place, by: Any, operation_id: uuid.UUID | None = None, now: datetime | None = None
) -> Stored:
    """All units of an object go to `place`, said at the desk. The same words and refusals as `store_item`."""
    item, place = lock_row(item), lock_row(place, no_key=True)
    if operation_id is not None and Movement.objects.filter(operation_id=operation_id).exists():
        return Stored(place, None, is_new=False)
    _check_place(place, item.site_id)
    moves, _before = _move_all(item, place, MoveReason.MOVED)
    if not moves:
        return Stored(place, None, is_new=False)
    post(moves, operation_id=operation_id, now=now)
    seller = Organisation.objects.get(pk=item.seller_id)
    record("warehouse.item.stored", subject=item, by=by, organisation=seller, place=str(place))
    found_again(item=item, by=by)
    return Stored(place, None, is_new=True)


@transaction.atomic
def store_box(*, box: Place, place: Place, hands: Hands, now: datetime | None = None) -> Stored:
    """A box or a trolley goes to `place` with all that is in it: two scans, one step, no movement of units.

    Raise PlaceClosed, PlaceHoldsNothing, PlaceElsewhere, BoxInItself (a box goes on a shelf or a trolley).
    """
    box, place = _lock_both(box, place)
    found = already_done(hands.operation_id)
    if found is not None:
        return Stored(place, found, is_new=False)
    before = _box_to(box, place)
    if before == place.pk:
        return Stored(place, None, is_new=False)
    step = record_step(
        kind=STORE,
        subject=box,
        hands=hands,
        site=place.site,
        now=now,
        place=place.code,
        label=str(place),
        origin=[[code, 1] for code, _units in codes_of([(before, 1)])] if before else [],
    )
    owner = Organisation.objects.get(pk=box.organisation_id)
    record("warehouse.place.moved", subject=box, by=hands.user, organisation=owner, place=str(place))
    return Stored(place, step, is_new=True)


def _lock_both(box: Place, place: Place) -> tuple[Place, Place]:
    """Both fresh, locked in the order of their keys. Raise BoxInItself where they are one."""
    fresh = {row.pk: row for row in lock_rows(Place.objects.filter(pk__in=[box.pk, place.pk]), no_key=True)}
    if len(fresh) < 2:
        raise BoxInItself
    return fresh[box.pk], fresh[place.pk]


def _box_to(box: Place, place: Place) -> int | None:
    """Stand the box in the place; what it holds follows by its path. Return the key of where it stood."""
    _check_place(place, box.site_id)
    if place.kind == PlaceKind.BOX or (place.is_container and box.kind == PlaceKind.TROLLEY):
        raise BoxInItself
    before: int | None = box.parent_id
    if before != place.pk:
        set_path(box, place)
    return before


def set_path(box: Place, place: Place | None) -> None:
    """Stand a box in a place, or nowhere; what is in it follows. The box is locked."""
    old = box.path
    new = f"{place.path if place else ''}{box.code}/"
    rest = Substr("path", len(old) + 1)
    Place.objects.under(box).update(path=Concat(Value(new), rest), version=F("version") + 1)
    Place.objects.filter(pk=box.pk).update(parent=place, path=new, version=F("version") + 1)
    box.refresh_from_db()


@transaction.atomic
def put_back(*, step: Step, by: Any, now: datetime | None = None) -> None:
    """Take back a step of putting away: units, or the box, go where they were, and its task waits again.

    What came from the lost ones is lost again, and off sale; what went back to its order is missing again. Raise
    NotUndoable where they left, or where somebody bought it.
    """
    if step.is_training:  # it moved nothing
        return
    if step.data.get("stock_out"):
        miss_again(
            stock_out=StockOut.objects.select_related("line").get(public_id=step.data["stock_out"]), by=by, now=now
        )
        return
    place = Place.objects.filter(code=step.data.get("place", "")).first()
    origin = step.data.get("origin", [])
    before = {row.code: row for row in Place.objects.filter(code__in=[code for code, _units in origin])}
    if place is None or len(before) != len(origin):
        raise NotUndoable
    if step.subject_kind == "warehouse.place":
        _box_back(step, place, next(iter(before.values()), None), by=by)
        return
    found = Item.objects.filter(code=step.subject_id).first()
    if found is None:
        raise NotUndoable
    item = lock_row(found)
    stock = read_stocks([item.pk])[0]
    parts = [(before[code].pk, int(units)) for code, units in origin]
    here = {held: units for held, _site, _waits, units in stock.held}
    if here.get(place.pk, 0) < sum(units for _key, units in parts):
        raise NotUndoable
    post(_back(stock, place.pk, parts), step=step, now=now or timezone.now())
    seller = Organisation.objects.get(pk=item.seller_id)
    where = ", ".join(str(row) for row in before.values())
    record("warehouse.item.put_back", subject=item, by=by, organisation=seller, place=where)
    if any(row.kind == PlaceKind.LOST for row in before.values()):
        lose_found(item=item, by=by)
        if item.state == ItemState.ON_SALE:
            _lost_again(item, by)
    if step.task is not None:
        open_task(kind=STORE, subject=item, site=step.task.site, by=by)


def _lost_again(item: Item, by: Any) -> None:
    """What `found_again` put on sale. Raise NotUndoable where a buyer holds it."""
    try:
        withdraw_item(
            item=Item.objects.select_related("seller", "category", "site").get(pk=item.pk),
            reason=WithdrawReason.LOST,
            by=by,
        )
    except NotEnoughLeft as error:
        raise NotUndoable from error


def _back(stock: Stock, place: int, parts: list[tuple[int, int]]) -> list[Move]:
    return [Move(stock, units, place, key, MoveReason.UNDONE) for key, units in parts]


def _box_back(step: Step, place: Place, before: Place | None, *, by: Any) -> None:
    box = Place.objects.filter(code=step.subject_id, parent=place).first()
    if box is None:
        raise NotUndoable
    set_path(lock_row(box), before)
    owner = Organisation.objects.get(pk=box.organisation_id)
    record("warehouse.place.moved", subject=box, by=by, organisation=owner, place=str(before or ""))
