"""The ledger of stock: movements are appended, holdings follow in the same transaction.

Every change of one item's stock holds the lock of the item's row (the catalogue's own, or `lock_row` here), so
two changes of one item never cross; the CHECK `holding_never_negative` is the last guard.
"""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.catalogue.enums import ItemState, StockReason
from rebond.catalogue.models import Item
from rebond.core.bulk import insert_values
from rebond.core.dates import midnight
from rebond.core.prepared import Prepared, PreparedIn
from rebond.journal.actions.record import is_day_only
from rebond.warehouse.actions.waiting import waiting_places
from rebond.warehouse.enums import MoveReason, PlaceKind
from rebond.warehouse.errors import NotEnoughHere
from rebond.warehouse.models import Holding, Movement

SECOND_PARTS = uuid.UUID("5a1d7c2e-3f60-4b8a-9d0e-7d0c52b7a111")  # names the further movements of one operation


MOVED = (
    "operation_id",
    "item_id",
    "item_code",
    "owner_id",
    "units",
    "grams",
    "from_place_id",
    "to_place_id",
    "reason",
    "step_id",
)


@dataclass(frozen=True, slots=True)
class Stock:
    """What the catalogue says of one item, and where its units lie: (place, its site, whether it waits, units)."""

    pk: int
    code: str
    owner_id: int
    site_id: int | None
    units: int
    weight_g: int | None
    held: list[tuple[int, int | None, bool, int]]
    codes: dict[int, str] = field(default_factory=dict)  # of the places, where one item was read alone
    lost: frozenset[int] = frozenset()  # those of them that keep what is looked for, where one item was read alone

    @property
    def counted(self) -> int:
        return sum(units for _place, _site, _waits, units in self.held)


@dataclass(frozen=True, slots=True)
class Move:
    """One movement to be written; None is outside."""

    stock: Stock
    units: int
    from_id: int | None
    to_id: int | None
    reason: str


def units_of(state: str, quantity: int) -> int:
    """How many pieces there are: what is sold has left the stock, whatever its row still counts for a return."""
    return 0 if state == ItemState.SOLD else quantity


_HELD: Prepared[tuple[int, int | None, str, int, str]] = Prepared(
    lambda item: (
        Holding.objects.filter(item_id=item)
        .order_by("place_id")
        .values_list("place_id", "place__site_id", "place__kind", "units", "place__code")
    ),
    -1,
)


def read_stock(item: Item) -> Stock:
    """The stock of one item whose row is locked and fresh: one query, compiled once."""
    rows = _HELD.run(item.pk)
    held = [(place, site, kind == "waiting", units) for place, site, kind, units, _code in rows]
    units = units_of(item.state, item.quantity)
    codes = {row[0]: row[4] for row in rows}
    lost = frozenset(place for place, _site, kind, _units, _code in rows if kind == PlaceKind.LOST)
    return Stock(item.pk, item.code, item.seller_id, item.site_id, units, item.weight_g, held, codes, lost)


_HELD_OF: PreparedIn[tuple[int, int, int | None, str, int]] = PreparedIn(
    lambda ids: (
        Holding.objects.filter(item_id__in=ids)
        .order_by("item_id", "place_id")
        .values_list("item_id", "place_id", "place__site_id", "place__kind", "units")
    )
)
_ITEMS: PreparedIn[tuple[int, str, int, int | None, str, int, int | None]] = PreparedIn(
    lambda ids: (
        Item.objects.filter(pk__in=ids)
        .order_by("pk")
        .values_list("pk", "code", "seller_id", "site_id", "state", "quantity", "weight_g")
    )
)


def read_stocks(ids: Iterable[int]) -> list[Stock]:
    """The stock of these items, in the order of their keys: two queries."""
    listed = sorted(ids)
    held: dict[int, list[tuple[int, int | None, bool, int]]] = {}
    for item, place, site, kind, units in _HELD_OF.run(listed):
        held.setdefault(item, []).append((place, site, kind == "waiting", units))
    return [
        Stock(pk, code, owner, site, units_of(state, quantity), weight, held.get(pk, []))
        for pk, code, owner, site, state, quantity, weight in _ITEMS.run(listed)
    ]


@transaction.atomic
def follow_items(*, ids: Sequence[int], reason: str, now: datetime | None = None) -> int:
    """Bring the stock of these items to what the catalogue says; return how many movements that took.

    What comes waits for a place at the item's site; what goes leaves the waiting place first, then the place that
    holds fewest; what lies at another site than the item's own comes to this one. Items that were never counted
    are counted now. The caller has locked the items' rows. `reason` is a StockReason (or MoveReason.OPENING).
    """
    stocks = read_stocks(ids)
    coming = {(stock.owner_id, stock.site_id) for stock in stocks if _comes(stock, reason)}
    waiting = waiting_places(owners=coming) if coming else {}
    moves: list[Move] = []
    for stock in stocks:
        moves.extend(_due(stock, reason, waiting.get((stock.owner_id, stock.site_id))))
    post(moves, now=now)
    return len(moves)


def _missing(stock: Stock, reason: str) -> int:
    return (0 if reason == StockReason.DELETED else stock.units) - stock.counted


