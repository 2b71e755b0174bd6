"""Take an item, keep it a while, put it back: fair holds (commerce.md 3 A and B).

Locks are taken in one order everywhere: baskets, then orders, then an address, then items, then lines, each by key. No
journal entry: what somebody thinks of buying is not an act of the network, and nobody reads it.
"""

import datetime
from typing import Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from rebond.catalogue.actions.item_stock import release, reserve
from rebond.catalogue.errors import NotEnoughLeft
from rebond.catalogue.models import Item
from rebond.core.bulk import insert_one, insert_unless_there
from rebond.core.locks import PreparedLock, lock_name, lock_row, lock_rows
from rebond.core.prepared import Prepared
from rebond.shop.actions.basket_ends import free_ended, give_back, move_line, tell_freed
from rebond.shop.enums import LineState
from rebond.shop.errors import (
    AddressHoldsTooMuchError,
    BasketFullError,
    HeldLongEnoughError,
    HoldOverError,
    ItemTakenError,
)
from rebond.shop.models import Basket, BasketLine, LaterLine, Order
from rebond.shop.queries.keeper import Keeper

PERSON_LIMIT = 30  # units, of one or of many items
ADDRESS_LIMIT = 90  # a household, a library, a workshop: three full baskets
SHORTEST = datetime.timedelta(minutes=1)  # less than this is not worth keeping


class Times(NamedTuple):
    """How long a basket keeps an item: at first, more when asked once, and the rest before it may again."""

    hold: datetime.timedelta
    extra: datetime.timedelta
    rest: datetime.timedelta


def times() -> Times:
    """As the settings say, in seconds."""
    seconds = (settings.HOLD_SECONDS, settings.HOLD_EXTRA_SECONDS, settings.HOLD_REST_SECONDS)
    return Times(*(datetime.timedelta(seconds=n) for n in seconds))


_LINE: Prepared[BasketLine] = Prepared(lambda basket, item: BasketLine.objects.filter(basket=basket, item=item), -1, -2)


@transaction.atomic
def take_item(
    *, keeper: Keeper, item: Item, n: int | None = None, address: str = "", now: datetime.datetime | None = None
) -> BasketLine:
    """Keep `n` units of `item` in the keeper's basket; what is kept already stays, with its hour (twice is once).

    `n` None asks for one, and for no other number where some are kept.

    20 minutes at first (`Times`). Taken again within the rest, it has what is left of its longest time, whatever
    happened meanwhile; other baskets at the same network address count too. `address` is its keyed hash.
    Raise ItemTakenError, BasketFullError, AddressHoldsTooMuchError, or HeldLongEnoughError.
    """
    now = now or timezone.now()
    basket = locked_basket(keeper, now)
    line = _held_line(basket, item, n, address, now)
    if n is None:
        n = line.quantity if line is not None and line.state == LineState.HELD and line.ends_at > now else 1
    if line is not None:
        line.basket = basket
    if line is not None and line.state == LineState.HELD and line.ends_at > now:
        return _change_number(line, item, n, address, now)
    if line is not None and line.state == LineState.HELD:
        free_ended(item_ids=[item.pk], now=now)
        line.refresh_from_db()
    _check_limits(basket, address, n, now)
    limit = _limit(line, item, keeper, address, now)
    if not item.seller.is_selling:
        raise ItemTakenError
    try:
        reserve(item, n, now=now)
    except NotEnoughLeft as error:
        raise ItemTakenError from error
    return _write(basket, line, item, n, address=address, limit=limit, now=now)


def _held_line(basket: Basket, item: Item, n: int | None, address: str, now: datetime.datetime) -> BasketLine | None:
    """The basket's line of the item. One that changes is read again behind the item's lock: a payment sells it, or
    some of it, without the basket's. Its address is waited for before, since who takes the item anew does.
    """
    line = _LINE.first(basket.pk, item.pk)
    if line is None or line.state != LineState.HELD or (n in {None, line.quantity} and line.ends_at > now):
        return line
    if address or line.address:
        lock_name(_name_of(address or line.address))
    lock_row(item, no_key=True)
    return _LINE.first(basket.pk, item.pk)


_OF_USER: PreparedLock[Basket] = PreparedLock(lambda user: Basket.objects.filter(user=user), -1, no_key=True)
_OF_VISITOR: PreparedLock[Basket] = PreparedLock(
    lambda visitor: Basket.objects.filter(visitor=visitor), "?", no_key=True
)


def lock_basket(keeper: Keeper) -> list[Basket]:
    """The keeper's basket, locked; none where there is none yet."""
    if keeper.user is not None:
        return _OF_USER.run(keeper.user.pk)
    return _OF_VISITOR.run(keeper.visitor) if keeper.visitor else []