def _comes(stock: Stock, reason: str) -> bool:
    """Whether something comes to the waiting place: what is sold leaves, and asks for none."""
    return reason == StockReason.CORRECTED or _missing(stock, reason) > 0


def _due(stock: Stock, reason: str, waiting_id: int | None) -> list[Move]:
    """The movements; `waiting_id` is known where something comes."""
    missing = _missing(stock, reason)
    if missing > 0:
        is_new = reason in {StockReason.MADE, StockReason.RETURNED}
        why = reason if stock.held or is_new else MoveReason.OPENING
        come = [Move(stock, missing, None, waiting_id, why)]
    else:
        come = _going(stock, -missing, reason)
    if reason != StockReason.CORRECTED:
        return come
    gone = {move.from_id: move.units for move in come}
    stray = [(place, units - gone.get(place, 0)) for place, site, _waits, units in stock.held if site != stock.site_id]
    return come + [Move(stock, n, place, waiting_id, MoveReason.MOVED) for place, n in stray if n]


def _going(stock: Stock, missing: int, reason: str) -> list[Move]:
    moves: list[Move] = []
    for place, _site, _waits, units in sorted(stock.held, key=lambda held: (not held[2], held[3], held[0])):
        taken = min(units, missing)
        if taken:
            moves.append(Move(stock, taken, place, None, reason))
            missing -= taken
    return moves


@transaction.atomic(savepoint=False)
def post(
    moves: Sequence[Move], *, operation_id: uuid.UUID | None = None, step: Any = None, now: datetime | None = None
) -> None:
    """Append these movements and change the holdings; raise NotEnoughHere where a place holds fewer.

    The first movement carries `operation_id`, the further ones of the same act an id derived from it.
    """
    if not moves:
        return
    moment = _moment(now or timezone.now())
    rows = (
        (
            _operation(operation_id, n),
            move.stock.pk,
            move.stock.code,
            move.stock.owner_id,
            move.units,
            None if move.stock.weight_g is None else move.units * move.stock.weight_g,
            move.from_id,
            move.to_id,
            move.reason,
            None if step is None else step.pk,
            *moment.values(),
        )
        for n, move in enumerate(moves)
    )
    insert_values(Movement, (*MOVED, *moment), rows)
    _take(moves)
    _put(moves)


def _operation(operation_id: uuid.UUID | None, number: int) -> uuid.UUID | None:
    if operation_id is None or number == 0:
        return operation_id
    return uuid.uuid5(SECOND_PARTS, f"{operation_id}/{number}")


def _moment(now: datetime) -> dict[str, Any]:
    """No hour where hours are forbidden (rules.md B9): the day's midnight."""
    if not is_day_only():
        return {"at": now, "is_day_only": False}
    return {"at": midnight(timezone.localdate(now)), "is_day_only": True}


def _take(moves: Sequence[Move]) -> None:
    """All that goes from a place at once is a deletion; a part of it one conditional update."""
    whole: list[Move] = []
    parts: list[Move] = []
    for move in moves:
        if move.from_id is None:
            continue
        held = {place: units for place, _site, _waits, units in move.stock.held}
        (whole if held.get(move.from_id) == move.units else parts).append(move)
    for move in parts:
        rows = Holding.objects.filter(item_id=move.stock.pk, place_id=move.from_id, units__gte=move.units)
        if not rows.update(units=F("units") - move.units):
            raise NotEnoughHere
    if len(whole) == 1:
        _empty_one(whole[0])
    elif whole:
        _empty(whole)
    if parts:
        Holding.objects.filter(item_id__in={move.stock.pk for move in parts}, units=0).delete()


def _empty_one(move: Move) -> None:
    """The row that one move empties: its item is locked, so it still holds what was read."""
    rows = Holding.objects.filter(item_id=move.stock.pk, place_id=move.from_id, units=move.units)
    if not rows.delete()[0]:
        raise NotEnoughHere


def _empty(moves: Sequence[Move]) -> None:
    """The rows that these moves empty, deleted by their keys; their items are locked, so what was read still holds."""
    pairs = {(move.stock.pk, move.from_id): move.units for move in moves}
    rows = Holding.objects.filter(item_id__in={item for item, _place in pairs}).order_by("pk")
    keys = [
        pk
        for pk, item, place, units in rows.values_list("pk", "item_id", "place_id", "units")
        if pairs.get((item, place)) == units
    ]
    if len(keys) != len(pairs):
        raise NotEnoughHere
    Holding.objects.filter(pk__in=keys).delete()


def _put(moves: Sequence[Move]) -> None:
    """Add to rows that exist, make the others."""
    coming: dict[tuple[int, int], int] = {}
    for move in moves:
        if move.to_id is not None:
            key = (move.stock.pk, move.to_id)
            coming[key] = coming.get(key, 0) + move.units
    if not coming:
        return
    known = {(move.stock.pk, place) for move in moves for place, _site, _waits, _units in move.stock.held}
    for item, place in sorted(coming.keys() & known):  # one that this very act emptied is made again
        units = coming[item, place]
        if Holding.objects.filter(item_id=item, place_id=place).update(units=F("units") + units):
            del coming[item, place]
    insert_values(Holding, ("item_id", "place_id", "units"), ((*key, units) for key, units in coming.items()))