def locked_basket(keeper: Keeper, now: datetime.datetime) -> Basket:
    """The keeper's basket, made where there is none; its row says once a day that it is in use."""
    found: list[Basket] = []
    while not found:  # at sign-in, a visitor's basket goes while one of its forms waits for it
        found = lock_basket(keeper)
        new = Basket(user=keeper.user, visitor=keeper.visitor, created_at=now)
        if not found and insert_unless_there(new):
            return new  # ours alone until the end
    if found[0].updated_at < now - datetime.timedelta(days=1):
        Basket.objects.filter(pk=found[0].pk).update(updated_at=now)
    return found[0]


def _check_limits(basket: Basket, address: str, more: int, now: datetime.datetime) -> None:
    """Room for `more` units. Near an address's limit its takers wait for each other, so that two never pass it."""
    if _sum(_IN_BASKET.run(basket.pk, now)) + more > PERSON_LIMIT:
        raise BasketFullError
    if not address:
        return
    there = _sum(_AT_ADDRESS.run(address, now))
    if there + more > ADDRESS_LIMIT - PERSON_LIMIT:
        lock_name(_name_of(address))
        there = _sum(_AT_ADDRESS.run(address, now))
    if there + more > ADDRESS_LIMIT:
        raise AddressHoldsTooMuchError


def _name_of(address: str) -> str:
    return f"basket {address}"


_SOME_HOUR = datetime.datetime(1900, 1, 1, tzinfo=datetime.UTC)
_IN_BASKET: Prepared[tuple[int]] = Prepared(
    lambda basket, now: BasketLine.objects.kept(now).filter(basket=basket).values_list("quantity"), -1, _SOME_HOUR
)
_AT_ADDRESS: Prepared[tuple[int]] = Prepared(
    lambda address, now: BasketLine.objects.kept(now).filter(address=address).values_list("quantity"), "?", _SOME_HOUR
)
_SAME_ITEM_THERE: Prepared[BasketLine] = Prepared(
    lambda item, address: BasketLine.objects.filter(item=item, address=address), -1, "?"
)

_OF_ORDERS: Prepared[BasketLine] = Prepared(
    lambda item, user: BasketLine.objects.filter(
        item=item, basket__in=Order.objects.filter(user=user, pay_by__isnull=False).values("basket")
    ).exclude(state=LineState.SOLD),
    -1,
    -2,
)


def _sum(rows: list[tuple[int]]) -> int:
    """Units; the limits keep these rows few."""
    return sum(units for (units,) in rows)


def _limit(
    line: BasketLine | None, item: Item, keeper: Keeper, address: str, now: datetime.datetime
) -> datetime.datetime:
    """The hour that the new hold may not pass; raise HeldLongEnoughError where nothing is left of it.

    An order that was to be paid later kept it for days: nothing is left after it, given up or not.
    """
    allowed = times()
    for former in _OF_ORDERS.run(item.pk, keeper.user.pk) if keeper.user is not None else []:
        ended = former.ended_at or former.ends_at
        if ended <= now < ended + allowed.rest:
            raise HeldLongEnoughError(ended + allowed.rest)
    rows = [line] if line is not None else []
    if address:
        rows += _SAME_ITEM_THERE.run(item.pk, address)
    left = allowed.hold + allowed.extra
    for former in rows:
        ended = former.ended_at or former.ends_at
        if former.state == LineState.SOLD or not ended <= now < ended + allowed.rest:
            continue
        left = min(left, former.limit_at - ended)
        if left < min(SHORTEST, allowed.hold):
            raise HeldLongEnoughError(ended + allowed.rest)
    return now + left


def _write(
    basket: Basket,
    line: BasketLine | None,
    item: Item,
    n: int,
    *,
    address: str,
    limit: datetime.datetime,
    now: datetime.datetime,
) -> BasketLine:
    line = line or BasketLine(basket=basket, item=item)
    line.state, line.quantity, line.price_cents, line.address = LineState.HELD, n, item.price_cents, address
    line.taken_at, line.limit_at, line.ended_at = now, limit, None
    line.ends_at = min(now + times().hold, limit)
    if line.pk is None:
        insert_one(line)
    else:
        line.save()
    LaterLine.objects.filter(basket=basket, item=item).delete()
    return line


def _change_number(line: BasketLine, item: Item, n: int, address: str, now: datetime.datetime) -> BasketLine:
    """Another number of the same item, within the hour it has: no more time. The caller holds the item."""
    more = n - line.quantity
    if n < 1:
        raise ItemTakenError
    try:
        if more > 0:
            _check_limits(line.basket, address or line.address, more, now)
            reserve(item, more, now=now)
        elif more < 0:
            release(item, -more)
            tell_freed(item_ids=[item.pk])
    except NotEnoughLeft as error:
        raise ItemTakenError from error
    if more:
        if not BasketLine.objects.filter(pk=line.pk, state=LineState.HELD).update(quantity=n):
            raise ItemTakenError
        line.quantity = n
    return line


@transaction.atomic
def prolong_line(*, keeper: Keeper, item: Item, now: datetime.datetime | None = None) -> BasketLine:
    """Keep it until its last hour, which nothing passes: once, 10 minutes more. Raise HoldOverError."""
    now = now or timezone.now()
    lines = keeper.lines().filter(item=item, state=LineState.HELD, ends_at__gt=now)
    if not lines.filter(ends_at__lt=F("limit_at")).update(ends_at=F("limit_at")):
        raise HoldOverError
    return lines.get()


@transaction.atomic
def remove_line(*, keeper: Keeper, item: Item, now: datetime.datetime | None = None) -> bool:
    """Put the item back, for others; False where it was not in the basket."""
    now = now or timezone.now()
    lock_basket(keeper)
    lines = keeper.lines().filter(item=item)
    if not lines.exists():
        return False
    lock_row(item, no_key=True)
    line = lines.get()
    if line.state == LineState.HELD:
        give_back(item_id=item.pk, lines=[line], verb="release", now=now)
        return True
    return move_line(line, "release", now)


@transaction.atomic
def merge_baskets(*, visitor: str, user: Any, now: datetime.datetime | None = None) -> int:
    """At sign-in: what the visitor kept is the user's, with the hours it had; return how many lines moved.

    What was put aside too, each object once. Of an item kept twice, the numbers are added and the nearer hours hold;
    of one kept by neither any more, what ended later counts.
    What no longer fits in one basket (PERSON_LIMIT) is listed as no longer kept, to be taken again.
    """
    now = now or timezone.now()
    theirs = Basket.objects.filter(visitor=visitor).first()
    if theirs is None:
        return 0
    mine, _ = Basket.objects.get_or_create(user=user, visitor="", defaults={"created_at": now})
    lock_rows(Basket.objects.filter(pk__in=[theirs.pk, mine.pk]), no_key=True)
    lock_rows(Order.objects.filter(basket=theirs), no_key=True)  # they move with it; a payment holds its own first
    ids = list(BasketLine.objects.filter(basket=theirs).values_list("item_id", flat=True))
    lock_rows(Item.objects.filter(pk__in=ids), no_key=True)
    free_ended(item_ids=ids, now=now)  # an hour that is over ends no other hold
    rows = list(BasketLine.objects.filter(basket=theirs).exclude(state=LineState.SOLD).order_by("item_id"))
    kept = {line.item_id: line for line in BasketLine.objects.filter(basket=mine)}
    room = PERSON_LIMIT - _sum(_IN_BASKET.run(mine.pk, now))
    for row in rows:
        if row.state == LineState.HELD and row.ends_at > now:
            if row.quantity > room:
                give_back(item_id=row.item_id, lines=[row], verb="lapse", now=now)
            else:
                room -= row.quantity
        _move_over(row, mine, kept.get(row.item_id))
    _move_later(theirs, mine)
    Order.objects.filter(basket=theirs).update(basket=mine)
    theirs.delete()
    return len(rows)


def _move_later(theirs: Basket, mine: Basket) -> None:
    kept = LaterLine.objects.filter(basket=mine).values("item_id")
    LaterLine.objects.filter(basket=theirs).exclude(item_id__in=list(kept.values_list("item_id", flat=True))).update(
        basket=mine
    )


def _move_over(row: BasketLine, mine: Basket, line: BasketLine | None) -> None:
    row.refresh_from_db()
    if line is None:
        BasketLine.objects.filter(pk=row.pk).update(basket=mine)
        return
    if row.ended_at is not None and (line.ended_at is None or line.ended_at >= row.ended_at):
        return
    if line.state == LineState.HELD:
        line.quantity += row.quantity
        line.ends_at, line.limit_at = min(line.ends_at, row.ends_at), min(line.limit_at, row.limit_at)
    else:
        line.quantity, line.price_cents, line.address = row.quantity, row.price_cents, row.address or line.address
        line.state, line.ended_at = row.state, row.ended_at
        line.taken_at, line.ends_at, line.limit_at = row.taken_at, row.ends_at, row.limit_at
    line.save()
